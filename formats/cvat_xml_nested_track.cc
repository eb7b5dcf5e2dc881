#include "formats/cvat_xml_nested_track.h"

#include <algorithm>
#include <utility>

#include "formats/interpolation.h"

namespace annofs {
namespace {

constexpr size_t kMaxBytes = size_t{32} << 20;

bool IsKeyframe(const Track& track, int64_t frame) {
  const auto found = std::lower_bound(
      track.keyframes.begin(), track.keyframes.end(), frame,
      [](const Keyframe& keyframe, int64_t wanted) { return keyframe.frame < wanted; });
  return found != track.keyframes.end() && found->frame == frame && found->shape.keyframe;
}

void Sort(Track& track) {
  std::stable_sort(track.keyframes.begin(), track.keyframes.end(),
                   [](const Keyframe& a, const Keyframe& b) { return a.frame < b.frame; });
  track.frame = track.keyframes.empty() ? 0 : track.keyframes.front().frame;
}

}  // namespace

bool CvatXmlNestedTrack::Add(Track& track, int64_t frame, Shape shape) {
  bytes_ += BytesOf(shape);
  if (bytes_ > kMaxBytes) return false;
  track.keyframes.push_back({.frame = frame, .shape = std::move(shape)});
  return true;
}

bool CvatXmlNestedTrack::AddSkeleton(int64_t frame, Shape shape) {
  if (track_.keyframes.empty()) {
    track_.label = shape.label;
    track_.group = shape.group;
    track_.source = shape.source;
  }
  return Add(track_, frame, std::move(shape));
}

void CvatXmlNestedTrack::StartElement(uint32_t label) {
  track_.elements.push_back({.label = label, .source = track_.source});
}

bool CvatXmlNestedTrack::AddElement(int64_t frame, Shape shape) {
  return !track_.elements.empty() && Add(track_.elements.back(), frame, std::move(shape));
}

absl::Status CvatXmlNestedTrack::Resolve(absl::FunctionRef<absl::Status(int64_t, Shape)> fn,
                                         std::vector<std::string>& problems) {
  if (track_.keyframes.empty()) return absl::OkStatus();
  Sort(track_);
  for (Track& element : track_.elements) Sort(element);
  TrackFrames frames;
  frames.end = track_.keyframes.back().frame + 1;
  return ResolveTrack(
      track_, frames,
      [&](int64_t frame, Shape shape) {
        // All shapes of the file were given as keyframes; which of them are the file says.
        shape.keyframe = IsKeyframe(track_, frame);
        for (Shape& element : shape.elements) {
          const auto track =
              std::find_if(track_.elements.begin(), track_.elements.end(),
                           [&element](const Track& one) { return one.label == element.label; });
          element.keyframe = IsKeyframe(*track, frame);
        }
        return fn(frame, std::move(shape));
      },
      problems);
}

}  // namespace annofs
