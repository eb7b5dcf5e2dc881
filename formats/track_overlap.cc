#include "formats/track_overlap.h"

#include <algorithm>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "formats/interpolation.h"

namespace annofs {
namespace {

constexpr uint64_t kUnitsPerShape = 32;  // of a track on a frame

// Of one label: places in the lists.
struct Group {
  std::vector<size_t> left, right;
};

// Attributes are not compared, and inherited they would take much.
Keyframe WithoutTexts(const Keyframe& keyframe) {
  const Shape& shape = keyframe.shape;
  return {.frame = keyframe.frame,
          .shape = {.type = shape.type,
                    .label = shape.label,
                    .z_order = shape.z_order,
                    .occluded = shape.occluded,
                    .outside = shape.outside,
                    .rotation = shape.rotation,
                    .points = shape.points}};
}

// Compares the tracks of one label, frame by frame.
class GroupComparison {
 public:
  GroupComparison(const std::vector<Track>& left, const std::vector<Track>& right,
                  const Group& group, const TrackWindow& window, CompareBudget& budget)
      : group_(group),
        window_(window),
        budget_(budget),
        frames_({.end = window.end, .is_3d = window.is_3d}),
        errors_(group.left.size() * group.right.size()) {
    for (size_t i : group.left) left_.push_back(Open(left[i]));
    for (size_t j : group.right) right_.push_back(Open(right[j]));
  }

  void Run(Alike& alike) {
    for (int64_t frame = window_.start; frame < window_.end && !is_cut_; ++frame) {
      CompareOn(frame);
    }
    alike.is_cut |= is_cut_;
    if (!is_cut_) Collect(alike);
  }

 private:
  struct Error {
    double sum = 0;
    uint32_t frames = 0;
  };

  TrackShapes Open(const Track& track) {
    return TrackShapes(AroundWindow(track, window_), frames_, TrackShapes::Outside::kKeyframesOnly,
                       problems_);
  }

  static std::vector<std::optional<Shape>> ShapesOn(std::vector<TrackShapes>& tracks,
                                                    int64_t frame) {
    std::vector<std::optional<Shape>> shapes;
    shapes.reserve(tracks.size());
    for (TrackShapes& track : tracks) shapes.push_back(track.At(frame));
    return shapes;
  }

  void CompareOn(int64_t frame) {
    if (!budget_.Take(errors_.size() + kUnitsPerShape * (left_.size() + right_.size()))) {
      is_cut_ = true;
      return;
    }
    const std::vector<std::optional<Shape>> left = ShapesOn(left_, frame);
    const std::vector<std::optional<Shape>> right = ShapesOn(right_, frame);
    for (size_t i = 0; i < left.size(); ++i) {
      for (size_t j = 0; j < right.size(); ++j) {
        if (!left[i] && !right[j]) continue;
        Error& error = errors_[i * right.size() + j];
        error.sum += left[i] && right[j] ? ErrorOf(*left[i], *right[j]) : 1;
        ++error.frames;
      }
    }
  }

  double ErrorOf(const Shape& left, const Shape& right) {
    if (left.outside != right.outside) return 1;
    const std::optional<double> similarity = CompareShapes(left, right, window_.is_3d, budget_);
    if (!similarity) is_cut_ = true;
    return 1 - similarity.value_or(0);
  }

  void Collect(Alike& alike) {
    const std::vector<bool> left = HaveShapes(left_), right = HaveShapes(right_);
    for (size_t i = 0; i < left.size(); ++i) {
      for (size_t j = 0; j < right.size(); ++j) {
        if (!left[i] || !right[j]) continue;
        const Error& error = errors_[i * right.size() + j];
        const double similarity = 1 - error.sum / std::max<uint32_t>(error.frames, 1);
        if (similarity <= 0) continue;
        alike.pairs.push_back(
            {.left = group_.left[i], .right = group_.right[j], .similarity = similarity});
      }
    }
  }

  // On any frame before the window's end.
  std::vector<bool> HaveShapes(std::vector<TrackShapes>& tracks) const {
    std::vector<bool> have;
    for (TrackShapes& track : tracks) have.push_back(track.NextFrom(0) < window_.end);
    return have;
  }

  const Group& group_;
  const TrackWindow window_;
  CompareBudget& budget_;
  const TrackFrames frames_;
  std::vector<std::string> problems_;  // they are said where the tracks are resolved
  std::vector<TrackShapes> left_, right_;
  std::vector<Error> errors_;  // left by right
  bool is_cut_ = false;
};

}  // namespace

Track AroundWindow(const Track& track, const TrackWindow& window) {
  Track near{.frame = track.frame, .label = track.label};
  std::optional<size_t> before, behind;
  for (size_t i = 0; i < track.keyframes.size(); ++i) {
    const int64_t frame = track.keyframes[i].frame;
    if (frame < window.start) {
      if (!before || frame >= track.keyframes[*before].frame) before = i;
    } else if (frame >= window.end) {
      if (!behind || frame < track.keyframes[*behind].frame) behind = i;
    } else {
      near.keyframes.push_back(WithoutTexts(track.keyframes[i]));
    }
  }
  if (before) near.keyframes.push_back(WithoutTexts(track.keyframes[*before]));
  if (behind) near.keyframes.push_back(WithoutTexts(track.keyframes[*behind]));
  return near;
}

Alike FindAlikeTracks(const std::vector<Track>& left, const std::vector<Track>& right,
                      const TrackWindow& window, CompareBudget& budget) {
  std::map<uint32_t, Group> groups;
  for (size_t i = 0; i < left.size(); ++i) groups[left[i].label].left.push_back(i);
  for (size_t j = 0; j < right.size(); ++j) groups[right[j].label].right.push_back(j);
  Alike alike;
  for (const auto& [label, group] : groups) {
    if (group.left.empty() || group.right.empty()) continue;
    if (group.left.size() > kMaxMatchCells / group.right.size()) {
      alike.is_cut = true;
      continue;
    }
    GroupComparison(left, right, group, window, budget).Run(alike);
  }
  return alike;
}

}  // namespace annofs
