#include "formats/interpolation.h"

#include <algorithm>
#include <cmath>
#include <memory>
#include <numbers>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/polyline_span.h"

namespace annofs {
namespace {

// Which frames a track without elements has: keyframes that are outside always, others on request.
enum class Outside { kKeyframesOnly, kAll };

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

bool IsSame(Shape a, Shape b) {
  a.keyframe = b.keyframe = false;
  return a == b;
}

// `shape` gets those attributes of `previous` that it lacks.
void Inherit(const Shape& previous, Shape& shape) {
  for (const Attribute& attribute : previous.attributes) {
    const bool has =
        std::any_of(shape.attributes.begin(), shape.attributes.end(),
                    [&attribute](const Attribute& own) { return own.name == attribute.name; });
    if (!has) shape.attributes.push_back(attribute);
  }
}

// The keyframes that count, in order (§4.1); each with the attributes that it inherits.
std::vector<Keyframe> Effective(const Track& track, const TrackFrames& frames,
                                std::vector<std::string>& problems) {
  std::vector<Keyframe> sorted = track.keyframes;
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const Keyframe& a, const Keyframe& b) { return a.frame < b.frame; });
  std::vector<Keyframe> kept;
  for (Keyframe& keyframe : sorted) {
    if (frames.left_out.contains(keyframe.frame)) continue;
    if (!kept.empty()) {
      const Keyframe& previous = kept.back();
      if (keyframe.shape.type != previous.shape.type) {
        problems.push_back(
            absl::StrCat("a keyframe of another type on frame ", keyframe.frame, ": left out"));
        continue;
      }
      if (keyframe.frame == previous.frame) {
        Shape inherited = keyframe.shape;
        Inherit(previous.shape, inherited);
        if (!IsSame(keyframe.shape, previous.shape) && !IsSame(inherited, previous.shape)) {
          problems.push_back(
              absl::StrCat("a second keyframe on frame ", keyframe.frame, ": left out"));
        }
        continue;
      }
      Inherit(previous.shape, keyframe.shape);
    }
    kept.push_back(std::move(keyframe));
  }
  return kept;
}

// One track without its elements: the shape on any of its frames.
class Resolved {
 public:
  Resolved(const Track& track, const TrackFrames& frames, Outside outside,
           std::vector<std::string>& problems)
      : track_(track),
        frames_(frames),
        outside_(outside),
        keyframes_(Effective(track, frames, problems)) {}

  // The first frame from `frame` on that has a shape; frames.end if none. Frames left out count.
  int64_t NextFrom(int64_t frame) {
    frame = std::max(frame, track_.frame);
    if (keyframes_.empty()) return frames_.end;
    if (frame < keyframes_.front().frame) frame = keyframes_.front().frame;
    if (frame >= frames_.end) return frames_.end;
    MoveTo(frame);
    if (keyframes_[left_].frame == frame || IsShown()) return frame;
    if (IsLast()) return frames_.end;
    // A keyframe behind the end makes one of the last frame (§4.1), whatever it is.
    return std::min(keyframes_[left_ + 1].frame, frames_.end - 1);
  }

  // Nothing on frames that have no shape. Cheapest where frames ascend.
  std::optional<Shape> At(int64_t frame) {
    if (frame >= frames_.end || NextFrom(frame) != frame) return std::nullopt;
    const Keyframe& left = keyframes_[left_];
    Shape shape = left.shape;
    shape.keyframe = left.frame == frame || (!IsLast() && frame == frames_.end - 1 &&
                                             keyframes_[left_ + 1].frame >= frames_.end);
    if (left.frame != frame && !IsLast()) Move(frame, shape);
    shape.label = track_.label;
    shape.group = track_.group;
    shape.source = track_.source;
    shape.attributes.insert(shape.attributes.end(), track_.attributes.begin(),
                            track_.attributes.end());
    return shape;
  }

 private:
  bool IsLast() const { return left_ + 1 == keyframes_.size(); }
  bool IsShown() const { return outside_ == Outside::kAll || !keyframes_[left_].shape.outside; }

  // REQUIRES: not before the first keyframe.
  void MoveTo(int64_t frame) {
    const auto after = std::upper_bound(
        keyframes_.begin(), keyframes_.end(), frame,
        [](int64_t wanted, const Keyframe& keyframe) { return wanted < keyframe.frame; });
    const size_t left = size_t(after - keyframes_.begin()) - 1;
    if (left != left_) line_.reset();
    left_ = left;
  }

  // Geometry of a frame between the left keyframe and the next.
  void Move(int64_t frame, Shape& shape) {
    const Keyframe &left = keyframes_[left_], &right = keyframes_[left_ + 1];
    const double t = double(frame - left.frame) / double(right.frame - left.frame);
    const std::vector<double>&from = left.shape.points, &to = right.shape.points;
    switch (shape.type) {
      case ShapeType::kRectangle:
      case ShapeType::kEllipse:
      case ShapeType::kCuboid:
        shape.points = Linear(from, to, t);
        Turn(left.shape, right.shape, t, shape);
        break;
      case ShapeType::kPoints:
        if (from.size() == 2 && to.size() == 2) shape.points = Linear(from, to, t);
        break;
      case ShapeType::kPolygon:
      case ShapeType::kPolyline:
        shape.points = LineOf(left.shape, right.shape).At(t);
        break;
      case ShapeType::kTag:
      case ShapeType::kMask:
      case ShapeType::kSkeleton:
        break;
    }
  }

  void Turn(const Shape& from, const Shape& to, double t, Shape& shape) const {
    if (shape.type != ShapeType::kCuboid || !frames_.is_3d) {
      shape.rotation =
          FlooredModulo(from.rotation + AngleDifference(to.rotation, from.rotation) * t + 360, 360);
      return;
    }
    for (size_t i = 3; i < 6; ++i) {
      shape.points[i] = TurnInSpace(from.points[i], to.points[i], t);
    }
  }

  // Matched once for all frames in between.
  const PolylineSpan& LineOf(const Shape& from, const Shape& to) {
    if (!line_) {
      line_.emplace(from.points, to.points,
                    from.type == ShapeType::kPolygon ? PolylineSpan::Line::kClosed
                                                     : PolylineSpan::Line::kOpen);
    }
    return *line_;
  }

  const Track& track_;
  const TrackFrames& frames_;
  const Outside outside_;
  const std::vector<Keyframe> keyframes_;
  size_t left_ = 0;                   // the last keyframe that is not after the frame asked for
  std::optional<PolylineSpan> line_;  // from left_ to the next
};

// The elements of a skeleton on one frame; one that has no keyframe yet is not among them.
std::vector<Shape> ElementsAt(std::vector<Resolved>& elements, int64_t frame) {
  std::vector<Shape> shapes;
  for (Resolved& element : elements) {
    if (std::optional<Shape> shape = element.At(frame)) shapes.push_back(*std::move(shape));
  }
  return shapes;
}

bool AllOutside(const std::vector<Shape>& elements) {
  return std::all_of(elements.begin(), elements.end(),
                     [](const Shape& element) { return element.outside; });
}

}  // namespace

double AngleDifference(double right, double left) {
  const double difference = FlooredModulo(right - left + 180, 360) - 180;
  return difference == -180 ? 1 : difference;
}

absl::Status ResolveTrack(const Track& track, const TrackFrames& frames,
                          absl::FunctionRef<absl::Status(int64_t, Shape)> fn,
                          std::vector<std::string>& problems) {
  Resolved resolved(track, frames, Outside::kKeyframesOnly, problems);
  std::vector<Resolved> elements;
  elements.reserve(track.elements.size());
  for (const Track& element : track.elements) {
    elements.emplace_back(element, frames, Outside::kAll, problems);
  }
  for (int64_t frame = resolved.NextFrom(0); frame < frames.end;
       frame = resolved.NextFrom(frame + 1)) {
    if (frames.left_out.contains(frame)) continue;
    std::optional<Shape> shape = resolved.At(frame);
    if (!shape) continue;
    if (!track.elements.empty()) {
      shape->elements = ElementsAt(elements, frame);
      if (AllOutside(shape->elements)) continue;
    }
    RETURN_IF_ERROR(fn(frame, *std::move(shape)));
  }
  return absl::OkStatus();
}

}  // namespace annofs
