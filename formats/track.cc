#include "formats/track.h"

#include <algorithm>
#include <utility>

namespace annofs {

void CloseTrack(Track& track, int64_t frame) {
  for (Track& element : track.elements) CloseTrack(element, frame);
  const auto last =
      std::max_element(track.keyframes.begin(), track.keyframes.end(),
                       [](const Keyframe& a, const Keyframe& b) { return a.frame < b.frame; });
  if (last == track.keyframes.end() || last->shape.outside || last->frame >= frame) return;
  Keyframe end = *last;
  end.frame = frame;
  end.shape.outside = true;
  track.keyframes.push_back(std::move(end));
}

}  // namespace annofs
