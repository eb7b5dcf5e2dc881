// A track as CVAT keeps it: keyframes, resolved to frames by formats/interpolation.h. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formats/model.h"

namespace annofs {

// A shape on a frame of the task (rel frames, reference/cvat.md §0.1). Of the shape's members
// those count that a track may change: type, points, rotation, occluded, outside, z_order and
// (mutable) attributes.
struct Keyframe {
  int64_t frame = 0;
  Shape shape;
};

struct Track {
  int64_t frame = 0;  // it has no shape before
  uint32_t label = 0;
  int32_t group = 0;
  std::string source;
  std::vector<Attribute> attributes;  // immutable ones
  std::vector<Keyframe> keyframes;
  std::vector<Track> elements;  // of a skeleton
};

// A track that is still visible ends before `frame`: the last shape is repeated there as outside,
// also of its elements. CVAT does so to the tracks of a job where the next one begins, or they
// would leak into it (reference/cvat.md §4.6).
void CloseTrack(Track& track, int64_t frame);

}  // namespace annofs
