// One annotation of a COCO file as shapes (reference/cvat.md §9.4, training-tools.md §5). Not
// thread safe.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/base/json.h"
#include "formats/attribute_types.h"
#include "formats/model.h"
#include "formats/shape_budget.h"

namespace annofs {

struct CocoCategory {
  uint32_t label = 0;               // the sink's
  std::vector<uint32_t> keypoints;  // the sink's labels of its keypoints, in their order
};

// What an annotation becomes:
// * polygons: each a polygon; several share a group. RLE: a mask. Neither: the box, a rectangle.
// * keypoints that are not all absent: a skeleton; of a category that does not name as many: points
//   (CVAT leaves out elements that a track does not have yet, and gives a skeleton in a group the
//   category of the group).
//   The annotation's polygons, mask, or a box that is not just the extent of the keypoints are in a
//   group with it.
// * nothing of it: a tag.
// * `attributes` as CVAT writes them, and members that COCO does not know: attributes. `iscrowd` is
//   one (`is_crowd`, CVAT's own name) only where the shape does not say it: a mask is a crowd to
//   CVAT, everything else is not.
class CocoShapes {
 public:
  // `types` gets the attributes of all annotations.
  CocoShapes(ShapeBudget& budget, AttributeTypes& types) : budget_(budget), types_(types) {}

  // kInvalidArgument: nothing of it can be kept. kResourceExhausted: reading ends. What is left out
  // of it or mended is in problems().
  absl::StatusOr<std::vector<Shape>> Parse(JsonValue annotation, const CocoCategory& category);
  const std::vector<std::string>& problems() const { return problems_; }

  // Groups restart in every task.
  void StartTask() { groups_ = 0; }
  // Members of annotations that were not read, some of them; of all annotations so far.
  const std::set<std::string>& unread() const { return unread_; }

 private:
  Shape Common(JsonValue annotation, const CocoCategory& category);
  void AddMembers(JsonValue annotation, Shape& shape);
  absl::Status AddSegmentation(JsonValue segmentation, const Shape& common);
  void AddPolygons(JsonValue polygons, const Shape& common);
  void AddPolygon(JsonValue polygon, const Shape& common);
  void AddKeypoints(JsonValue keypoints, const CocoCategory& category, const Shape& common);
  void AddSkeleton(JsonValue keypoints, const CocoCategory& category, const Shape& common);
  void AddPoints(JsonValue keypoints, const Shape& common);
  void AddBox(JsonValue box, const Shape& common);
  bool IsExtentOfKeypoints(const std::vector<double>& box) const;
  void Push(Shape shape);
  void MarkCrowds(bool is_crowd);

  ShapeBudget& budget_;
  AttributeTypes& types_;
  std::vector<std::string> problems_;
  std::set<std::string> unread_;
  std::vector<Shape> shapes_;  // of the present annotation
  int32_t groups_ = 0;
};

}  // namespace annofs
