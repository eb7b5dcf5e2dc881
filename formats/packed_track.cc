#include "formats/packed_track.h"

#include <utility>

#include "cache/base/status.h"
#include "formats/shape_codec.h"

namespace annofs {

PackedTrack::PackedTrack(Track track) {
  SortKeyframes(track.keyframes);
  if (const Keyframe* last = LastKeyframe(track)) {
    last_frame_ = last->frame;
    ends_outside_ = last->shape.outside;
  }
  FrameShapes shapes;
  shapes.shapes.reserve(track.keyframes.size());
  frames_.reserve(track.keyframes.size());
  for (Keyframe& keyframe : std::exchange(track.keyframes, {})) {
    frames_.push_back(keyframe.frame);
    shapes.shapes.push_back(std::move(keyframe.shape));
  }
  shapes_ = EncodeShapes(shapes);
  shapes_.shrink_to_fit();
  for (Track& element : std::exchange(track.elements, {})) {
    elements_.emplace_back(std::move(element));
  }
  rest_ = std::move(track);
  bytes_ = sizeof(PackedTrack) + frames_.size() * sizeof(int64_t) + shapes_.size() + BytesOf(rest_);
  for (const PackedTrack& element : elements_) bytes_ += element.bytes();
}

absl::StatusOr<Track> PackedTrack::Unpack() const {
  ASSIGN_OR_RETURN(FrameShapes shapes, DecodeShapes(shapes_));
  if (shapes.shapes.size() != frames_.size()) {
    return absl::InternalError("a track that waits for a job is damaged");
  }
  Track track = rest_;
  track.keyframes.reserve(frames_.size());
  for (size_t i = 0; i < frames_.size(); ++i) {
    track.keyframes.push_back({.frame = frames_[i], .shape = std::move(shapes.shapes[i])});
  }
  for (const PackedTrack& element : elements_) {
    ASSIGN_OR_RETURN(Track unpacked, element.Unpack());
    track.elements.push_back(std::move(unpacked));
  }
  return track;
}

}  // namespace annofs
