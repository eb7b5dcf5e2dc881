// Which tracks of two jobs are alike on the frames that the jobs share (reference/cvat.md §4.6,
// CVAT: TrackManager._calc_objects_similarity). Pure but for the budget.
#pragma once

#include <cstdint>
#include <vector>

#include "formats/object_matching.h"
#include "formats/shape_likeness.h"
#include "formats/track.h"

namespace annofs {

// The frames that two jobs share: start <= frame < end.
struct TrackWindow {
  int64_t start = 0, end = 0;
  bool is_3d = false;
};

// The track with those keyframes only that say what it is in the window: from the last before it to
// the first behind it. Without elements, attributes and sources.
Track AroundWindow(const Track& track, const TrackWindow& window);

// Pairs of (left, right) of one label. Similarity: 1 - mean error of the frames where one of the
// two has a shape; where only one has, or only one is outside, the error is 1. Skeletons are not
// alike: their own shapes have no points.
Alike FindAlikeTracks(const std::vector<Track>& left, const std::vector<Track>& right,
                      const TrackWindow& window, CompareBudget& budget);

}  // namespace annofs
