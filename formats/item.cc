#include "formats/item.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "cache/base/status.h"
#include "formats/box.h"
#include "formats/python_text.h"

namespace annofs {
namespace {

// So many are found faster by looking at each than by a table.
constexpr size_t kFewAttributes = 16;

// The values of a shape's attributes by name; of equal names the last counts.
class ShapeValues {
 public:
  explicit ShapeValues(const std::vector<Attribute>& attributes) : attributes_(attributes) {
    if (attributes.size() <= kFewAttributes) return;
    for (const Attribute& attribute : attributes) by_name_[attribute.name] = &attribute;
  }
  const std::string* Find(absl::string_view name) const {
    if (!by_name_.empty()) {
      const auto found = by_name_.find(name);
      return found == by_name_.end() ? nullptr : &found->second->value;
    }
    for (size_t i = attributes_.size(); i-- > 0;) {
      if (attributes_[i].name == name) return &attributes_[i].value;
    }
    return nullptr;
  }

 private:
  const std::vector<Attribute>& attributes_;
  absl::flat_hash_map<absl::string_view, const Attribute*> by_name_;
};

ItemValue ValueOf(const AttributeSpec& spec, const std::string& text) {
  if (spec.input_type == "checkbox") return absl::EqualsIgnoreCase(text, "true");
  if (spec.input_type == "number") {
    if (std::optional<double> number = ParsePythonFloat(text)) return *number;
  }
  return text;
}

// What the label does not specify: CVAT's own data have none such. In order; of equal names the
// last counts, at the place of the first.
void AddUnspecified(const std::vector<AttributeSpec>& specs,
                    const std::vector<Attribute>& attributes, std::vector<ItemAttribute>& list) {
  absl::flat_hash_map<absl::string_view, size_t> places;  // of what the list has
  for (size_t i = 0; i < specs.size(); ++i) places[specs[i].name] = i;
  const size_t specified = specs.size();
  for (const Attribute& attribute : attributes) {
    const auto [place, is_new] = places.try_emplace(attribute.name, list.size());
    if (is_new) {
      list.push_back({attribute.name, attribute.value});
    } else if (place->second >= specified) {
      list[place->second].value = attribute.value;
    }
  }
}

std::vector<ItemAttribute> MakeAttributes(const std::vector<AttributeSpec>& specs,
                                          const std::vector<Attribute>& own) {
  std::vector<ItemAttribute> list;
  list.reserve(std::max(specs.size(), own.size()) + 4);
  const ShapeValues values(own);
  size_t specified = 0;
  for (const AttributeSpec& spec : specs) {
    const std::string* value = values.Find(spec.name);
    if (value != nullptr) ++specified;
    list.push_back({spec.name, ValueOf(spec, value == nullptr ? spec.default_value : *value)});
  }
  if (specified < own.size()) AddUnspecified(specs, own, list);
  return list;
}

// As to a dict: an attribute of the label that is called so gives up its value, not its place.
void Set(std::vector<ItemAttribute>& attributes, absl::string_view name, ItemValue value) {
  for (ItemAttribute& attribute : attributes) {
    if (attribute.name != name) continue;
    attribute.value = std::move(value);
    return;
  }
  attributes.push_back({name, std::move(value)});
}

void SetTrack(int32_t track, bool is_keyframe, std::vector<ItemAttribute>& attributes) {
  Set(attributes, "track_id", int64_t{track});
  Set(attributes, "keyframe", is_keyframe);
}

std::vector<double> Rounded(const std::vector<double>& points) {
  std::vector<double> rounded(points.size());
  std::transform(points.begin(), points.end(), rounded.begin(), Round2);
  return rounded;
}

// The far corner as Datumaro's Bbox has it, from x and width.
double FarEnd(double from, double to) { return Round2(from + (to - from)); }

class Conversion {
 public:
  Conversion(const DatasetInfo& info, const Frame& frame, const FrameShapes& all)
      : info_(info), frame_(frame), is_3d_(IsPointCloud(info, frame)), all_(all) {}

  void AppendTo(std::vector<ItemAnnotation>& annotations) {
    annotations.reserve(all_.tags.size() + all_.shapes.size());
    for (size_t i = 0; i < all_.tags.size(); ++i) {
      const Shape& tag = all_.tags[i];
      annotations.push_back({.type = ItemType::kLabel,
                             .label = tag.label,
                             .group = tag.group,
                             .attributes = AttributesOf(tag.label, tag.attributes),
                             .origin = uint32_t(i)});
    }
    int64_t index = 0;
    for (size_t i = 0; i < all_.shapes.size(); ++i) {
      if (all_.shapes[i].outside) continue;
      std::optional<ItemAnnotation> annotation = Convert(all_.shapes[i], index++);
      if (!annotation) continue;
      annotation->origin = uint32_t(i);
      annotations.push_back(*std::move(annotation));
    }
  }

  std::optional<ItemAnnotation> Of(const Shape& shape) {
    return shape.outside ? std::nullopt : Convert(shape, 0);
  }

 private:
  std::optional<ItemAnnotation> Convert(const Shape& shape, int64_t index) {
    ItemAnnotation to{.label = shape.label,
                      .z_order = shape.z_order,
                      .group = shape.group,
                      .track = shape.track,
                      .rotation = shape.rotation};
    if (!SetGeometry(shape, to)) return std::nullopt;
    to.attributes = AttributesOf(shape.label, shape.attributes);
    Set(to.attributes, "occluded", shape.occluded);
    if (to.type == ItemType::kBbox || to.type == ItemType::kEllipse) {
      Set(to.attributes, "rotation", shape.rotation);
    }
    if (shape.track >= 0) SetTrack(shape.track, shape.keyframe, to.attributes);
    if (to.type == ItemType::kSkeleton && !AddElements(shape, to)) return std::nullopt;
    if (to.type == ItemType::kCuboid3d) to.id = shape.track >= 0 ? shape.track : Tracks() + index;
    return to;
  }

  // False: it has no place in an item.
  bool SetGeometry(const Shape& shape, ItemAnnotation& to) const {
    const std::vector<double>& p = shape.points;
    switch (shape.type) {
      case ShapeType::kRectangle: {
        if (p.size() < 4) return false;
        const double x = Round2(p[0]), y = Round2(p[1]);
        to.type = ItemType::kBbox;
        to.points = {x, y, FarEnd(p[0], p[2]) - x, FarEnd(p[1], p[3]) - y};
        return true;
      }
      case ShapeType::kEllipse:
        if (p.size() < 4) return false;
        to.type = ItemType::kEllipse;
        to.points = {Round2(p[0] - (p[2] - p[0])), Round2(p[3]), Round2(p[2]),
                     Round2(p[1] + (p[1] - p[3]))};
        return true;
      case ShapeType::kPolygon:
      case ShapeType::kPolyline:
      case ShapeType::kPoints:
        to.type = shape.type == ShapeType::kPolygon    ? ItemType::kPolygon
                  : shape.type == ShapeType::kPolyline ? ItemType::kPolyline
                                                       : ItemType::kPoints;
        to.points = Rounded(p);
        return true;
      case ShapeType::kMask:
        return SetMask(p, to);
      case ShapeType::kCuboid:
        if (!is_3d_ || p.size() < 9) return false;
        to.type = ItemType::kCuboid3d;
        to.points = Rounded({p.begin(), p.begin() + 9});
        return true;
      case ShapeType::kSkeleton:
        to.type = ItemType::kSkeleton;
        return true;
      case ShapeType::kTag:
        break;
    }
    return false;
  }

  bool SetMask(const std::vector<double>& points, ItemAnnotation& to) const {
    absl::StatusOr<CocoMask> mask = CocoMaskOf(points, frame_.height, frame_.width);
    if (!mask.ok()) return false;
    to.type = ItemType::kMask;
    to.mask = *std::move(mask);
    return true;
  }

  // False: the item is full.
  bool AddElements(const Shape& shape, ItemAnnotation& to) {
    const SkeletonTemplate& form = TemplateOf(shape.label);
    if (!MayFillIn(form.sublabels.size(), shape.elements.size())) return false;
    to.elements.reserve(form.sublabels.size());
    absl::flat_hash_map<uint32_t, size_t> places;
    for (uint32_t label : form.sublabels) {
      places[label] = to.elements.size();
      to.elements.push_back({.type = ItemType::kPoints,
                             .label = label,
                             .points = {0, 0},
                             .visibility = Visibility::kAbsent});
    }
    bool is_keyframe = false;
    for (size_t i = 0; i < shape.elements.size(); ++i) {
      const Shape& element = shape.elements[i];
      const auto place = places.find(element.label);
      if (place == places.end() || element.points.size() < 2) continue;
      const int32_t track = shape.track < 0 ? -1 : int32_t(i);
      SetElement(element, track, to.elements[place->second]);
      is_keyframe |= track >= 0 && element.keyframe;
    }
    Set(to.attributes, "keyframe", is_keyframe);
    return true;
  }

  void SetElement(const Shape& element, int32_t track, ItemAnnotation& to) {
    to.points = {Round2(element.points[0]), Round2(element.points[1])};
    to.visibility = element.outside    ? Visibility::kAbsent
                    : element.occluded ? Visibility::kHidden
                                       : Visibility::kVisible;
    to.track = track;
    to.attributes = AttributesOf(element.label, element.attributes);
    if (track >= 0) SetTrack(track, element.keyframe, to.attributes);
  }

  const SkeletonTemplate& TemplateOf(uint32_t label) {
    const auto [found, is_new] = templates_.try_emplace(label);
    if (is_new) found->second = SkeletonTemplateOf(info_, label);
    return found->second;
  }

  std::vector<ItemAttribute> AttributesOf(uint32_t label, const std::vector<Attribute>& own) {
    const std::vector<AttributeSpec>& specs = info_.labels[label].attributes;
    return MakeAttributes(MayFillIn(specs.size(), own.size()) ? specs : no_specs_, own);
  }

  // Counts what an annotation gets that its shape has not.
  bool MayFillIn(size_t wanted, size_t own) {
    if (wanted <= own) return true;
    if (filled_in_ + (wanted - own) > kMaxFilledIn) return false;
    filled_in_ += wanted - own;
    return true;
  }

  // Of the frame: numbers of static cuboids follow those.
  int64_t Tracks() {
    if (tracks_ < 0) {
      tracks_ = std::count_if(all_.shapes.begin(), all_.shapes.end(), [](const Shape& shape) {
        return shape.track >= 0 && !shape.outside;
      });
    }
    return tracks_;
  }

  const DatasetInfo& info_;
  const Frame& frame_;
  const bool is_3d_;
  const FrameShapes& all_;
  const std::vector<AttributeSpec> no_specs_;
  absl::flat_hash_map<uint32_t, SkeletonTemplate> templates_;
  int64_t tracks_ = -1;  // not counted yet
  uint64_t filled_in_ = 0;
};

}  // namespace

double Round2(double value) { return std::nearbyint(value * 100) / 100; }

const ItemValue* ItemAnnotation::Find(absl::string_view attribute) const {
  for (const ItemAttribute& candidate : attributes) {
    if (candidate.name == attribute) return &candidate.value;
  }
  return nullptr;
}

std::optional<ItemAnnotation> AnnotationOf(const DatasetInfo& info, const Frame& frame,
                                           const Shape& shape) {
  const FrameShapes none;
  return Conversion(info, frame, none).Of(shape);
}

absl::StatusOr<Item> ItemOf(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(ItemNames names, ItemNamesOf(data, rank, frame));
  ASSIGN_OR_RETURN(FrameShapes all, data.Shapes(rank));
  Item item{.rank = rank,
            .id = std::move(names.id),
            .file_name = std::move(names.file_name),
            .frame = frame.number,
            .width = frame.width,
            .height = frame.height,
            .task = frame.task,
            .source = std::make_shared<const FrameShapes>(std::move(all))};
  Conversion(data.info(), frame, *item.source).AppendTo(item.annotations);
  return item;
}

}  // namespace annofs
