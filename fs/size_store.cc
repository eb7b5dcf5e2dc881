#include "fs/size_store.h"

#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "fs/dataset_records.h"

namespace annofs {

absl::StatusOr<std::optional<std::string>> SizeStore::Find(uint32_t slot, uint32_t unit) {
  std::optional<std::string> value;
  RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& reader) {
    if (auto found = reader.Get(kSizesTable, Key32(slot) + Key32(unit))) {
      value.emplace(found->data(), found->size());
    }
    return absl::OkStatus();
  }));
  return value;
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

absl::StatusOr<std::string> SizeStore::Make(
    uint32_t slot, uint32_t unit, const std::function<absl::StatusOr<std::string>()>& make) {
  absl::MutexLock lock(&making_[(slot + unit) % kStripes]);
  ASSIGN_OR_RETURN(std::optional<std::string> known, Find(slot, unit));
  if (known) return *std::move(known);
  ASSIGN_OR_RETURN(std::string value, make());
  absl::Status stored = lmdb_.Update([&](LmdbWriter& writer) {
    return writer.Put(kSizesTable, Key32(slot) + Key32(unit), value);
  });
  // A full disk must not hide labels: sizes that are not remembered are made again.
  if (!stored.ok()) LogWarning(absl::StrCat("sizes are not remembered: ", stored.message()));
  return value;
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

std::string EncodeCheckpoints(const Checkpoints& checkpoints) {
  RecordWriter out;
  out.U64(checkpoints.size);
  for (uint64_t offset : checkpoints.offsets) out.U64(offset);
  return out.Take();
}

absl::StatusOr<Checkpoints> DecodeCheckpoints(absl::string_view encoded) {
  if (encoded.size() < 8 || encoded.size() % 8 != 0) {
    return absl::InternalError("remembered checkpoints are damaged");
  }
  RecordReader in(encoded);
  Checkpoints checkpoints;
  checkpoints.size = in.U64();
  for (size_t i = 1; i < encoded.size() / 8; ++i) checkpoints.offsets.push_back(in.U64());
  return checkpoints;
}

}  // namespace annofs
