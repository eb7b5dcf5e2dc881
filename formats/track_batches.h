// The shapes of tracks, for a file that goes through them one after the other, each over its frames
// (CVAT for video). Tracks of one time are on the same frames: those that follow each other are
// gathered together, so that a pass over their frames reads each frame once for all of them, and
// wait encoded (formats/shape_codec.h). Whoever comes from elsewhere gets the track alone; the more
// tracks are asked for in order, the more are gathered at once. So a file read in order makes each
// shape a few times, however many tracks a frame has. Thread safe; of one dataset.
#pragma once

#include <cstddef>
#include <cstdint>
#include <list>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "formats/dataset.h"

namespace annofs {

struct TrackAt {
  uint32_t task = 0, label = 0;
  int32_t track = 0;
};

class TrackBatches {
 public:
  // `tracks`: task by task, in a task by number and label; few bytes, and as many as there are.
  explicit TrackBatches(std::vector<TrackAt> tracks, size_t most_bytes = kMostBytes)
      : tracks_(std::move(tracks)), most_bytes_(most_bytes) {}

  const std::vector<TrackAt>& tracks() const { return tracks_; }
  // The frames where it is seen or ends. REQUIRES of both: a number of tracks().
  absl::StatusOr<RankSet> FramesOf(const Dataset& data, uint32_t track) const;
  // Its shapes and keyframes outside on a frame.
  absl::StatusOr<FrameShapes> Get(const Dataset& data, uint32_t track, Rank rank);
  // Forgets what is gathered.
  void Clear();

  static constexpr size_t kMostBytes = size_t{8} << 20;  // gathered for one reader
  static constexpr size_t kMostReaders = 3;              // that go in order at a time

 private:
  class Batch;
  using BatchPtr = std::shared_ptr<const Batch>;
  // Somebody who goes through the tracks in order.
  struct Reader {
    uint32_t last = 0;       // the track that was given last, or the last one gathered
    uint32_t width = 0;      // tracks to be gathered at once; 0: one that was read alone
    bool is_widest = false;  // so many more did not fit
    BatchPtr batch;
  };

  // What has the track, or nullptr: read it alone. `gathers`: how many to gather from it on.
  BatchPtr FindBatch(uint32_t track, uint32_t* gathers);
  // nullptr: not even one track fits. `is_cut`: it has fewer than `width`, as no more fit.
  absl::StatusOr<BatchPtr> Gather(const Dataset& data, uint32_t first, uint32_t width,
                                  bool* is_cut) const;
  void Keep(uint32_t first, uint32_t width, bool is_cut, BatchPtr batch);

  const std::vector<TrackAt> tracks_;
  const size_t most_bytes_;
  absl::Mutex mutex_;
  std::list<Reader> readers_ ABSL_GUARDED_BY(mutex_);  // the last one seen first
};

}  // namespace annofs
