#include "formats/coco_export_instances.h"

#include <algorithm>
#include <charconv>
#include <cmath>
#include <cstring>
#include <optional>
#include <utility>
#include <variant>

#include "absl/algorithm/container.h"
#include "formats/datumaro_export_json.h"
#include "formats/drawable.h"
#include "formats/gauss_area.h"
#include "formats/python_parse.h"
#include "formats/python_text.h"
#include "formats/raster.h"

namespace annofs {
namespace {

constexpr JsonDialect kDialect = JsonDialect::kCompact;
constexpr absl::string_view kNotAmongAttributes[] = {"is_crowd", "score"};

// The beginning of an annotation, appended as a whole: there are millions of them.
class FixedText {
 public:
  template <size_t size>
  FixedText& Add(const char (&literal)[size]) {
    std::memcpy(end_, literal, size - 1);
    end_ += size - 1;
    return *this;
  }
  FixedText& Add(int64_t value) {
    end_ = std::to_chars(end_, text_ + sizeof text_, value).ptr;
    return *this;
  }
  void AppendTo(std::string& out) const { out.append(text_, size_t(end_ - text_)); }

 private:
  char text_[160];  // three numbers of 20 digits and the names of members
  char* end_ = text_;
};

// The sides of the box around boxes, as Datumaro's max_bbox counts them: also of a single box they
// are differences of sums.
class BoxUnion {
 public:
  void Add(const std::array<double, 4>& box) {
    const double right = box[0] + box[2], bottom = box[1] + box[3];
    left_ = is_empty_ ? box[0] : std::min(left_, box[0]);
    top_ = is_empty_ ? box[1] : std::min(top_, box[1]);
    right_ = is_empty_ ? right : std::max(right_, right);
    bottom_ = is_empty_ ? bottom : std::max(bottom_, bottom);
    is_empty_ = false;
  }
  std::array<double, 4> Take() const { return {left_, top_, right_ - left_, bottom_ - top_}; }

 private:
  bool is_empty_ = true;
  double left_ = 0, top_ = 0, right_ = 0, bottom_ = 0;
};

// Boxes, then polygons, then masks: so the first of equal areas is found.
std::vector<const ItemAnnotation*> InOrderOfTypes(CocoParts parts) {
  std::vector<const ItemAnnotation*> sorted(parts.begin(), parts.end());
  const auto rank = [](const ItemAnnotation* part) {
    return part->type == ItemType::kBbox ? 0 : part->type == ItemType::kPolygon ? 1 : 2;
  };
  absl::c_stable_sort(
      sorted, [&](const ItemAnnotation* a, const ItemAnnotation* b) { return rank(a) < rank(b); });
  return sorted;
}

double AreaOf(const ItemAnnotation& part) {
  if (part.type == ItemType::kPolygon) return PolygonArea(part.points);
  if (part.type == ItemType::kMask) return double(Area(part.mask));
  return part.points[2] * part.points[3];
}

const ItemAnnotation* LeaderOf(CocoParts parts) {
  if (parts.size() == 1) return parts[0];
  const ItemAnnotation* leader = nullptr;
  double largest = 0;
  for (const ItemAnnotation* part : parts) {
    const double area = AreaOf(*part);
    if (leader != nullptr && !(area > largest)) continue;
    leader = part;
    largest = area;
  }
  return leader;
}

bool IsCrowd(const ItemAnnotation& leader, CocoParts parts) {
  if (const ItemValue* said = leader.Find("is_crowd")) {
    const bool* flag = std::get_if<bool>(said);
    return flag != nullptr && *flag;
  }
  return absl::c_any_of(parts, [&leader](const ItemAnnotation* part) {
    return part->type == ItemType::kMask && part->label == leader.label;
  });
}

CocoMask UnionOf(const std::vector<const CocoMask*>& masks) {
  return masks.size() == 1 ? *masks[0] : Union(masks);
}

// The masks of all parts but boxes; nothing if there is none.
std::optional<CocoMask> MaskOf(const Item& item, CocoParts parts) {
  std::vector<CocoMask> drawn;
  for (const ItemAnnotation* part : parts) {
    if (part->type != ItemType::kPolygon) continue;
    absl::StatusOr<CocoMask> mask = PolygonMask(part->points, item.height, item.width);
    if (mask.ok()) drawn.push_back(*std::move(mask));
  }
  std::vector<const CocoMask*> all;
  for (const ItemAnnotation* part : parts) {
    if (part->type == ItemType::kMask) all.push_back(&part->mask);
  }
  for (const CocoMask& mask : drawn) all.push_back(&mask);
  if (all.empty()) return std::nullopt;
  return UnionOf(all);
}

std::vector<std::vector<double>> PolygonsOf(CocoParts parts) {
  std::vector<std::vector<double>> polygons;
  std::vector<const CocoMask*> masks;
  for (const ItemAnnotation* part : parts) {
    if (part->type == ItemType::kPolygon) polygons.push_back(part->points);
    if (part->type == ItemType::kMask) masks.push_back(&part->mask);
  }
  if (masks.empty()) return polygons;
  absl::StatusOr<std::vector<std::vector<double>>> more = PolygonsOfMask(UnionOf(masks));
  if (more.ok()) absl::c_move(*more, std::back_inserter(polygons));
  return polygons;
}

// Pixels below the polygons, each counted once. An image too large for masks has no pixels to
// count.
double AreaUnder(const CocoObject& object, const Item& item) {
  const auto side = [](uint32_t known, double otherwise) {
    return known > 0 ? double(known) : std::clamp(std::floor(otherwise), 0.0, double(UINT32_MAX));
  };
  const auto height = uint64_t(side(item.height, object.bbox[1] + object.bbox[3]));
  const auto width = uint64_t(side(item.width, object.bbox[0] + object.bbox[2]));
  std::vector<CocoMask> masks;
  double plain = 0;
  for (const std::vector<double>& polygon : object.polygons) {
    absl::StatusOr<CocoMask> mask = PolygonMask(polygon, height, width);
    if (mask.ok()) {
      masks.push_back(*std::move(mask));
    } else {
      plain += GaussArea(polygon);
    }
  }
  if (masks.empty()) return plain;
  std::vector<const CocoMask*> all;
  for (const CocoMask& mask : masks) all.push_back(&mask);
  return plain + double(all.size() == 1 ? Area(*all[0]) : Area(Union(all)));
}

// Python's round(value, 2) for what is a sum of numbers rounded so before.
double RoundSum(double value) {
  constexpr double kNoDigits = 0x1p46;  // from here on neighbours are further apart than 0.01
  if (!(std::abs(value) < kNoDigits)) return value;
  return std::nearbyint(value * 100) / 100;
}

void AppendCounts(const CocoMask& mask, std::string& out) {
  out += "{\"counts\":[";
  for (size_t i = 0; i < mask.runs.size(); ++i) {
    if (i > 0) out.push_back(',');
    AppendJsonInt(int64_t(mask.runs[i]), out);
  }
  out += "],\"size\":[";
  AppendJsonInt(int64_t(mask.height), out);
  out.push_back(',');
  AppendJsonInt(int64_t(mask.width), out);
  out += "]}";
}

void AppendSegmentation(const CocoObject& object, std::string& out) {
  if (object.is_crowd) return AppendCounts(object.mask, out);
  out.push_back('[');
  for (size_t i = 0; i < object.polygons.size(); ++i) {
    if (i > 0) out.push_back(',');
    AppendJsonFloats(kDialect, object.polygons[i], out);
  }
  out.push_back(']');
}

void AppendAttributes(const ItemAnnotation& leader, std::string& out) {
  const ItemValue* score = nullptr;
  bool has_others = false;
  for (const ItemAttribute& attribute : leader.attributes) {
    if (attribute.name == "score") {
      score = &attribute.value;
    } else {
      has_others = has_others || attribute.name != "is_crowd";
    }
  }
  const std::optional<double> number = score != nullptr ? PythonFloatOf(*score) : std::nullopt;
  if (number) {
    out += ",\"score\":";
    AppendJsonNumber(*number, out);
  }
  if (!has_others) return;
  out += ",\"attributes\":";
  AppendJsonAttributes(kDialect, leader.attributes, kNotAmongAttributes, out);
}

CocoObject LoneBox(const ItemAnnotation& box) {
  CocoObject object{.leader = &box};
  BoxUnion around;
  around.Add(BboxOf(box));
  object.bbox = around.Take();
  object.area = object.bbox[2] * object.bbox[3];
  return object;
}

}  // namespace

bool IsCocoPart(const ItemAnnotation& annotation) {
  return annotation.type == ItemType::kBbox || annotation.type == ItemType::kPolygon ||
         annotation.type == ItemType::kMask;
}

void ForEachCocoObject(const Item& item, absl::FunctionRef<void(CocoParts)> fn) {
  std::vector<const ItemAnnotation*> parts;
  parts.reserve(item.annotations.size());
  bool has_groups = false;
  for (const ItemAnnotation& annotation : item.annotations) {
    if (!IsCocoPart(annotation)) continue;
    parts.push_back(&annotation);
    has_groups = has_groups || annotation.group != 0;
  }
  const auto by_group = [](const ItemAnnotation* a, const ItemAnnotation* b) {
    return a->group < b->group;
  };
  if (has_groups) absl::c_stable_sort(parts, by_group);
  for (size_t begin = 0, end = 0; begin < parts.size(); begin = end) {
    end = begin + 1;
    const int32_t group = parts[begin]->group;
    while (group != 0 && end < parts.size() && parts[end]->group == group) ++end;
    fn(CocoParts(parts).subspan(begin, end - begin));
  }
}

CocoObject CocoObjectOf(const Item& item, CocoParts parts) {
  if (parts.size() == 1 && parts[0]->type == ItemType::kBbox) return LoneBox(*parts[0]);
  const std::vector<const ItemAnnotation*> sorted = InOrderOfTypes(parts);
  CocoObject object{.leader = LeaderOf(sorted)};
  BoxUnion around;
  for (const ItemAnnotation* part : sorted) around.Add(BboxOf(*part));
  object.bbox = around.Take();
  std::optional<CocoMask> mask;
  if (CanBeDrawn({.width = item.width, .height = item.height}) && IsCrowd(*object.leader, sorted)) {
    mask = MaskOf(item, sorted);
  } else {
    object.polygons = PolygonsOf(sorted);
  }
  object.is_crowd = mask.has_value();
  if (mask) object.mask = *std::move(mask);
  if (object.is_crowd) {
    object.area = double(Area(object.mask));
  } else if (!object.polygons.empty()) {
    object.area = AreaUnder(object, item);
  } else {
    object.area = object.bbox[2] * object.bbox[3];
  }
  return object;
}

void AppendCocoObject(const CocoObject& object, uint64_t id, uint64_t image, std::string& out) {
  FixedText head;
  head.Add("{\"id\":").Add(int64_t(id));
  head.Add(",\"image_id\":").Add(int64_t(image));
  head.Add(",\"category_id\":").Add(int64_t{object.leader->label} + 1);
  head.Add(",\"segmentation\":").AppendTo(out);
  AppendSegmentation(object, out);
  FixedText().Add(",\"area\":").AppendTo(out);
  AppendJsonNumber(object.area, out);
  FixedText().Add(",\"bbox\":").AppendTo(out);
  std::array<double, 4> bbox = object.bbox;
  for (double& side : bbox) side = RoundSum(side);
  AppendJsonFloats(kDialect, bbox, out);
  FixedText().Add(",\"iscrowd\":").Add(object.is_crowd ? 1 : 0).AppendTo(out);
  AppendAttributes(*object.leader, out);
}

}  // namespace annofs
