// Tracks resolved to frames as CVAT's server does it (reference/cvat.md §4.1 to §4.4, CVAT:
// TrackManager.get_interpolated_shapes), its quirks included: every export of CVAT shows these
// shapes. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "formats/model.h"
#include "formats/polyline_span.h"
#include "formats/track.h"

namespace annofs {

struct TrackFrames {
  int64_t end = 0;                        // frames of the task
  absl::flat_hash_set<int64_t> left_out;  // deleted ones: their keyframes do not count
  bool is_3d = false;                     // cuboids turn in space
};

// §4.2: from `left` to `right` in degrees, the short way: [-180, 180). Exactly half a turn is 1, as
// in CVAT.
double AngleDifference(double right, double left);

// Calls `fn` with each shape of the track, frames ascending: label, group, source, all attributes,
// keyframe and elements are set, `track` is -1. A track that inherits too much (track.h) is left
// out. Keyframes that are outside are among them, other frames outside are not; a skeleton whose
// elements are all outside is outside, and there if one of these is a keyframe. Keyframes that
// contradict each other are left out and said in `problems`. An error of `fn` ends it. Time: of the
// shapes and keyframes, not of the frames that show nothing.
absl::Status ResolveTrack(Track track, const TrackFrames& frames,
                          absl::FunctionRef<absl::Status(int64_t, Shape)> fn,
                          std::vector<std::string>& problems);

// One track without its elements: the shape on any of its frames. Cheapest where frames ascend. Not
// thread safe; `frames` outlives it.
class TrackShapes {
 public:
  // Which frames it has: keyframes that are outside always, others outside on request.
  enum class Outside { kKeyframesOnly, kAll };

  TrackShapes(Track track, const TrackFrames& frames, Outside outside,
              std::vector<std::string>& problems);

  // The first frame from `frame` on that has a shape; frames.end if none. Frames left out count.
  int64_t NextFrom(int64_t frame) { return NextFrom(frame, outside_); }
  // The same without frames that are outside and no keyframes.
  int64_t NextShownFrom(int64_t frame) { return NextFrom(frame, Outside::kKeyframesOnly); }
  // Nothing on frames that have no shape.
  std::optional<Shape> At(int64_t frame);

 private:
  int64_t NextFrom(int64_t frame, Outside outside);
  void KeepEffective(std::vector<std::string>& problems);
  bool IsLast() const { return left_ + 1 == track_.keyframes.size(); }
  // REQUIRES: not before the first keyframe.
  void MoveTo(int64_t frame);
  void MakeHeld();
  std::vector<double> PointsAt(double t);
  double RotationAt(double t) const;
  const PolylineSpan& LineOf(const Shape& from, const Shape& to);

  Track track_;  // keyframes: those that count, in order
  const TrackFrames& frames_;
  const Outside outside_;
  size_t left_ = 0;                   // the last keyframe that is not after the frame asked for
  std::optional<Shape> held_;         // what all frames up to the next have in common: no points
  std::optional<PolylineSpan> line_;  // from left_ to the next
};

}  // namespace annofs
