// The block cache of a host as its owner handles it: what is in it, whether it is sound, making
// room. Free functions over a cache directory, beside the mounts that use it: these go on, and miss
// what is gone. Thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "cache/base/call_context.h"

namespace annofs {

struct BlockUse {
  uint64_t files = 0, blocks = 0, bytes = 0;  // bytes on disk
};
struct BlockDirectoryInfo {
  BlockUse evictable;
  BlockUse pinned;
};
// What is in CACHE/blocks and CACHE/pinned; nothing, if they are not there. Writes nothing.
absl::StatusOr<BlockDirectoryInfo> InspectBlocks(const std::string& cache_path);

struct BlockVerdict {
  uint64_t blocks = 0, bytes = 0;   // that were read and are sound
  uint64_t damaged = 0;             // blocks that fail a check: misses, whoever reads them
  std::vector<std::string> broken;  // files that cannot be read at all, with the reason
};
// Reads and checks every block. `progress` gets the bytes done and those in all.
absl::StatusOr<BlockVerdict> VerifyBlocks(const std::string& cache_path,
                                          absl::FunctionRef<void(uint64_t, uint64_t)> progress,
                                          const CallContext& context);

// Removes the oldest evictable files until at most `bytes` of evictable blocks are left. Answers
// the bytes that were freed. Waits for the right to write, until the deadline.
absl::StatusOr<uint64_t> EvictBlocks(const std::string& cache_path, uint64_t bytes,
                                     const CallContext& context);
// Removes every block, pinned ones too.
absl::StatusOr<uint64_t> ClearBlocks(const std::string& cache_path, const CallContext& context);

}  // namespace annofs
