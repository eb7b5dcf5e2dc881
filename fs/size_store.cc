#include "fs/size_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "fs/dataset_records.h"

namespace annofs {

absl::StatusOr<bool> SizeStore::Read(uint32_t slot, uint32_t unit,
                                     absl::FunctionRef<absl::Status(absl::string_view)> fn) {
  if (std::optional<std::string> held = FindUnstored(uint64_t{slot} << 32 | unit)) {
    RETURN_IF_ERROR(fn(*held));
    return true;
  }
  bool is_there = false;
  RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) {
    auto found = reader.Get(kSizesTable, Key32(slot) + Key32(unit));
    is_there = found.has_value();
    return found ? fn(*found) : absl::OkStatus();
  }));
  return is_there;
}

absl::StatusOr<std::optional<std::string>> SizeStore::Find(uint32_t slot, uint32_t unit) {
  std::string value;
  ASSIGN_OR_RETURN(bool is_there, Read(slot, unit, [&value](absl::string_view bytes) {
                     value.assign(bytes.data(), bytes.size());
                     return absl::OkStatus();
                   }));
  return is_there ? std::optional(std::move(value)) : std::nullopt;
}

absl::StatusOr<std::optional<uint32_t>> SizeStore::FindSize(uint32_t slot, uint32_t batch,
                                                            uint32_t number) {
  const uint64_t wanted = uint64_t{slot} << 32 | batch;
  Kept& kept = kept_[(slot * 31 + batch) % kKept];
  absl::MutexLock lock(&kept.mutex);
  if (kept.batch != wanted) {
    ASSIGN_OR_RETURN(std::optional<std::string> found, Find(slot, batch));
    if (!found) return std::optional<uint32_t>();
    kept.batch = wanted;
    kept.sizes = *std::move(found);
  }
  ASSIGN_OR_RETURN(uint32_t size, SizeAt(kept.sizes, number));
  return std::optional<uint32_t>(size);
}

absl::StatusOr<std::string> SizeStore::Make(uint32_t slot, uint32_t unit, Length length, Maker make,
                                            const CallContext& context) {
  auto job = [this, slot, unit, make = std::move(make)](const CallContext& own) {
    return MakeAlone(slot, unit, make, own);
  };
  SharedJobs<std::string>& jobs = length == Length::kLong ? long_jobs_ : short_jobs_;
  return jobs.Run(uint64_t{slot} << 32 | unit, std::move(job), context);
}

absl::StatusOr<std::string> SizeStore::MakeAlone(uint32_t slot, uint32_t unit, const Maker& make,
                                                 const CallContext& context) {
  ASSIGN_OR_RETURN(std::optional<std::string> known, Find(slot, unit));
  if (known) return *std::move(known);
  ASSIGN_OR_RETURN(std::string value, make(context));
  absl::Status stored = lmdb_.Update([&](LmdbWriter& writer) {
    return writer.Put(kSizesTable, Key32(slot) + Key32(unit), value);
  });
  // A full disk must not hide labels: sizes that are forgotten are made again.
  if (!stored.ok()) {
    LogWarning(absl::StrCat("sizes are not remembered: ", stored.message()));
    Hold(uint64_t{slot} << 32 | unit, value);
  }
  return value;
}

void SizeStore::Hold(uint64_t key, const std::string& value) {
  if (value.size() > kMostUnstoredBytes) return;
  absl::MutexLock lock(&mutex_);
  if (unstored_bytes_ + value.size() > kMostUnstoredBytes) {
    unstored_.clear();
    unstored_bytes_ = 0;
  }
  if (unstored_.emplace(key, value).second) unstored_bytes_ += value.size();
  has_unstored_ = true;
}

std::optional<std::string> SizeStore::FindUnstored(uint64_t key) {
  if (!has_unstored_.load(std::memory_order_relaxed)) return std::nullopt;
  absl::MutexLock lock(&mutex_);
  auto found = unstored_.find(key);
  return found == unstored_.end() ? std::nullopt : std::optional(found->second);
}

std::string EncodeSizes(const std::vector<uint32_t>& sizes) {
  RecordWriter out;
  for (uint32_t size : sizes) out.U32(size);
  return out.Take();
}

absl::StatusOr<uint32_t> SizeAt(absl::string_view encoded, uint32_t index) {
  if (encoded.size() < 4 * (size_t{index} + 1)) {
    return absl::InternalError("a batch of remembered sizes is too short");
  }
  return RecordReader(encoded.substr(4 * size_t{index}, 4)).U32();
}

}  // namespace annofs
