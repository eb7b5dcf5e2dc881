#include "formats/cvat_xml_shape.h"

#include <array>
#include <cmath>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

using Numbers = std::vector<double>;

constexpr size_t kMaxNumbers = size_t{1} << 22;  // of one shape
constexpr double kMaxOptional = 1e9;             // z orders, groups, degrees

absl::Status NotANumber(absl::string_view name, absl::string_view value) {
  return absl::InvalidArgumentError(
      absl::StrCat("attribute ", name, "=\"", value.substr(0, 64), "\" is no number"));
}

// Most numbers here are "-1234.50": up to 15 digits are exact in a double, as is a power of ten up
// to 22, so that one division rounds as it should. Nothing: a text for the general parser.
std::optional<double> PlainDecimal(absl::string_view text) {
  constexpr std::array<double, 16> kPowers = {1e0, 1e1, 1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                              1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};
  const bool is_negative = !text.empty() && text.front() == '-';
  if (is_negative) text.remove_prefix(1);
  if (text.empty() || text.size() > 16) return std::nullopt;
  uint64_t digits = 0;
  size_t count = 0, decimals = 0;
  bool has_point = false;
  for (char c : text) {
    if (c == '.' && !has_point) {
      has_point = true;
      continue;
    }
    if (c < '0' || c > '9') return std::nullopt;
    digits = digits * 10 + uint64_t(c - '0');
    ++count;
    decimals += has_point;
  }
  if (count == 0 || count > 15) return std::nullopt;
  const double value = double(digits) / kPowers[decimals];
  return is_negative ? -value : value;
}

bool ParseNumber(absl::string_view text, double& value) {
  if (const std::optional<double> plain = PlainDecimal(text)) {
    value = *plain;
    return true;
  }
  return absl::SimpleAtod(text, &value);
}

// "x,y;x,y" or "1, 2, 3": empty words are passed over.
absl::Status ParseList(absl::string_view name, absl::string_view text, Numbers& numbers) {
  while (!text.empty()) {
    const size_t end = std::min(text.find_first_of(",;"), text.size());
    const absl::string_view word = absl::StripAsciiWhitespace(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    if (word.empty()) continue;
    double value = 0;
    if (!ParseNumber(word, value)) return NotANumber(name, word);
    if (numbers.size() == kMaxNumbers) {
      return absl::InvalidArgumentError(
          absl::StrCat("attribute ", name, " has more than ", kMaxNumbers, " numbers"));
    }
    numbers.push_back(value);
  }
  return absl::OkStatus();
}

double Round2(double value) { return std::nearbyint(value * 100) / 100; }

bool IsTrue(absl::string_view text) { return text == "1" || text == "true" || text == "True"; }

// The attributes that are the geometry of a type, in the order of Shape::points.
struct Geometry {
  const absl::string_view* names = nullptr;
  size_t count = 0;
  absl::string_view list;  // an attribute with any number of numbers
};

Geometry GeometryOf(ShapeType type) {
  static constexpr std::array<absl::string_view, 4> kBox = {"xtl", "ytl", "xbr", "ybr"};
  static constexpr std::array<absl::string_view, 4> kEllipse = {"cx", "cy", "rx", "ry"};
  static constexpr std::array<absl::string_view, 4> kMask = {"left", "top", "width", "height"};
  static constexpr std::array<absl::string_view, 16> kCuboid = {
      "xtl1", "ytl1", "xbl1", "ybl1", "xtr1", "ytr1", "xbr1", "ybr1",
      "xtl2", "ytl2", "xbl2", "ybl2", "xtr2", "ytr2", "xbr2", "ybr2"};
  switch (type) {
    case ShapeType::kTag:
    case ShapeType::kSkeleton:
      return {};
    case ShapeType::kRectangle:
      return {.names = kBox.data(), .count = kBox.size()};
    case ShapeType::kCuboid:
      return {.names = kCuboid.data(), .count = kCuboid.size()};
    case ShapeType::kEllipse:
      return {.names = kEllipse.data(), .count = kEllipse.size()};
    case ShapeType::kMask:
      return {.names = kMask.data(), .count = kMask.size(), .list = "rle"};
    default:
      return {.list = "points"};
  }
}

// Takes the attributes of one element, one after the other.
class ShapeParser {
 public:
  explicit ShapeParser(ShapeType type) : geometry_(GeometryOf(type)) {
    result_.shape.type = type;
    result_.shape.keyframe = true;
    if (geometry_.count > 0 && geometry_.list.empty()) {
      result_.shape.points.resize(geometry_.count);
    }
  }

  absl::Status Take(absl::string_view name, absl::string_view value) {
    Shape& shape = result_.shape;
    for (size_t i = 0; i < geometry_.count; ++i) {
      const size_t at = (next_ + i) % geometry_.count;  // they mostly come in this order
      if (geometry_.names[at] != name) continue;
      next_ = at + 1;
      return TakeCoordinate(at, value);
    }
    if (name == geometry_.list && !name.empty()) {
      has_list_ = true;
      return ParseList(name, value, shape.points);
    }
    if (name == "label") {
      result_.label = value;
    } else if (name == "source") {
      shape.source.assign(value.data(), value.size());
    } else if (name == "occluded") {
      shape.occluded = IsTrue(value);
    } else if (name == "outside") {
      shape.outside = IsTrue(value);
    } else if (name == "keyframe") {
      shape.keyframe = IsTrue(value);
    } else if (name == "frame") {
      int64_t frame = 0;
      if (absl::SimpleAtoi(value, &frame)) result_.frame = frame;
    } else if (name == "z_order") {
      shape.z_order = int32_t(Optional(name, value));
    } else if (name == "group_id") {
      shape.group = int32_t(Optional(name, value));
    } else if (name == "rotation" &&
               (shape.type == ShapeType::kRectangle || shape.type == ShapeType::kEllipse)) {
      shape.rotation = Optional(name, value);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<CvatXmlShape> Finish() {
    for (size_t i = 0; i < geometry_.count; ++i) {
      if ((seen_ >> i & 1) == 0) return Missing(geometry_.names[i]);
    }
    if (!geometry_.list.empty() && !has_list_) return Missing(geometry_.list);
    Numbers& points = result_.shape.points;
    if (result_.shape.type == ShapeType::kEllipse) {
      points[2] = Round2(points[0] + points[2]);
      points[3] = Round2(points[1] - points[3]);
    } else if (result_.shape.type == ShapeType::kMask) {
      const auto& [left, top, width, height] = box_;
      points.insert(points.end(), {left, top, left + width - 1, top + height - 1});
    }
    return std::move(result_);
  }

 private:
  absl::Status TakeCoordinate(size_t at, absl::string_view value) {
    double number = 0;
    if (!ParseNumber(value, number)) return NotANumber(geometry_.names[at], value);
    seen_ |= 1u << at;
    if (geometry_.list.empty()) {
      result_.shape.points[at] = number;
    } else {
      box_[at] = number;
    }
    return absl::OkStatus();
  }

  double Optional(absl::string_view name, absl::string_view value) {
    double number = 0;
    if (ParseNumber(value, number) && std::abs(number) < kMaxOptional) return number;
    result_.problem = absl::StrCat(NotANumber(name, value).message(), ": taken as 0");
    return 0;
  }

  static absl::Status Missing(absl::string_view name) {
    return absl::InvalidArgumentError(absl::StrCat("attribute ", name, " is missing"));
  }

  const Geometry geometry_;
  CvatXmlShape result_;
  size_t next_ = 0;
  uint32_t seen_ = 0;  // bit i: coordinate i
  bool has_list_ = false;
  std::array<double, 4> box_ = {};  // of a mask
};

}  // namespace

std::optional<ShapeType> ShapeTypeOfElement(absl::string_view element) {
  constexpr std::array<std::pair<absl::string_view, ShapeType>, 9> kElements = {{
      {"box", ShapeType::kRectangle},
      {"polygon", ShapeType::kPolygon},
      {"polyline", ShapeType::kPolyline},
      {"points", ShapeType::kPoints},
      {"ellipse", ShapeType::kEllipse},
      {"cuboid", ShapeType::kCuboid},
      {"mask", ShapeType::kMask},
      {"skeleton", ShapeType::kSkeleton},
      {"tag", ShapeType::kTag},
  }};
  for (const auto& [name, type] : kElements) {
    if (name == element) return type;
  }
  return std::nullopt;
}

absl::StatusOr<CvatXmlShape> ParseShape(ShapeType type, const XmlAttributes& attributes) {
  ShapeParser parser(type);
  for (const char* const* pair = attributes.pairs(); *pair != nullptr; pair += 2) {
    RETURN_IF_ERROR(parser.Take(pair[0], pair[1]));
  }
  return parser.Finish();
}

std::optional<int64_t> NumberAttribute(const XmlAttributes& attributes, absl::string_view name) {
  int64_t number = 0;
  if (!absl::SimpleAtoi(attributes.Get(name), &number) || number < 0) return std::nullopt;
  return number;
}

}  // namespace annofs
