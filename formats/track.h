// A track as CVAT keeps it: keyframes, resolved to frames by formats/interpolation.h. Plain values.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
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

// By frame; of one frame in the order that they had.
void SortKeyframes(std::vector<Keyframe>& keyframes);

// `to` gets those attributes of `from` that it lacks: a keyframe has those of the one before it.
void InheritAttributes(const Shape& from, Shape& to);

// So much may the attributes take that the keyframes of a track inherit, and no more than some
// multiple of what it takes itself: each of its keyframes may have a hundred at all times.
inline constexpr uint64_t kMaxInheritedBytes = uint64_t{160} << 20;

// A few bytes of keyframes, each of which inherits all attributes of the one before it, stand for
// much more: such a track is no CVAT's. Linear in its keyframes and their own attributes. Sorts the
// keyframes.
bool InheritsTooMuch(Track& track);
inline constexpr absl::string_view kInheritsTooMuch =
    "its keyframes inherit more attributes than a track can be trusted with";

// The last keyframe by frame; null without any.
const Keyframe* LastKeyframe(const Track& track);

// A track that is still visible ends before `frame`: the last shape is repeated there as outside,
// also of its elements that are visible. CVAT does so to the tracks of a job where the next one
// begins, or they would leak into it (reference/cvat.md §4.6, CVAT:
// TrackManager._modify_unmatched_object).
void CloseTrack(Track& track, int64_t frame);

// Two tracks of one object, seen in two jobs that share the frames before `end`: all keyframes of
// both, `earlier`'s where both have one. The rest is that of the track that begins first, else
// `earlier`'s (§4.6, CVAT: TrackManager._unite_objects).
Track UniteTracks(Track earlier, Track later, int64_t end);

// Rough: what it takes in memory.
uint64_t BytesOf(const Shape& shape);
uint64_t BytesOf(const Track& track);

}  // namespace annofs
