#include "fs/pixel_files.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/lmdb.h"
#include "fs/tree.h"
#include "fs/wait.h"

namespace annofs {
namespace {

// A file in the block cache: its size u64, then its bytes, in blocks of so many bytes.
constexpr size_t kBlock = 256 << 10;
constexpr size_t kHead = 8;

BlockKey KeyOf(const View& view, uint32_t family, Rank rank) {
  const std::string hash =
      Sha256Bytes(absl::StrCat("pixels", view.family_recipes[family], Key32(rank)));
  BlockKey key;
  std::copy_n(hash.begin(), key.version.size(), key.version.begin());
  return key;
}

uint64_t FileOf(const View& view, uint32_t family, Rank rank) {
  return uint64_t{view.family_slots[family]} << 32 | rank;
}

BlockKey BlockOf(BlockKey key, uint64_t place) {
  key.index = uint32_t(place / kBlock);
  return key;
}

}  // namespace

absl::StatusOr<uint64_t> PixelFiles::Size(const View& view, uint32_t family, Rank rank,
                                          const CallContext& context) {
  const uint64_t file = FileOf(view, family, rank);
  if (std::optional<uint64_t> known = FindSize(file)) return *known;
  if (std::optional<uint64_t> cached = CachedSize(KeyOf(view, family, rank), context.lane)) {
    KeepSize(file, *cached);
    return *cached;
  }
  if (context.lane == Lane::kFast) return WouldBlock();
  ASSIGN_OR_RETURN(Bytes bytes, Make(view, family, rank, context));
  return bytes->size();
}

absl::Status PixelFiles::Read(const View& view, uint32_t family, Rank rank, ByteRange range,
                              PiecesFn fn, const CallContext& context) {
  if (Bytes recent = FindRecent(FileOf(view, family, rank))) {
    GiveRange(*recent, range, fn);
    return absl::OkStatus();
  }
  std::optional<std::string> cached = Cached(KeyOf(view, family, rank), range, context.lane);
  if (cached) {
    fn({*cached});
    return absl::OkStatus();
  }
  if (context.lane == Lane::kFast) return WouldBlock();
  ASSIGN_OR_RETURN(Bytes bytes, Make(view, family, rank, context));
  GiveRange(*bytes, range, fn);
  return absl::OkStatus();
}

absl::StatusOr<PixelFiles::Bytes> PixelFiles::Make(const View& view, uint32_t family, Rank rank,
                                                   const CallContext& context) {
  const uint64_t file = FileOf(view, family, rank);
  {
    absl::MutexLock lock(&mutex_);
    auto idle = [&]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return !making_.contains(file); };
    RETURN_IF_ERROR(AwaitUnder(mutex_, absl::Condition(&idle), context));
    making_.insert(file);
  }
  // Somebody may have made it while we waited.
  Bytes recent = FindRecent(file);
  absl::StatusOr<Bytes> made = recent ? recent : MakeAlone(view, family, rank);
  absl::MutexLock lock(&mutex_);
  making_.erase(file);
  return made;
}

absl::StatusOr<PixelFiles::Bytes> PixelFiles::MakeAlone(const View& view, uint32_t family,
                                                        Rank rank) {
  const uint64_t file = FileOf(view, family, rank);
  ASSIGN_OR_RETURN(std::string rendered,
                   view.layout.families()[family].render(*view.dataset, rank));
  std::optional<uint64_t> told = FindSize(file);
  if (told && *told != rendered.size()) {
    return SizeBug(view, absl::StrCat("rank ", rank), *told, rendered.size());
  }
  Bytes bytes = std::make_shared<const std::string>(std::move(rendered));
  KeepSize(file, bytes->size());
  KeepRecent(file, bytes);
  Store(KeyOf(view, family, rank), *bytes);
  return bytes;
}

// The block that has the size is queued last: who finds it finds the others, mostly.
void PixelFiles::Store(const BlockKey& key, const std::string& bytes) {
  if (blocks_ == nullptr) return;
  std::string all(kHead, '\0');
  const uint64_t size = bytes.size();
  for (size_t i = 0; i < kHead; ++i) all[i] = char(size >> (8 * i));
  all += bytes;
  for (size_t begin = (all.size() - 1) / kBlock * kBlock;; begin -= kBlock) {
    const absl::string_view block = absl::string_view(all).substr(begin, kBlock);
    blocks_->Write(BlockOf(key, begin), SharedBytes::CopyOf(block), Keep::kEvictable);
    if (begin == 0) break;
  }
}

std::optional<uint64_t> PixelFiles::CachedSize(const BlockKey& key, Lane lane) {
  if (blocks_ == nullptr) return std::nullopt;
  uint8_t head[kHead] = {};
  bool is_whole = false;
  const BlockResult result = blocks_->Read(key, lane, [&](absl::string_view block) {
    is_whole = block.size() >= kHead;
    if (is_whole) std::memcpy(head, block.data(), kHead);
  });
  if (result != BlockResult::kHit || !is_whole) return std::nullopt;
  uint64_t size = 0;
  for (size_t i = 0; i < kHead; ++i) size |= uint64_t{head[i]} << (8 * i);
  return size;
}

std::optional<std::string> PixelFiles::Cached(const BlockKey& key, ByteRange range, Lane lane) {
  std::optional<uint64_t> size = CachedSize(key, lane);
  if (!size) return std::nullopt;
  const uint64_t begin = kHead + std::min(range.offset, *size);
  const uint64_t end = kHead + std::min(range.end(), *size);
  std::string bytes(end - begin, '\0');
  for (uint64_t place = begin; place < end;) {
    const size_t offset = place % kBlock;
    const size_t wanted = std::min<uint64_t>(end - place, kBlock - offset);
    char* const to = bytes.data() + (place - begin);
    bool is_whole = false;
    const BlockResult result =
        blocks_->Read(BlockOf(key, place), lane, [&](absl::string_view block) {
          is_whole = block.size() >= offset + wanted;
          if (is_whole) std::memcpy(to, block.data() + offset, wanted);
        });
    if (result != BlockResult::kHit || !is_whole) return std::nullopt;
    place += wanted;
  }
  return bytes;
}

PixelFiles::Bytes PixelFiles::FindRecent(uint64_t file) {
  absl::MutexLock lock(&mutex_);
  for (const Recent& recent : recent_) {
    if (recent.file == file) return recent.bytes;
  }
  return nullptr;
}

std::optional<uint64_t> PixelFiles::FindSize(uint64_t file) {
  absl::MutexLock lock(&mutex_);
  auto known = sizes_.find(file);
  return known == sizes_.end() ? std::nullopt : std::optional(known->second);
}

void PixelFiles::KeepSize(uint64_t file, uint64_t size) {
  absl::MutexLock lock(&mutex_);
  if (sizes_.size() >= kMostSizes) sizes_.clear();
  sizes_[file] = size;
}

void PixelFiles::KeepRecent(uint64_t file, const Bytes& bytes) {
  if (bytes->size() > kMostRecentBytes) return;
  absl::MutexLock lock(&mutex_);
  recent_.push_front({file, bytes});
  recent_bytes_ += bytes->size();
  while (recent_.size() > kMostRecent || recent_bytes_ > kMostRecentBytes) {
    recent_bytes_ -= recent_.back().bytes->size();
    recent_.pop_back();
  }
}

}  // namespace annofs
