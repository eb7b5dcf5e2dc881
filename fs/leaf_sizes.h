// Sizes of the files in leaves of facets that have few frames, made when they are first asked for
// and remembered for a while in bounded memory. They are not stored: to make them again takes
// milliseconds, to store them would be a transaction for each of a million leaves. Thread safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"
#include "fs/views.h"

namespace annofs {

// Sizes of the texts of at most kBatch members of a leaf's family from the `first` on, by index of
// them (size_store.h).
absl::StatusOr<std::string> SizeMembers(const View& view, const Family& family, size_t first,
                                        const CallContext& context);

// Sizes of its family are one batch.
bool IsSmallLeaf(const View& view, uint32_t family);

class LeafSizes {
 public:
  // Fast lane: WouldBlock() where they are not remembered. REQUIRES: IsSmallLeaf(view, family), and
  // the family has the frame.
  absl::StatusOr<uint64_t> Size(const View& view, uint32_t family, Rank rank,
                                const CallContext& context);

 private:
  static constexpr size_t kMostBytes = 4 << 20;

  absl::Mutex mutex_;
  absl::flat_hash_map<uint64_t, std::string> known_ ABSL_GUARDED_BY(mutex_);  // by slot and batch
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annofs
