// Files of pixels that views make (FamilyKind::kPixels): sized by being made, when somebody asks
// for the size or the bytes; then their bytes stay in the block cache, and are made again where
// they have gone from it. Thread safe.
#pragma once

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"
#include "cache/base/pieces.h"
#include "cache/block_cache.h"
#include "cache/store/object_store.h"
#include "fs/views.h"

namespace annofs {

class PixelFiles {
 public:
  static constexpr size_t kMostSizes = 1 << 16;
  static constexpr size_t kMostRecent = 8;  // whole files in memory, of so many bytes in all:
  static constexpr size_t kMostRecentBytes = 16 << 20;

  // `blocks` outlives it; nullptr: nothing is kept but the last few.
  explicit PixelFiles(BlockCache* blocks) : blocks_(blocks) {}

  // Fast lane: WouldBlock() where the file is not made, or not in memory. REQUIRES: the family is
  // of pixels and has the frame.
  absl::StatusOr<uint64_t> Size(const View& view, uint32_t family, Rank rank,
                                const CallContext& context);
  // Calls `fn` once. kInternal and a log line where a file is made again with another size: a bug.
  absl::Status Read(const View& view, uint32_t family, Rank rank, ByteRange range, PiecesFn fn,
                    const CallContext& context);

 private:
  using Bytes = std::shared_ptr<const std::string>;
  struct Recent {
    uint64_t file;
    Bytes bytes;
  };

  // The whole file, made by one caller at a time.
  absl::StatusOr<Bytes> Make(const View& view, uint32_t family, Rank rank,
                             const CallContext& context);
  absl::StatusOr<Bytes> MakeAlone(const View& view, uint32_t family, Rank rank);
  void Store(const BlockKey& key, const std::string& bytes);
  // From the block cache; nothing where it has not all of it, or not at hand on a fast lane.
  std::optional<uint64_t> CachedSize(const BlockKey& key, Lane lane);
  std::optional<std::string> Cached(const BlockKey& key, ByteRange range, Lane lane);
  Bytes FindRecent(uint64_t file);
  std::optional<uint64_t> FindSize(uint64_t file);
  void KeepSize(uint64_t file, uint64_t size);
  void KeepRecent(uint64_t file, const Bytes& bytes);

  BlockCache* const blocks_;
  absl::Mutex mutex_;
  // By slot and rank.
  absl::flat_hash_set<uint64_t> making_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<uint64_t, uint64_t> sizes_ ABSL_GUARDED_BY(mutex_);
  std::list<Recent> recent_ ABSL_GUARDED_BY(mutex_);  // newest first
  size_t recent_bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annofs
