#include "formats/json_shapes.h"

#include <algorithm>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/json_labels.h"
#include "formats/shape_check.h"

namespace annofs {
namespace {

constexpr int64_t kMaxFrame = std::numeric_limits<int32_t>::max();

absl::StatusOr<ShapeType> TypeOf(JsonValue json) {
  ASSIGN_OR_RETURN(const absl::string_view name, json.GetString("type"));
  for (ShapeType type : AllShapeTypes()) {
    if (type != ShapeType::kTag && ShapeTypeName(type) == name) return type;
  }
  return absl::InvalidArgumentError(absl::StrCat("type '", name.substr(0, 64), "' is not known"));
}

absl::StatusOr<int64_t> FrameOf(JsonValue json) {
  ASSIGN_OR_RETURN(const int64_t frame, json.GetInt("frame"));
  if (frame < 0 || frame > kMaxFrame) {
    return absl::InvalidArgumentError(absl::StrCat("frame ", frame, " is out of range"));
  }
  return frame;
}

// 0 for what does not fit.
int32_t Int32Of(JsonValue json, absl::string_view member) {
  const int64_t value = json.IntOr(member, 0);
  return int32_t(value) == value ? int32_t(value) : 0;
}

absl::StatusOr<std::vector<double>> PointsOf(JsonValue json) {
  const JsonValue list = json["points"];
  if (!list.is_array() && !list.is_null()) {
    return absl::InvalidArgumentError("its points are no list");
  }
  std::vector<double> points(list.size());
  for (size_t i = 0; i < points.size(); ++i) {
    const std::optional<double> number = list[i].AsDouble();
    if (!number) return absl::InvalidArgumentError("a point that is no number");
    points[i] = *number;
  }
  return points;
}

std::vector<Attribute> AttributesOf(JsonValue json) {
  const JsonValue list = json["attributes"];
  std::vector<Attribute> attributes;
  for (size_t i = 0; list.is_array() && i < list.size(); ++i) {
    attributes.push_back(
        {.name = std::string(list[i].StringOr("name", "")), .value = JsonText(list[i]["value"])});
  }
  return attributes;
}

}  // namespace

void JsonShapes::Report(absl::string_view reason) {
  Problem problem = where_;
  problem.reason = std::string(reason);
  sink_.AddProblem(std::move(problem));
}

absl::StatusOr<uint32_t> JsonShapes::LabelOf(JsonValue json, int32_t parent) {
  const absl::string_view name = json.StringOr("label", "");
  if (name.empty()) return absl::InvalidArgumentError("it has no label");
  return labels_.FindOrAdd(parent, name, where_);
}

absl::Status JsonShapes::Check(Shape& shape) {
  const ShapeVerdict verdict = CheckShape(shape);
  if (!verdict.keep) return absl::InvalidArgumentError(verdict.problem);
  if (!verdict.problem.empty()) Report(verdict.problem);
  return absl::OkStatus();
}

// Everything but label and elements; not checked yet.
absl::StatusOr<FramedShape> JsonShapes::ParseGeometry(JsonValue json) {
  FramedShape framed;
  Shape& shape = framed.shape;
  ASSIGN_OR_RETURN(shape.type, TypeOf(json));
  ASSIGN_OR_RETURN(framed.frame, FrameOf(json));
  ASSIGN_OR_RETURN(shape.points, PointsOf(json));
  shape.z_order = Int32Of(json, "z_order");
  shape.group = Int32Of(json, "group");
  shape.occluded = json.BoolOr("occluded", false);
  shape.outside = json.BoolOr("outside", false);
  shape.rotation = json.DoubleOr("rotation", 0);
  shape.score = json.DoubleOr("score", 1);
  shape.source = std::string(json.StringOr("source", ""));
  shape.attributes = AttributesOf(json);
  return framed;
}

absl::StatusOr<FramedShape> JsonShapes::ParseTag(JsonValue json) {
  FramedShape framed;
  ASSIGN_OR_RETURN(framed.frame, FrameOf(json));
  framed.shape = {.type = ShapeType::kTag,
                  .group = Int32Of(json, "group"),
                  .source = std::string(json.StringOr("source", "")),
                  .attributes = AttributesOf(json)};
  ASSIGN_OR_RETURN(framed.shape.label, LabelOf(json, -1));
  return framed;
}

absl::StatusOr<Shape> JsonShapes::ParseElement(JsonValue json, int32_t parent) {
  ASSIGN_OR_RETURN(FramedShape framed, ParseGeometry(json));
  ASSIGN_OR_RETURN(framed.shape.label, LabelOf(json, parent));
  RETURN_IF_ERROR(Check(framed.shape));
  return std::move(framed.shape);
}

absl::StatusOr<FramedShape> JsonShapes::ParseShape(JsonValue json) {
  ASSIGN_OR_RETURN(FramedShape framed, ParseGeometry(json));
  RETURN_IF_ERROR(Check(framed.shape));
  ASSIGN_OR_RETURN(framed.shape.label, LabelOf(json, -1));
  const JsonValue elements = json["elements"];
  for (size_t i = 0; elements.is_array() && i < elements.size(); ++i) {
    absl::StatusOr<Shape> element = ParseElement(elements[i], int32_t(framed.shape.label));
    if (element.ok()) {
      framed.shape.elements.push_back(*std::move(element));
    } else {
      Report(absl::StrCat("element ", i, " left out: ", element.status().message()));
    }
  }
  return framed;
}

void JsonShapes::AddKeyframes(JsonValue list, Track& track) {
  for (size_t i = 0; list.is_array() && i < list.size(); ++i) {
    absl::StatusOr<FramedShape> keyframe = ParseGeometry(list[i]);
    absl::Status status = keyframe.status();
    if (status.ok()) status = Check(keyframe->shape);
    if (status.ok()) {
      track.keyframes.push_back(*std::move(keyframe));
    } else {
      Report(absl::StrCat("keyframe ", i, " left out: ", status.message()));
    }
  }
}

absl::StatusOr<Track> JsonShapes::ParseTrackOf(JsonValue json, int32_t parent) {
  Track track;
  ASSIGN_OR_RETURN(track.frame, FrameOf(json));
  ASSIGN_OR_RETURN(track.label, LabelOf(json, parent));
  track.group = Int32Of(json, "group");
  track.source = std::string(json.StringOr("source", ""));
  track.attributes = AttributesOf(json);
  AddKeyframes(json["shapes"], track);
  return track;
}

absl::StatusOr<Track> JsonShapes::ParseTrack(JsonValue json) {
  ASSIGN_OR_RETURN(Track track, ParseTrackOf(json, -1));
  const JsonValue elements = json["elements"];
  for (size_t i = 0; elements.is_array() && i < elements.size(); ++i) {
    absl::StatusOr<Track> element = ParseTrackOf(elements[i], int32_t(track.label));
    if (element.ok()) {
      track.elements.push_back(*std::move(element));
    } else {
      Report(absl::StrCat("element ", i, " left out: ", element.status().message()));
    }
  }
  return track;
}

}  // namespace annofs
