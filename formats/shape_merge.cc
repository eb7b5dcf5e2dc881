#include "formats/shape_merge.h"

#include <optional>
#include <utility>

#include "cache/base/status.h"
#include "formats/object_matching.h"
#include "formats/track.h"

namespace annofs {
namespace {

constexpr double kMaxCost = 0.25;

bool IsTag(const Shape& shape) { return shape.type == ShapeType::kTag; }

}  // namespace

absl::Status ShapeMerge::Add(const JobSeam& seam, int64_t frame, Shape shape) {
  if (!seam.is_matched) return push_(frame, std::move(shape));
  if (frame < seam.hold_from && (held_.empty() || held_.find(frame) == held_.end())) {
    return push_(frame, std::move(shape));
  }
  return Hold(seam, frame, std::move(shape));
}

absl::Status ShapeMerge::Hold(const JobSeam& seam, int64_t frame, Shape shape) {
  if (!held_bytes_.Take(BytesOf(shape))) {
    if (!std::exchange(is_full_, true)) {
      report_(
          "the jobs share too many objects: some are not united and may be shown twice on the "
          "frames of two jobs");
    }
    return push_(frame, std::move(shape));
  }
  Held& held = held_.try_emplace(frame, Held{.job = job_}).first->second;
  // What is new to CVAT is appended, and so are objects that stand outside of their job.
  const bool is_compared = held.job != job_ && frame >= seam.start && frame < seam.new_from;
  std::vector<Shape>& list = is_compared ? (IsTag(shape) ? held.new_tags : held.new_shapes)
                                         : (IsTag(shape) ? held.old_tags : held.old_shapes);
  list.push_back(std::move(shape));
  return absl::OkStatus();
}

absl::Status ShapeMerge::FinishJob(const JobSeam& seam) {
  for (auto& [frame, held] : held_) {
    Merge(held.old_tags, held.new_tags);
    Merge(held.old_shapes, held.new_shapes);
  }
  while (!held_.empty() && held_.begin()->first < seam.hold_from) {
    const int64_t frame = held_.begin()->first;
    Held held = std::move(held_.begin()->second);
    held_.erase(held_.begin());
    RETURN_IF_ERROR(PushAll(frame, std::move(held.old_tags)));
    RETURN_IF_ERROR(PushAll(frame, std::move(held.old_shapes)));
  }
  ++job_;
  return absl::OkStatus();
}

absl::Status ShapeMerge::PushAll(int64_t frame, std::vector<Shape> shapes) {
  for (Shape& shape : shapes) {
    held_bytes_.Give(BytesOf(shape));
    RETURN_IF_ERROR(push_(frame, std::move(shape)));
  }
  return absl::OkStatus();
}

void ShapeMerge::Merge(std::vector<Shape>& old_shapes, std::vector<Shape>& new_shapes) {
  std::vector<std::optional<size_t>> same(new_shapes.size());
  if (!old_shapes.empty() && !new_shapes.empty()) {
    const Alike alike = FindAlikeShapes(new_shapes, old_shapes, is_3d_, budget_);
    Matching matching = MatchAlike(new_shapes.size(), old_shapes.size(), alike.pairs, kMaxCost);
    if ((alike.is_cut || matching.is_cut) && !std::exchange(is_cut_, true)) {
      report_(
          "too many objects, or objects of too many points, stand on a frame that jobs share to be "
          "compared: some are not united and may be shown twice");
    }
    same = std::move(matching.right_of);
  }
  for (size_t i = 0; i < new_shapes.size(); ++i) {
    if (same[i]) {
      held_bytes_.Give(BytesOf(new_shapes[i]));
    } else {
      old_shapes.push_back(std::move(new_shapes[i]));
    }
  }
  new_shapes.clear();
}

}  // namespace annofs
