#include "formats/datumaro_shapes.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/foreign_attributes.h"
#include "formats/json_mask.h"
#include "formats/shape_check.h"

namespace annofs {
namespace {

constexpr size_t kMaxUnread = 16;
constexpr size_t kMaxNameBytes = 64;
constexpr size_t kCuboidNumbers = 16;

struct TypeName {
  absl::string_view name;
  ShapeType type;
};
constexpr TypeName kTypes[] = {
    {"label", ShapeType::kTag},        {"bbox", ShapeType::kRectangle},
    {"polygon", ShapeType::kPolygon},  {"polyline", ShapeType::kPolyline},
    {"points", ShapeType::kPoints},    {"ellipse", ShapeType::kEllipse},
    {"mask", ShapeType::kMask},        {"skeleton", ShapeType::kSkeleton},
    {"cuboid_3d", ShapeType::kCuboid},
};

std::optional<ShapeType> TypeOf(absl::string_view name) {
  for (const TypeName& type : kTypes) {
    if (type.name == name) return type.type;
  }
  return std::nullopt;
}

// 0 for what does not fit.
int32_t Int32Of(JsonValue json, absl::string_view member) {
  const int64_t value = json.IntOr(member, 0);
  return int32_t(value) == value ? int32_t(value) : 0;
}

absl::StatusOr<std::vector<double>> Numbers(JsonValue json, absl::string_view member) {
  const JsonValue list = json[member];
  if (!list.is_array()) return absl::InvalidArgumentError(absl::StrCat("it has no ", member));
  std::vector<double> numbers(list.size());
  for (size_t i = 0; i < numbers.size(); ++i) {
    const std::optional<double> number = list[i].AsDouble();
    if (!number) {
      return absl::InvalidArgumentError(absl::StrCat("its ", member, " are no numbers"));
    }
    numbers[i] = *number;
  }
  return numbers;
}

absl::StatusOr<std::vector<double>> FourNumbers(JsonValue json, absl::string_view member) {
  ASSIGN_OR_RETURN(std::vector<double> numbers, Numbers(json, member));
  if (numbers.size() == 4) return numbers;
  return absl::InvalidArgumentError(absl::StrCat("its ", member, " are not four numbers"));
}

absl::StatusOr<std::vector<double>> Rectangle(JsonValue json) {
  ASSIGN_OR_RETURN(const std::vector<double> box, FourNumbers(json, "bbox"));
  if (box[2] < 0 || box[3] < 0) return absl::InvalidArgumentError("a box of a negative size");
  return std::vector<double>{box[0], box[1], box[0] + box[2], box[1] + box[3]};
}

absl::StatusOr<std::vector<double>> Ellipse(JsonValue json) {
  ASSIGN_OR_RETURN(const std::vector<double> box, FourNumbers(json, "points"));
  return std::vector<double>{(box[0] + box[2]) / 2, (box[1] + box[3]) / 2, box[2], box[1]};
}

absl::StatusOr<std::vector<double>> Cuboid(JsonValue json) {
  std::vector<double> all;
  for (absl::string_view member : {"position", "rotation", "scale"}) {
    ASSIGN_OR_RETURN(const std::vector<double> three, Numbers(json, member));
    if (three.size() != 3) {
      return absl::InvalidArgumentError(absl::StrCat("its ", member, " are not three numbers"));
    }
    all.insert(all.end(), three.begin(), three.end());
  }
  all.resize(kCuboidNumbers);
  return all;
}

// CVAT numbers the tracks of a skeleton's elements as they stand in it.
void SortByTrack(const std::vector<int32_t>& tracks, std::vector<Shape>& elements) {
  if (std::is_sorted(tracks.begin(), tracks.end())) return;
  std::vector<size_t> order(elements.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::stable_sort(order.begin(), order.end(),
                   [&tracks](size_t a, size_t b) { return tracks[a] < tracks[b]; });
  std::vector<Shape> sorted;
  for (size_t i : order) sorted.push_back(std::move(elements[i]));
  elements = std::move(sorted);
}

// An element that the skeleton does not have: CVAT tells one by its place alone.
bool IsMissing(const std::vector<double>& points, size_t element, JsonValue attributes) {
  for (size_t i = 3 * element; i < 3 * element + 3; ++i) {
    if (points[i] != 0) return false;
  }
  bool has_any = false;
  if (attributes.is_object()) {
    attributes.ForEachMember([&](absl::string_view, JsonValue) { has_any = true; });
  }
  return !has_any;
}

}  // namespace

absl::StatusOr<Shape> DatumaroShapes::Parse(JsonValue json) {
  problems_.clear();
  const absl::string_view type = json.StringOr("type", "").substr(0, kMaxNameBytes);
  const std::optional<ShapeType> known = TypeOf(type);
  if (!known) {
    if (unread_types_.size() < kMaxUnread || unread_types_.contains(std::string(type))) {
      ++unread_types_[std::string(type)];
    }
    return absl::UnimplementedError(absl::StrCat("type '", type, "' is not read"));
  }
  if (json["label_id"].is_null()) return absl::InvalidArgumentError("it has no label");
  const DatumaroLabel* label = labels_.Find(json["label_id"]);
  if (label == nullptr) return absl::InvalidArgumentError("its label is not known");
  Shape shape{.type = *known,
              .label = label->label,
              .z_order = Int32Of(json, "z_order"),
              .group = Int32Of(json, "group")};
  AddAttributes(json["attributes"], shape);
  RETURN_IF_ERROR(ParsePoints(type, json, *label, shape));
  if (shape.type != ShapeType::kRectangle && shape.type != ShapeType::kEllipse) shape.rotation = 0;
  const ShapeVerdict verdict = CheckShape(shape);
  if (!verdict.keep) return absl::InvalidArgumentError(verdict.problem);
  if (!verdict.problem.empty()) problems_.push_back(verdict.problem);
  return shape;
}

void DatumaroShapes::AddAttributes(JsonValue attributes, Shape& shape) {
  types_.Start(shape.label);
  if (!attributes.is_object()) return;
  attributes.ForEachMember([&](absl::string_view name, JsonValue value) {
    if (AddForeignAttribute(name, value, shape, types_)) return;
    if (unread_members_.size() < kMaxUnread) unread_members_.emplace(name.substr(0, kMaxNameBytes));
  });
}

absl::Status DatumaroShapes::ParsePoints(absl::string_view type, JsonValue json,
                                         const DatumaroLabel& label, Shape& shape) {
  switch (shape.type) {
    case ShapeType::kTag:
      return absl::OkStatus();
    case ShapeType::kRectangle: {
      ASSIGN_OR_RETURN(shape.points, Rectangle(json));
      return absl::OkStatus();
    }
    case ShapeType::kEllipse: {
      ASSIGN_OR_RETURN(shape.points, Ellipse(json));
      return absl::OkStatus();
    }
    case ShapeType::kCuboid: {
      ASSIGN_OR_RETURN(shape.points, Cuboid(json));
      return absl::OkStatus();
    }
    case ShapeType::kMask: {
      ASSIGN_OR_RETURN(CvatMask mask, ParseJsonMask(json["rle"], budget_));
      if (!mask.problem.empty()) problems_.push_back(std::move(mask.problem));
      shape.points = std::move(mask.points);
      return absl::OkStatus();
    }
    case ShapeType::kSkeleton:
      return ParseSkeleton(json, label, shape);
    case ShapeType::kPolygon:
    case ShapeType::kPolyline:
    case ShapeType::kPoints:
      break;
  }
  ASSIGN_OR_RETURN(shape.points, Numbers(json, "points"));
  const JsonValue visibility = json["visibility"];
  for (size_t i = 0; type == "points" && i < visibility.size(); ++i) {
    if (visibility[i].AsInt() != 2) unread_members_.insert("visibility");
  }
  return absl::OkStatus();
}

absl::Status DatumaroShapes::ParseSkeleton(JsonValue json, const DatumaroLabel& label,
                                           Shape& skeleton) {
  ASSIGN_OR_RETURN(const std::vector<double> points, Numbers(json, "points"));
  if (points.size() != 3 * label.keypoints.size()) {
    return absl::InvalidArgumentError(absl::StrCat("a skeleton of ", points.size(),
                                                   " numbers, its label has ",
                                                   label.keypoints.size(), " keypoints"));
  }
  const JsonValue attributes = json["points_attributes"];
  std::vector<int32_t> tracks;  // of the elements
  for (size_t i = 0; i < label.keypoints.size(); ++i) {
    const double visibility = points[3 * i + 2];
    Shape element{.type = ShapeType::kPoints, .label = label.keypoints[i]};
    if (IsMissing(points, i, attributes[i])) continue;
    AddAttributes(attributes[i], element);
    tracks.push_back(element.track);
    element.track = -1;
    element.rotation = 0;
    element.outside = visibility == 0;
    element.occluded = visibility == 1;
    element.points = {points[3 * i], points[3 * i + 1]};
    skeleton.elements.push_back(std::move(element));
  }
  SortByTrack(tracks, skeleton.elements);
  return absl::OkStatus();
}

}  // namespace annofs
