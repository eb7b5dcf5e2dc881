#include "formats/cvat_xml_shape.h"

#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

using Numbers = std::vector<double>;

absl::Status NotANumber(absl::string_view name, absl::string_view value) {
  return absl::InvalidArgumentError(
      absl::StrCat("attribute ", name, "=\"", value.substr(0, 64), "\" is no number"));
}

absl::StatusOr<double> Required(const XmlAttributes& attributes, absl::string_view name) {
  const char* text = attributes.Find(name);
  if (text == nullptr)
    return absl::InvalidArgumentError(absl::StrCat("attribute ", name, " is missing"));
  double value = 0;
  if (!absl::SimpleAtod(text, &value)) return NotANumber(name, text);
  return value;
}

double Optional(const XmlAttributes& attributes, absl::string_view name) {
  double value = 0;
  const char* text = attributes.Find(name);
  return text != nullptr && absl::SimpleAtod(text, &value) && std::abs(value) < 1e9 ? value : 0;
}

template <size_t n>
absl::StatusOr<Numbers> RequiredAll(const XmlAttributes& attributes,
                                    const std::array<absl::string_view, n>& names) {
  Numbers numbers;
  for (absl::string_view name : names) {
    ASSIGN_OR_RETURN(double value, Required(attributes, name));
    numbers.push_back(value);
  }
  return numbers;
}

// "x,y;x,y"
absl::StatusOr<Numbers> ParsePoints(absl::string_view text) {
  Numbers numbers;
  for (absl::string_view word :
       absl::StrSplit(text, absl::ByAnyChar(",;"), absl::SkipWhitespace())) {
    double value = 0;
    if (!absl::SimpleAtod(word, &value)) return NotANumber("points", word);
    numbers.push_back(value);
  }
  return numbers;
}

double Round2(double value) { return std::nearbyint(value * 100) / 100; }

absl::StatusOr<Numbers> EllipsePoints(const XmlAttributes& attributes) {
  constexpr std::array<absl::string_view, 4> kNames = {"cx", "cy", "rx", "ry"};
  ASSIGN_OR_RETURN(Numbers n, RequiredAll(attributes, kNames));
  return Numbers{n[0], n[1], Round2(n[0] + n[2]), Round2(n[1] - n[3])};
}

absl::StatusOr<Numbers> MaskPoints(const XmlAttributes& attributes) {
  constexpr std::array<absl::string_view, 4> kNames = {"left", "top", "width", "height"};
  ASSIGN_OR_RETURN(Numbers box, RequiredAll(attributes, kNames));
  ASSIGN_OR_RETURN(Numbers points, ParsePoints(attributes.Get("rle")));
  for (double end : {box[0], box[1], box[0] + box[2] - 1, box[1] + box[3] - 1})
    points.push_back(end);
  return points;
}

absl::StatusOr<Numbers> PointsOf(ShapeType type, const XmlAttributes& attributes) {
  constexpr std::array<absl::string_view, 4> kBox = {"xtl", "ytl", "xbr", "ybr"};
  constexpr std::array<absl::string_view, 16> kCuboid = {
      "xtl1", "ytl1", "xbl1", "ybl1", "xtr1", "ytr1", "xbr1", "ybr1",
      "xtl2", "ytl2", "xbl2", "ybl2", "xtr2", "ytr2", "xbr2", "ybr2"};
  switch (type) {
    case ShapeType::kTag:
    case ShapeType::kSkeleton:
      return Numbers();
    case ShapeType::kRectangle:
      return RequiredAll(attributes, kBox);
    case ShapeType::kCuboid:
      return RequiredAll(attributes, kCuboid);
    case ShapeType::kEllipse:
      return EllipsePoints(attributes);
    case ShapeType::kMask:
      return MaskPoints(attributes);
    default:
      return ParsePoints(attributes.Get("points"));
  }
}

}  // namespace

std::optional<ShapeType> ShapeTypeOfElement(absl::string_view element) {
  constexpr std::array<std::pair<absl::string_view, ShapeType>, 9> kElements = {{
      {"tag", ShapeType::kTag},
      {"box", ShapeType::kRectangle},
      {"polygon", ShapeType::kPolygon},
      {"polyline", ShapeType::kPolyline},
      {"points", ShapeType::kPoints},
      {"ellipse", ShapeType::kEllipse},
      {"cuboid", ShapeType::kCuboid},
      {"mask", ShapeType::kMask},
      {"skeleton", ShapeType::kSkeleton},
  }};
  for (const auto& [name, type] : kElements) {
    if (name == element) return type;
  }
  return std::nullopt;
}

absl::StatusOr<Shape> ParseShape(ShapeType type, const XmlAttributes& attributes) {
  Shape shape{.type = type};
  ASSIGN_OR_RETURN(shape.points, PointsOf(type, attributes));
  shape.z_order = int32_t(Optional(attributes, "z_order"));
  shape.group = int32_t(Optional(attributes, "group_id"));
  shape.occluded = attributes.Get("occluded") == "1";
  shape.outside = attributes.Get("outside") == "1";
  if (type == ShapeType::kRectangle || type == ShapeType::kEllipse)
    shape.rotation = Optional(attributes, "rotation");
  shape.source = std::string(attributes.Get("source"));
  return shape;
}

}  // namespace annofs
