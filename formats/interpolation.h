// Tracks resolved to frames as CVAT's server does it (reference/cvat.md §4.1 to §4.4, CVAT:
// TrackManager.get_interpolated_shapes), its quirks included: every export of CVAT shows these
// shapes. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "formats/model.h"
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
// keyframe and elements are set, `track` is -1. Keyframes that are outside are among them, other
// frames outside are not. Keyframes that contradict each other are left out and said in
// `problems`. An error of `fn` ends it.
absl::Status ResolveTrack(const Track& track, const TrackFrames& frames,
                          absl::FunctionRef<absl::Status(int64_t, Shape)> fn,
                          std::vector<std::string>& problems);

}  // namespace annofs
