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

class NamesInText : public JsonNames {
 public:
  explicit NamesInText(LabelTable& labels) : labels_(labels) {}
  absl::StatusOr<uint32_t> LabelOf(JsonValue item, int32_t parent, const Problem& where) override {
    const absl::string_view name = item.StringOr("label", "");
    if (name.empty()) return absl::InvalidArgumentError("it has no label");
    return labels_.FindOrAdd(parent, name, where);
  }
  std::vector<Attribute> AttributesOf(JsonValue item, const Problem&) override {
    const JsonValue list = item["attributes"];
    std::vector<Attribute> attributes;
    for (size_t i = 0; list.is_array() && i < list.size(); ++i) {
      attributes.push_back(
          {.name = std::string(list[i].StringOr("name", "")), .value = JsonText(list[i]["value"])});
    }
    return attributes;
  }

 private:
  LabelTable& labels_;
};

}  // namespace

std::unique_ptr<JsonNames> NewJsonNamesOf(LabelTable& labels) {
  return std::make_unique<NamesInText>(labels);
}

void JsonShapes::Report(absl::string_view reason) {
  Problem problem = where_;
  problem.reason = std::string(reason);
  sink_.AddProblem(std::move(problem));
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
  shape.attributes = names_.AttributesOf(json, where_);
  return framed;
}

absl::StatusOr<FramedShape> JsonShapes::ParseTag(JsonValue json) {
  FramedShape framed;
  ASSIGN_OR_RETURN(framed.frame, FrameOf(json));
  framed.shape = {.type = ShapeType::kTag,
                  .group = Int32Of(json, "group"),
                  .source = std::string(json.StringOr("source", "")),
                  .attributes = names_.AttributesOf(json, where_)};
  ASSIGN_OR_RETURN(framed.shape.label, names_.LabelOf(json, -1, where_));
  return framed;
}

absl::StatusOr<Shape> JsonShapes::ParseElement(JsonValue json, int32_t parent) {
  ASSIGN_OR_RETURN(FramedShape framed, ParseGeometry(json));
  ASSIGN_OR_RETURN(framed.shape.label, names_.LabelOf(json, parent, where_));
  RETURN_IF_ERROR(Check(framed.shape));
  return std::move(framed.shape);
}

absl::StatusOr<FramedShape> JsonShapes::ParseShape(JsonValue json) {
  ASSIGN_OR_RETURN(FramedShape framed, ParseGeometry(json));
  RETURN_IF_ERROR(Check(framed.shape));
  ASSIGN_OR_RETURN(framed.shape.label, names_.LabelOf(json, -1, where_));
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
  ASSIGN_OR_RETURN(track.label, names_.LabelOf(json, parent, where_));
  track.group = Int32Of(json, "group");
  track.source = std::string(json.StringOr("source", ""));
  track.attributes = names_.AttributesOf(json, where_);
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
  if (InheritsTooMuch(track)) return absl::InvalidArgumentError(kInheritsTooMuch);
  return track;
}

}  // namespace annofs
