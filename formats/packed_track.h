// A track that waits for a later job: its keyframes as bytes, which take a fraction of the memory.
// Movable.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "formats/track.h"

namespace annofs {

class PackedTrack {
 public:
  explicit PackedTrack(Track track);

  // The track as it was, its keyframes by frame. kInternal: never, but for a fault of memory.
  absl::StatusOr<Track> Unpack() const;

  // May it have a shape from `frame` on? CVAT: TrackManager._get_objects_by_frame.
  bool Reaches(int64_t frame) const {
    return has_keyframes() && (last_frame_ >= frame || !ends_outside_);
  }
  bool has_keyframes() const { return !frames_.empty(); }
  uint32_t label() const { return rest_.label; }
  bool ends_outside() const { return ends_outside_; }
  // In memory.
  uint64_t bytes() const { return bytes_; }

 private:
  Track rest_;                   // without keyframes and elements
  std::vector<int64_t> frames_;  // of the keyframes, ascending
  std::string shapes_;           // of the keyframes (formats/shape_codec.h)
  std::vector<PackedTrack> elements_;
  int64_t last_frame_ = 0;
  bool ends_outside_ = true;
  uint64_t bytes_ = 0;
};

}  // namespace annofs
