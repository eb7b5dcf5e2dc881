#include "formats/interpolation.h"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// Python's %: the sign of the divisor.
double FlooredModulo(double value, double divisor) {
  const double rest = std::fmod(value, divisor);
  return rest != 0 && (rest < 0) != (divisor < 0) ? rest + divisor : rest;
}

double ToDegrees(double radians) { return radians * (180 / std::numbers::pi); }
double ToRadians(double degrees) { return degrees * (std::numbers::pi / 180); }

double TurnInSpace(double from, double to, double t) {
  auto degrees = [](double angle) {
    return ToDegrees(angle < 0 ? angle + 2 * std::numbers::pi : angle);
  };
  const double left = degrees(from);
  const double angle = ToRadians(left + AngleDifference(degrees(to), left) * t);
  return angle > std::numbers::pi ? angle - 2 * std::numbers::pi : angle;
}

std::vector<double> Linear(const std::vector<double>& from, const std::vector<double>& to,
                           double t) {
  std::vector<double> points(from.size());
  for (size_t i = 0; i < points.size() && i < to.size(); ++i) {
    points[i] = from[i] + (to[i] - from[i]) * t;
  }
  return points;
}

bool Turns(ShapeType type) {
  return type == ShapeType::kRectangle || type == ShapeType::kEllipse || type == ShapeType::kCuboid;
}

// Empty, or why the keyframe does not count. `previous`: the one before it that does. The same
// keyframe twice is one.
std::string WhyNot(const Keyframe& keyframe, const Keyframe& previous, bool& is_repeated) {
  is_repeated = false;
  if (keyframe.shape.type != previous.shape.type) {
    return absl::StrCat("a keyframe of another type on frame ", keyframe.frame, ": left out");
  }
  if (keyframe.frame != previous.frame) return "";
  is_repeated = true;
  if (keyframe.shape == previous.shape) return "";
  if (keyframe.shape.points == previous.shape.points) {
    Shape inherited = keyframe.shape;
    InheritAttributes(previous.shape, inherited);
    if (inherited == previous.shape) return "";
  }
  return absl::StrCat("a second keyframe on frame ", keyframe.frame, ": left out");
}

// The elements of a skeleton on one frame; one that has no keyframe yet is not among them.
std::vector<Shape> ElementsAt(std::vector<TrackShapes>& elements, int64_t frame) {
  std::vector<Shape> shapes;
  shapes.reserve(elements.size());
  for (TrackShapes& element : elements) {
    if (std::optional<Shape> shape = element.At(frame)) shapes.push_back(*std::move(shape));
  }
  return shapes;
}

bool AllOutside(const std::vector<Shape>& elements) {
  return std::all_of(elements.begin(), elements.end(),
                     [](const Shape& element) { return element.outside; });
}

bool IsAnyKeyframe(const std::vector<Shape>& elements) {
  return std::any_of(elements.begin(), elements.end(),
                     [](const Shape& element) { return element.keyframe; });
}

// The first frame from `frame` on where an element may be shown.
int64_t NextShown(std::vector<TrackShapes>& elements, int64_t frame, int64_t end) {
  int64_t next = end;
  for (TrackShapes& element : elements) next = std::min(next, element.NextShownFrom(frame));
  return next;
}

}  // namespace

double AngleDifference(double right, double left) {
  const double difference = FlooredModulo(right - left + 180, 360) - 180;
  return difference == -180 ? 1 : difference;
}

TrackShapes::TrackShapes(Track track, const TrackFrames& frames, Outside outside,
                         std::vector<std::string>& problems)
    : track_(std::move(track)), frames_(frames), outside_(outside) {
  KeepEffective(problems);
}

// The keyframes that count, in order (§4.1); each with the attributes that it inherits.
void TrackShapes::KeepEffective(std::vector<std::string>& problems) {
  std::vector<Keyframe>& keyframes = track_.keyframes;
  SortKeyframes(keyframes);
  size_t kept = 0;
  for (Keyframe& keyframe : keyframes) {
    keyframe.shape.keyframe = true;  // not everyone sets it, and they are compared
    if (frames_.left_out.contains(keyframe.frame)) continue;
    if (kept > 0) {
      const Keyframe& previous = keyframes[kept - 1];
      bool is_repeated = false;
      std::string why_not = WhyNot(keyframe, previous, is_repeated);
      if (!why_not.empty()) problems.push_back(std::move(why_not));
      if (is_repeated || keyframe.shape.type != previous.shape.type) continue;
      InheritAttributes(previous.shape, keyframe.shape);
    }
    if (&keyframes[kept] != &keyframe) keyframes[kept] = std::move(keyframe);
    ++kept;
  }
  keyframes.resize(kept);
}

int64_t TrackShapes::NextFrom(int64_t frame, Outside outside) {
  frame = std::max(frame, track_.frame);
  const std::vector<Keyframe>& keyframes = track_.keyframes;
  if (keyframes.empty()) return frames_.end;
  if (frame < keyframes.front().frame) frame = keyframes.front().frame;
  if (frame >= frames_.end) return frames_.end;
  MoveTo(frame);
  const Keyframe& left = keyframes[left_];
  if (left.frame == frame || outside == Outside::kAll || !left.shape.outside) return frame;
  if (IsLast()) return frames_.end;
  // A keyframe behind the end makes one of the last frame (§4.1), whatever it is.
  return std::min(keyframes[left_ + 1].frame, frames_.end - 1);
}

std::optional<Shape> TrackShapes::At(int64_t frame) {
  if (frame >= frames_.end || NextFrom(frame) != frame) return std::nullopt;
  if (!held_) MakeHeld();
  const Keyframe& left = track_.keyframes[left_];
  std::optional<Shape> shape(*held_);
  if (left.frame == frame) {
    shape->keyframe = true;
    shape->points = left.shape.points;
    return shape;
  }
  if (IsLast()) {
    shape->points = left.shape.points;
    return shape;
  }
  const Keyframe& right = track_.keyframes[left_ + 1];
  shape->keyframe = frame == frames_.end - 1 && right.frame >= frames_.end;
  const double t = double(frame - left.frame) / double(right.frame - left.frame);
  shape->points = PointsAt(t);
  if (Turns(left.shape.type) && !(left.shape.type == ShapeType::kCuboid && frames_.is_3d)) {
    shape->rotation = RotationAt(t);
  }
  return shape;
}

void TrackShapes::MoveTo(int64_t frame) {
  const std::vector<Keyframe>& keyframes = track_.keyframes;
  const size_t before = left_;
  if (keyframes[left_].frame > frame) left_ = 0;
  while (!IsLast() && keyframes[left_ + 1].frame <= frame) ++left_;
  if (left_ == before) return;
  line_.reset();
  held_.reset();
}

void TrackShapes::MakeHeld() {
  const Shape& left = track_.keyframes[left_].shape;
  held_.emplace();
  held_->type = left.type;
  held_->label = track_.label;
  held_->z_order = left.z_order;
  held_->group = track_.group;
  held_->occluded = left.occluded;
  held_->outside = left.outside;
  held_->rotation = left.rotation;
  held_->score = left.score;
  held_->source = track_.source;
  held_->attributes = left.attributes;
  held_->attributes.insert(held_->attributes.end(), track_.attributes.begin(),
                           track_.attributes.end());
}

// Between the left keyframe and the next.
std::vector<double> TrackShapes::PointsAt(double t) {
  const Shape &left = track_.keyframes[left_].shape, &right = track_.keyframes[left_ + 1].shape;
  switch (left.type) {
    case ShapeType::kRectangle:
    case ShapeType::kEllipse:
      return Linear(left.points, right.points, t);
    case ShapeType::kCuboid: {
      std::vector<double> points = Linear(left.points, right.points, t);
      for (size_t i = 3; frames_.is_3d && i < 6; ++i) {
        points[i] = TurnInSpace(left.points[i], right.points[i], t);
      }
      return points;
    }
    case ShapeType::kPoints:
      if (left.points.size() != 2 || right.points.size() != 2) return left.points;
      return Linear(left.points, right.points, t);
    case ShapeType::kPolygon:
    case ShapeType::kPolyline:
      return LineOf(left, right).At(t);
    case ShapeType::kTag:
    case ShapeType::kMask:
    case ShapeType::kSkeleton:
      break;
  }
  return left.points;
}

double TrackShapes::RotationAt(double t) const {
  const double from = track_.keyframes[left_].shape.rotation;
  const double to = track_.keyframes[left_ + 1].shape.rotation;
  return FlooredModulo(from + AngleDifference(to, from) * t + 360, 360);
}

// Matched once for all frames in between.
const PolylineSpan& TrackShapes::LineOf(const Shape& from, const Shape& to) {
  if (!line_) {
    line_.emplace(
        from.points, to.points,
        from.type == ShapeType::kPolygon ? PolylineSpan::Line::kClosed : PolylineSpan::Line::kOpen);
  }
  return *line_;
}

absl::Status ResolveTrack(Track track, const TrackFrames& frames,
                          absl::FunctionRef<absl::Status(int64_t, Shape)> fn,
                          std::vector<std::string>& problems) {
  if (InheritsTooMuch(track)) {
    problems.push_back(absl::StrCat("left out: ", kInheritsTooMuch));
    return absl::OkStatus();
  }
  std::vector<Track> parts = std::move(track.elements);
  TrackShapes own(std::move(track), frames, TrackShapes::Outside::kKeyframesOnly, problems);
  std::vector<TrackShapes> elements;
  elements.reserve(parts.size());
  for (Track& part : parts) {
    elements.emplace_back(std::move(part), frames, TrackShapes::Outside::kAll, problems);
  }
  for (int64_t frame = own.NextFrom(0); frame < frames.end; frame = own.NextFrom(frame + 1)) {
    if (frames.left_out.contains(frame)) continue;
    std::optional<Shape> shape = own.At(frame);
    if (!shape) continue;
    if (!elements.empty()) {
      shape->elements = ElementsAt(elements, frame);
      if (AllOutside(shape->elements)) {
        if (IsAnyKeyframe(shape->elements)) {
          shape->outside = true;
          RETURN_IF_ERROR(fn(frame, *std::move(shape)));
        }
        frame = NextShown(elements, frame + 1, frames.end) - 1;
        continue;
      }
    }
    RETURN_IF_ERROR(fn(frame, *std::move(shape)));
  }
  return absl::OkStatus();
}

}  // namespace annofs
