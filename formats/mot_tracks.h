// What a row of CVAT's MOT export says of its track (reference/cvat.md §9.4; Datumaro: mot_seq_gt).
#pragma once

#include <cstdint>
#include <optional>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "formats/dataset.h"
#include "formats/item.h"

namespace annofs {

inline constexpr int64_t kNoMotTrack = -1;

// What a row says besides the box.
struct MotRow {
  int64_t track = kNoMotTrack;  // track_id, before it is renumbered
  double visibility = 1;
};
// Of a box; nothing where CVAT's export fails on it. A static box has the track_id that its label
// specifies, if any.
std::optional<MotRow> MotRowOf(const DatasetInfo& info, const ItemAnnotation& box);
bool SpecifiesTrackId(const Label& label);

// Tracks are numbered from 1 as their boxes first occur in the file. track_id restarts in every
// task: tracks of two tasks that share one share the number, as in CVAT. The numbers are made when
// the first tracked box is written and kept for as long as the view is described: some 20 to 40
// bytes for each track, nothing for frames. Only the frames are read where tracks begin, which the
// index tells; all with boxes where a label specifies a track_id of its own. Thread safe.
class MotTracks {
 public:
  // Those of the frames that have boxes.
  explicit MotTracks(RankSet frames) : frames_(std::move(frames)) {}

  // The number of a row's track.
  absl::StatusOr<int64_t> NumberOf(const Dataset& data, int64_t track);

 private:
  absl::Status Make(const Dataset& data) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Frames of which one is the first that shows a box of its track, for each track.
  absl::StatusOr<RankSet> FramesOfBegins(const Dataset& data) const;

  const RankSet frames_;
  absl::Mutex mutex_;
  bool is_made_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_map<int64_t, uint32_t> numbers_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs
