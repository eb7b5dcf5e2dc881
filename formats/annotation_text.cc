#include "formats/annotation_text.h"

#include <cmath>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/box.h"

namespace annofs {
namespace {

// Boxes are those of CVAT's numbers, before `rotation` (degrees, clockwise); a cuboid in space has
// none. Elements of a skeleton follow it, one a line, labelled "skeleton/element", as type
// `element` or `outside`: so grep finds them by either label, and counting types does not count
// them as points.
constexpr absl::string_view kHeader =
    "label\ttype\tx\ty\tw\th\trotation\toccluded\tz\tsource\ttrack\tgroup\tscore\tattributes\tpoint"
    "s\n";

// Elements' labels are as the source has them.
absl::string_view LabelName(const DatasetInfo& info, uint32_t label) {
  return label < info.labels.size() ? absl::string_view(info.labels[label].name) : "";
}

bool IsWanted(const Shape& shape, const ShapeFilter& wanted) {
  return wanted == nullptr || wanted(shape);
}

// Where points lie: in an image, or in space (a point cloud's cuboids).
enum class Space { kImage, kWorld };

// "name=value;name=value", where backslash, '=' and ';' of the texts are escaped by a backslash.
std::string AttributeText(const std::vector<Attribute>& attributes) {
  auto escape = [](absl::string_view text) {
    std::string out;
    for (char c : text) {
      if (c == '\\' || c == '=' || c == ';') out.push_back('\\');
      out.push_back(c);
    }
    return out;
  };
  return absl::StrJoin(attributes, ";", [&](std::string* text, const Attribute& attribute) {
    absl::StrAppend(text, escape(attribute.name), "=", escape(attribute.value));
  });
}

std::string PointText(const std::vector<double>& points) {
  return absl::StrJoin(points, " ",
                       [](std::string* text, double value) { *text += ShortFloat(value); });
}

std::string BoxColumns(const Shape& shape, Space space) {
  std::optional<Box> box = space == Space::kImage ? OwnBox(shape) : std::nullopt;
  if (!box) return "\t\t\t";
  return absl::StrCat(ShortFloat(box->left), "\t", ShortFloat(box->top), "\t",
                      ShortFloat(box->width()), "\t", ShortFloat(box->height()));
}

void AppendLine(std::string& text, absl::string_view label, absl::string_view type,
                const Shape& shape, Space space) {
  bool is_tag = shape.type == ShapeType::kTag;
  absl::StrAppend(&text, TsvEscape(label), "\t", type, "\t", BoxColumns(shape, space), "\t",
                  is_tag ? "" : ShortFloat(shape.rotation), "\t");
  absl::StrAppend(&text,
                  is_tag           ? ""
                  : shape.occluded ? "1"
                                   : "0",
                  "\t", is_tag ? "" : absl::StrCat(shape.z_order), "\t", TsvEscape(shape.source),
                  "\t", shape.track < 0 ? "" : absl::StrCat(shape.track), "\t",
                  shape.group == 0 ? "" : absl::StrCat(shape.group), "\t");
  absl::StrAppend(&text, is_tag ? "" : ShortFloat(shape.score), "\t",
                  TsvEscape(AttributeText(shape.attributes)), "\t", PointText(shape.points), "\n");
}

void AppendShape(std::string& text, const DatasetInfo& info, const Shape& shape, Space space) {
  absl::string_view label = LabelName(info, shape.label);
  AppendLine(text, label, ShapeTypeName(shape.type), shape, space);
  for (const Shape& element : shape.elements) {
    AppendLine(text, absl::StrCat(label, "/", LabelName(info, element.label)),
               element.outside ? "outside" : "element", element, space);
  }
}

// Whole numbers without ".0", as in the TSV.
void WriteNumber(JsonWriter& json, double number) {
  constexpr double kMaxExact = 9007199254740992;  // 2^53
  if (std::abs(number) <= kMaxExact && number == std::trunc(number)) {
    json.Int(int64_t(number));
  } else {
    json.Double(number);
  }
}

void WriteNumbers(JsonWriter& json, const std::vector<double>& numbers) {
  json.BeginArray();
  for (double number : numbers) WriteNumber(json, number);
  json.EndArray();
}

void WriteAttributes(JsonWriter& json, const std::vector<Attribute>& attributes) {
  json.Key("attributes").BeginArray();
  for (const Attribute& attribute : attributes) {
    json.BeginObject()
        .Key("name")
        .String(attribute.name)
        .Key("value")
        .String(attribute.value)
        .EndObject();
  }
  json.EndArray();
}

void WriteTag(JsonWriter& json, const DatasetInfo& info, const Shape& tag) {
  json.BeginObject().Key("label").String(LabelName(info, tag.label));
  json.Key("group").Int(tag.group).Key("source").String(tag.source);
  WriteAttributes(json, tag.attributes);
  json.EndObject();
}

void WriteShape(JsonWriter& json, const DatasetInfo& info, const Shape& shape) {
  json.BeginObject().Key("label").String(LabelName(info, shape.label));
  json.Key("type").String(ShapeTypeName(shape.type));
  json.Key("points");
  WriteNumbers(json, shape.points);
  json.Key("rotation");
  WriteNumber(json, shape.rotation);
  json.Key("occluded").Bool(shape.occluded).Key("outside").Bool(shape.outside);
  json.Key("z_order").Int(shape.z_order).Key("group").Int(shape.group);
  if (shape.track >= 0) json.Key("track").Int(shape.track).Key("keyframe").Bool(shape.keyframe);
  json.Key("source").String(shape.source).Key("score");
  WriteNumber(json, shape.score);
  WriteAttributes(json, shape.attributes);
  if (shape.type == ShapeType::kSkeleton) {
    json.Key("elements").BeginArray();
    for (const Shape& element : shape.elements) WriteShape(json, info, element);
    json.EndArray();
  }
  json.EndObject();
}

void WriteFrame(JsonWriter& json, const DatasetInfo& info, const Frame& frame) {
  json.Key("frame").String(frame.name).Key("number").Int(frame.number);
  json.Key("width").Int(frame.width).Key("height").Int(frame.height);
  json.Key("subset").String(frame.subset);
  json.Key("task").String(frame.task < info.tasks.size() ? info.tasks[frame.task].name : "");
}

}  // namespace

absl::StatusOr<std::string> RenderTsv(const Dataset& data, Rank rank, const ShapeFilter& wanted) {
  ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(FrameShapes all, data.Shapes(rank));
  Space space = IsPointCloud(data.info(), frame) ? Space::kWorld : Space::kImage;
  std::string text(kHeader);
  for (const Shape& tag : all.tags) {
    if (IsWanted(tag, wanted)) AppendShape(text, data.info(), tag, space);
  }
  for (const Shape& shape : all.shapes) {
    if (IsWanted(shape, wanted)) AppendShape(text, data.info(), shape, space);
  }
  return text;
}

absl::StatusOr<std::string> RenderJson(const Dataset& data, Rank rank, const ShapeFilter& wanted) {
  ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(FrameShapes all, data.Shapes(rank));
  JsonWriter json(JsonWriter::Style::kPretty);
  json.BeginObject();
  WriteFrame(json, data.info(), frame);
  json.Key("tags").BeginArray();
  for (const Shape& tag : all.tags) {
    if (IsWanted(tag, wanted)) WriteTag(json, data.info(), tag);
  }
  json.EndArray().Key("shapes").BeginArray();
  for (const Shape& shape : all.shapes) {
    if (IsWanted(shape, wanted)) WriteShape(json, data.info(), shape);
  }
  return json.EndArray().EndObject().Take() + "\n";
}

}  // namespace annofs
