#include "formats/cvat_xml_span.h"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "cache/base/status.h"
#include "formats/interpolation.h"
#include "formats/track.h"

namespace annofs {
namespace {

// A span of which the file has fewer frames than one in so many is nobody's dense file; computing
// it would cost more than its text promises.
constexpr int64_t kMinShare = 16;
constexpr double kTolerance = 0.01 + 1e-6;

// What is the same on all frames; attributes are those of the left shape.
Track TrackOf(const Shape& left) {
  return {.label = left.label,
          .group = left.group,
          .source = left.source,
          .attributes = left.attributes};
}

// What changes from frame to frame.
Keyframe KeyframeOf(int64_t frame, const Shape& shape) {
  Keyframe keyframe{.frame = frame};
  keyframe.shape.type = shape.type;
  keyframe.shape.z_order = shape.z_order;
  keyframe.shape.occluded = shape.occluded;
  keyframe.shape.outside = shape.outside;
  keyframe.shape.rotation = shape.rotation;
  keyframe.shape.points = shape.points;
  return keyframe;
}

// A track of two keyframes, the first of them on frame 0.
Track TrackOf(const Shape& left, int64_t length, const Shape& right) {
  Track track = TrackOf(left);
  track.keyframes = {KeyframeOf(0, left), KeyframeOf(length, right)};
  for (const Shape& element : left.elements) {
    track.elements.push_back(TrackOf(element));
    track.elements.back().keyframes.push_back(KeyframeOf(0, element));
  }
  for (const Shape& element : right.elements) {
    const auto same =
        std::find_if(track.elements.begin(), track.elements.end(),
                     [&element](const Track& one) { return one.label == element.label; });
    if (same != track.elements.end()) same->keyframes.push_back(KeyframeOf(length, element));
  }
  return track;
}

bool IsLine(ShapeType type) { return type == ShapeType::kPolygon || type == ShapeType::kPolyline; }

std::vector<std::pair<absl::string_view, absl::string_view>> SortedAttributes(const Shape& shape) {
  std::vector<std::pair<absl::string_view, absl::string_view>> sorted;
  for (const Attribute& one : shape.attributes) sorted.emplace_back(one.name, one.value);
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

bool HaveSameAttributes(const Shape& a, const Shape& b) {
  if (a.attributes == b.attributes) return true;
  // Their order is not stable in CVAT (reference/cvat.md §1.4).
  return a.attributes.size() == b.attributes.size() && SortedAttributes(a) == SortedAttributes(b);
}

double Turn(double from, double to) { return std::remainder(to - from, 360); }

bool IsHalfTurn(double from, double to) {
  return std::abs(std::abs(Turn(from, to)) - 180) <= 2 * kTolerance;
}

}  // namespace

absl::Status ShapesBetween(int64_t from, const Shape& left, int64_t to, const Shape& right,
                           absl::FunctionRef<absl::Status(int64_t, Shape)> fn) {
  const int64_t length = to - from;
  const Track track = TrackOf(left, length, right);
  TrackFrames frames;
  frames.end = length + 1;
  std::vector<std::string> problems;
  return ResolveTrack(
      track, frames,
      [&](int64_t frame, Shape shape) {
        if (frame == 0 || frame == length) return absl::OkStatus();
        return fn(from + frame, std::move(shape));
      },
      problems);
}

void CvatXmlSpanCheck::Add(int64_t frame, const Shape& shape) {
  if (frame <= frame_) return;
  frame_ = frame;
  if (!shape.keyframe) return Keep(frame, shape);
  Compare(frame, shape);
  left_ = KeyframeOf(frame, shape).shape;
  left_->attributes = shape.attributes;
  left_frame_ = frame;
  between_.clear();
  numbers_.clear();
}

void CvatXmlSpanCheck::Finish() { CompareHeld(); }

void CvatXmlSpanCheck::Keep(int64_t frame, const Shape& shape) {
  if (!left_ || left_->outside || shape.outside) return;
  if (shape.type != left_->type || shape.occluded != left_->occluded ||
      shape.z_order != left_->z_order || !HaveSameAttributes(shape, *left_)) {
    return Differ(frame);
  }
  if (numbers_.size() + shape.points.size() >= most_) return;
  const size_t begin = numbers_.size();
  numbers_.insert(numbers_.end(), shape.points.begin(), shape.points.end());
  numbers_.push_back(shape.rotation);
  between_.push_back({.frame = frame, .begin = begin, .end = numbers_.size()});
}

void CvatXmlSpanCheck::Compare(int64_t frame, const Shape& right) {
  if (between_.empty() || right.type != left_->type) return;
  if (IsLine(right.type) && frame == last_) return;
  if ((frame - left_frame_) / kMinShare > int64_t(between_.size())) return;
  auto file = between_.begin();
  // Never fails: this function does not.
  (void)ShapesBetween(left_frame_, *left_, frame, right, [&](int64_t at, Shape expected) {
    if (file == between_.end()) return absl::CancelledError("all are compared");
    if (file->frame != at) return absl::OkStatus();
    if (!IsSame(*file, expected, &right)) Differ(at);
    ++file;
    return absl::OkStatus();
  });
}

// Behind the last keyframe its shape stays (reference/cvat.md §4.1).
void CvatXmlSpanCheck::CompareHeld() {
  for (const Between& file : between_) {
    if (!IsSame(file, *left_, nullptr)) Differ(file.frame);
  }
}

bool CvatXmlSpanCheck::IsSame(const Between& file, const Shape& expected,
                              const Shape* right) const {
  if (expected.points.size() != file.end - file.begin - 1) return false;
  for (size_t i = 0; i < expected.points.size(); ++i) {
    const bool is_sum = expected.type == ShapeType::kEllipse && i >= 2;
    const double allowed = is_sum ? 2 * kTolerance : kTolerance;
    if (std::abs(expected.points[i] - numbers_[file.begin + i]) > allowed) return false;
  }
  if (right != nullptr && IsHalfTurn(left_->rotation, right->rotation)) return true;
  return std::abs(Turn(expected.rotation, numbers_[file.end - 1])) <= kTolerance;
}

void CvatXmlSpanCheck::Differ(int64_t frame) {
  if (differences_++ == 0 || frame < first_difference_) first_difference_ = frame;
}

}  // namespace annofs
