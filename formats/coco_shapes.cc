#include "formats/coco_shapes.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/foreign_attributes.h"
#include "formats/json_mask.h"
#include "formats/shape_check.h"
#include "formats/track.h"

namespace annofs {
namespace {

constexpr size_t kMaxUnread = 16;
constexpr size_t kMaxNameBytes = 64;
// Each polygon of an annotation has its attributes. What the copies take counts from the first
// bound on; more than the second is not copied.
constexpr uint64_t kLittleCopied = uint64_t{64} << 10;
constexpr uint64_t kMaxCopied = uint64_t{64} << 20;
// Exports round to two digits, the box and the keypoints each for itself.
constexpr double kRounding = 0.021;

constexpr absl::string_view kKnownMembers[] = {
    "id",        "image_id",      "category_id", "segmentation",  "area",    "bbox",      "iscrowd",
    "keypoints", "num_keypoints", "attributes",  "segments_info", "caption", "file_name", "score"};

bool IsKnown(absl::string_view member) {
  return std::find(std::begin(kKnownMembers), std::end(kKnownMembers), member) !=
         std::end(kKnownMembers);
}

std::optional<std::vector<double>> Numbers(JsonValue list) {
  std::vector<double> numbers(list.size());
  for (size_t i = 0; i < numbers.size(); ++i) {
    const std::optional<double> number = list[i].AsDouble();
    if (!number) return std::nullopt;
    numbers[i] = *number;
  }
  return numbers;
}

bool IsThere(JsonValue list) { return list.is_array() && list.size() > 0; }

double VisibilityOf(JsonValue keypoints, size_t index) {
  return keypoints[3 * index + 2].AsDouble().value_or(0);
}

}  // namespace

absl::StatusOr<std::vector<Shape>> CocoShapes::Parse(JsonValue json, const CocoCategory& category) {
  problems_.clear();
  shapes_.clear();
  const Shape common = Common(json, category);
  const JsonValue segmentation = json["segmentation"], keypoints = json["keypoints"];
  const JsonValue box = json["bbox"];
  if (IsThere(keypoints)) AddKeypoints(keypoints, category, common);
  RETURN_IF_ERROR(AddSegmentation(segmentation, common));
  const bool has_outline = !shapes_.empty() && shapes_.back().type != ShapeType::kSkeleton &&
                           shapes_.back().type != ShapeType::kPoints;
  if (!has_outline && !box.is_null()) AddBox(box, common);
  if (shapes_.empty() && segmentation.is_null() && keypoints.is_null() && box.is_null()) {
    Shape tag = common;
    tag.type = ShapeType::kTag;
    tag.score = 1;
    Push(std::move(tag));
  }
  if (shapes_.empty()) {
    return absl::InvalidArgumentError(
        problems_.empty() ? "neither a box, nor a segmentation, nor keypoints" : problems_.back());
  }
  MarkCrowds(json.IntOr("iscrowd", json.BoolOr("iscrowd", false) ? 1 : 0) != 0);
  if (shapes_.size() > 1 && groups_ < INT32_MAX) {
    ++groups_;
    for (Shape& shape : shapes_) shape.group = groups_;
  }
  return std::move(shapes_);
}

Shape CocoShapes::Common(JsonValue json, const CocoCategory& category) {
  types_.Start(category.label);
  Shape common{.label = category.label, .score = json.DoubleOr("score", 1)};
  const JsonValue attributes = json["attributes"];
  if (attributes.is_object()) {
    attributes.ForEachMember([&](absl::string_view name, JsonValue value) {
      if (AddForeignAttribute(name, value, common, types_)) return;
      if (unread_.size() < kMaxUnread) unread_.emplace(name.substr(0, kMaxNameBytes));
    });
  }
  AddMembers(json, common);
  return common;
}

void CocoShapes::AddMembers(JsonValue json, Shape& shape) {
  json.ForEachMember([&](absl::string_view name, JsonValue value) {
    if (IsKnown(name) || value.is_null()) return;
    if (AddForeignAttribute(name, value, shape, types_)) return;
    if (unread_.size() < kMaxUnread) unread_.emplace(name.substr(0, kMaxNameBytes));
  });
}

void CocoShapes::Push(Shape shape) {
  if (shape.type != ShapeType::kRectangle) shape.rotation = 0;
  const ShapeVerdict verdict = CheckShape(shape);
  if (!verdict.problem.empty()) problems_.push_back(verdict.problem);
  if (verdict.keep) shapes_.push_back(std::move(shape));
}

absl::Status CocoShapes::AddSegmentation(JsonValue json, const Shape& common) {
  if (json.is_object()) {
    absl::StatusOr<CvatMask> mask = ParseJsonMask(json, budget_);
    if (mask.status().code() == absl::StatusCode::kResourceExhausted) return mask.status();
    if (!mask.ok()) {
      problems_.emplace_back(mask.status().message());
      return absl::OkStatus();
    }
    if (!mask->problem.empty()) problems_.push_back(mask->problem);
    Shape shape = common;
    shape.type = ShapeType::kMask;
    shape.points = std::move(mask->points);
    Push(std::move(shape));
    return absl::OkStatus();
  }
  if (!json.is_array()) {
    if (!json.is_null()) problems_.push_back("a segmentation that is neither a list nor a mask");
    return absl::OkStatus();
  }
  // Some tools write the only polygon without the list around it.
  if (json.size() > 0 && json[size_t{0}].is_number()) {
    AddPolygon(json, common);
    return absl::OkStatus();
  }
  AddPolygons(json, common);
  return absl::OkStatus();
}

void CocoShapes::AddPolygons(JsonValue json, const Shape& common) {
  if (json.size() == 0) return;
  const uint64_t copied = (BytesOf(common) - sizeof(Shape)) * (json.size() - 1);
  bool is_copied = copied <= kMaxCopied;
  if (is_copied && copied > kLittleCopied) is_copied = budget_.Take(copied).ok();
  AddPolygon(json[size_t{0}], common);
  if (is_copied) {
    for (size_t i = 1; i < json.size(); ++i) AddPolygon(json[i], common);
    return;
  }
  problems_.push_back(absl::StrCat("only the first of its ", json.size(),
                                   " polygons has its attributes: they are too large"));
  Shape bare = common;
  bare.attributes.clear();
  types_.Start(common.label);
  for (size_t i = 1; i < json.size(); ++i) AddPolygon(json[i], bare);
}

void CocoShapes::AddPolygon(JsonValue json, const Shape& common) {
  Shape shape = common;
  shape.type = ShapeType::kPolygon;
  std::optional<std::vector<double>> numbers;
  if (json.is_array()) numbers = Numbers(json);
  if (!numbers) return problems_.push_back("a polygon that is no list of numbers: left out");
  shape.points = *std::move(numbers);
  Push(std::move(shape));
}

void CocoShapes::AddKeypoints(JsonValue json, const CocoCategory& category, const Shape& common) {
  if (json.size() % 3 != 0 || !Numbers(json)) {
    return problems_.push_back("keypoints that are no list of x, y and visibility: left out");
  }
  bool is_any = false;
  for (size_t i = 0; i < json.size() / 3; ++i) is_any = is_any || VisibilityOf(json, i) > 0;
  if (!is_any) return;
  if (category.keypoints.size() == json.size() / 3) return AddSkeleton(json, category, common);
  problems_.push_back(absl::StrCat(json.size() / 3, " keypoints of a category that names ",
                                   category.keypoints.size(), ": read as points"));
  AddPoints(json, common);
}

void CocoShapes::AddSkeleton(JsonValue json, const CocoCategory& category, const Shape& common) {
  Shape skeleton = common;
  skeleton.type = ShapeType::kSkeleton;
  for (size_t i = 0; i < category.keypoints.size(); ++i) {
    const double visibility = VisibilityOf(json, i);
    skeleton.elements.push_back({.type = ShapeType::kPoints,
                                 .label = category.keypoints[i],
                                 .occluded = visibility == 1,
                                 .outside = visibility <= 0,
                                 .keyframe = common.keyframe,
                                 .points = {*json[3 * i].AsDouble(), *json[3 * i + 1].AsDouble()}});
  }
  Push(std::move(skeleton));
}

void CocoShapes::AddPoints(JsonValue json, const Shape& common) {
  Shape shape = common;
  shape.type = ShapeType::kPoints;
  for (size_t i = 0; i < json.size() / 3; ++i) {
    if (VisibilityOf(json, i) <= 0) continue;
    shape.points.push_back(*json[3 * i].AsDouble());
    shape.points.push_back(*json[3 * i + 1].AsDouble());
  }
  Push(std::move(shape));
}

void CocoShapes::AddBox(JsonValue json, const Shape& common) {
  if (!IsThere(json)) return;
  const std::optional<std::vector<double>> box = Numbers(json);
  if (!box || box->size() != 4) {
    return problems_.push_back("a box that is no list of four numbers: left out");
  }
  if ((*box)[2] < 0 || (*box)[3] < 0) {
    return problems_.push_back("a box of a negative size: left out");
  }
  Shape shape = common;
  shape.type = ShapeType::kRectangle;
  shape.points = {(*box)[0], (*box)[1], (*box)[0] + (*box)[2], (*box)[1] + (*box)[3]};
  if (IsExtentOfKeypoints(shape.points)) return;
  Push(std::move(shape));
}

bool CocoShapes::IsExtentOfKeypoints(const std::vector<double>& box) const {
  if (shapes_.empty()) return false;
  double left = INFINITY, top = INFINITY, right = -INFINITY, bottom = -INFINITY;
  auto add = [&](const std::vector<double>& points) {
    for (size_t i = 0; i + 1 < points.size(); i += 2) {
      left = std::min(left, points[i]);
      right = std::max(right, points[i]);
      top = std::min(top, points[i + 1]);
      bottom = std::max(bottom, points[i + 1]);
    }
  };
  const Shape& shape = shapes_.back();
  add(shape.points);
  for (const Shape& element : shape.elements) {
    if (!element.outside) add(element.points);
  }
  return std::abs(box[0] - left) < kRounding && std::abs(box[1] - top) < kRounding &&
         std::abs(box[2] - right) < kRounding && std::abs(box[3] - bottom) < kRounding;
}

void CocoShapes::MarkCrowds(bool is_crowd) {
  for (Shape& shape : shapes_) {
    if (shape.type == ShapeType::kTag || (shape.type == ShapeType::kMask) == is_crowd) continue;
    const bool is_said =
        std::any_of(shape.attributes.begin(), shape.attributes.end(),
                    [](const Attribute& attribute) { return attribute.name == "is_crowd"; });
    if (!is_said) {
      shape.attributes.push_back({.name = "is_crowd", .value = is_crowd ? "true" : "false"});
    }
  }
}

}  // namespace annofs
