// The shapes of the frames that were asked for last. A file that goes over the same frames again
// and again (CVAT for video: once for each track) reads each of them once, as long as it fits.
// Thread safe; of one dataset.
#pragma once

#include <cstddef>
#include <list>
#include <memory>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "formats/dataset.h"

namespace annofs {

class RecentShapes {
 public:
  explicit RecentShapes(size_t most_bytes = kMostBytes) : most_bytes_(most_bytes) {}

  absl::StatusOr<std::shared_ptr<const FrameShapes>> Get(const Dataset& data, Rank rank);
  // Forgets all.
  void Clear();

  static constexpr size_t kMostBytes = size_t{16} << 20;  // of shapes, as counted roughly

 private:
  struct Kept {
    Rank rank = 0;
    std::shared_ptr<const FrameShapes> shapes;
    size_t bytes = 0;
  };

  void Keep(Kept kept) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const size_t most_bytes_;
  absl::Mutex mutex_;
  std::list<Kept> kept_ ABSL_GUARDED_BY(mutex_);  // the last used first
  absl::flat_hash_map<Rank, std::list<Kept>::iterator> places_ ABSL_GUARDED_BY(mutex_);
  size_t bytes_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annofs
