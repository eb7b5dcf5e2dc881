#include "formats/datumaro_export_annotations.h"

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "formats/datumaro_export_json.h"
#include "formats/python_text.h"
#include "formats/rle.h"

namespace annofs {
namespace {

constexpr JsonDialect kDialect = JsonDialect::kPython;

const char* NameOf(ItemType type) {
  switch (type) {
    case ItemType::kLabel:
      return "label";
    case ItemType::kBbox:
      return "bbox";
    case ItemType::kPolygon:
      return "polygon";
    case ItemType::kPolyline:
      return "polyline";
    case ItemType::kPoints:
      return "points";
    case ItemType::kEllipse:
      return "ellipse";
    case ItemType::kMask:
      return "mask";
    case ItemType::kSkeleton:
      return "skeleton";
    case ItemType::kCuboid3d:
      return "cuboid_3d";
  }
  return "";
}

void AppendNumbers(absl::string_view member, absl::Span<const double> values, std::string& out) {
  out += ", \"";
  out.append(member.data(), member.size());
  out += "\": ";
  AppendJsonFloats(kDialect, values, out);
}

void AppendOrder(const ItemAnnotation& annotation, std::string& out) {
  out += ", \"z_order\": ";
  AppendJsonInt(annotation.z_order, out);
}

void AppendVisibility(size_t points, std::string& out) {
  out += ", \"visibility\": [";
  for (size_t i = 0; i < points; ++i) out += i > 0 ? ", 2" : "2";
  out += "]";
}

void AppendRle(const CocoMask& mask, std::string& out) {
  out += ", \"rle\": {\"counts\": ";
  AppendJsonString(kDialect, FormatCocoCounts(mask.runs), out);
  out += ", \"size\": [";
  AppendJsonInt(int64_t(mask.height), out);
  out += ", ";
  AppendJsonInt(int64_t(mask.width), out);
  out += "]}";
}

void AppendElements(const std::vector<ItemAnnotation>& elements, std::string& out) {
  out += ", \"points\": [";
  for (size_t i = 0; i < elements.size(); ++i) {
    if (i > 0) out += ", ";
    for (double coordinate : elements[i].points) {
      AppendJsonNumber(coordinate, out);
      out += ", ";
    }
    AppendJsonInt(int64_t(elements[i].visibility), out);
  }
  out += "], \"points_attributes\": [";
  for (size_t i = 0; i < elements.size(); ++i) {
    if (i > 0) out += ", ";
    AppendJsonAttributes(kDialect, elements[i].attributes, {}, out);
  }
  out += "]";
}

void AppendGeometry(const ItemAnnotation& annotation, std::string& out) {
  const absl::Span<const double> numbers = annotation.points;
  switch (annotation.type) {
    case ItemType::kLabel:
      return;
    case ItemType::kBbox:
      AppendOrder(annotation, out);
      return AppendNumbers("bbox", numbers, out);
    case ItemType::kPolygon:
    case ItemType::kPolyline:
    case ItemType::kEllipse:
      AppendNumbers("points", numbers, out);
      return AppendOrder(annotation, out);
    case ItemType::kPoints:
      AppendNumbers("points", numbers, out);
      AppendOrder(annotation, out);
      return AppendVisibility(numbers.size() / 2, out);
    case ItemType::kMask:
      AppendRle(annotation.mask, out);
      return AppendOrder(annotation, out);
    case ItemType::kSkeleton:
      return AppendElements(annotation.elements, out);
    case ItemType::kCuboid3d:
      AppendNumbers("position", numbers.subspan(0, 3), out);
      AppendNumbers("rotation", numbers.subspan(3, 3), out);
      return AppendNumbers("scale", numbers.subspan(6, 3), out);
  }
}

}  // namespace

void AppendDatumaroAnnotation(const ItemAnnotation& annotation, std::string& out) {
  out += "{\"id\": ";
  AppendJsonInt(annotation.id, out);
  out += ", \"type\": \"";
  out += NameOf(annotation.type);
  out += "\", \"attributes\": ";
  AppendJsonAttributes(kDialect, annotation.attributes, {}, out);
  out += ", \"group\": ";
  AppendJsonInt(annotation.group, out);
  out += ", \"label_id\": ";
  AppendJsonInt(annotation.label, out);
  AppendGeometry(annotation, out);
  out += "}";
}

}  // namespace annofs
