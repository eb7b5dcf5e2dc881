#include "formats/item.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/types/span.h"
#include "cache/base/status.h"
#include "formats/box.h"
#include "formats/item_attributes.h"
#include "formats/item_buffers.h"
#include "formats/item_limits.h"
#include "formats/shape_codec.h"

namespace annofs {
namespace {

void SetRounded(absl::Span<const double> points, std::vector<double>& rounded) {
  rounded.resize(points.size());
  std::transform(points.begin(), points.end(), rounded.begin(), Round2);
}

// The far corner as Datumaro's Bbox has it, from x and width.
double FarEnd(double from, double to) { return Round2(from + (to - from)); }

class Conversion {
 public:
  Conversion(const DatasetInfo& info, const Frame& frame, const FrameShapes& all)
      : info_(info), frame_(frame), is_3d_(IsPointCloud(info, frame)), all_(all) {}

  // Over what is there, whose memory is used again.
  void Write(std::vector<ItemAnnotation>& annotations) {
    annotations.reserve(all_.tags.size() + all_.shapes.size());
    size_t used = 0;
    const auto next = [&annotations, &used]() -> ItemAnnotation& {
      return used < annotations.size() ? annotations[used] : annotations.emplace_back();
    };
    for (size_t i = 0; i < all_.tags.size(); ++i, ++used) {
      const Shape& tag = all_.tags[i];
      ItemAnnotation& to = next();
      Begin(tag, to);
      to.type = ItemType::kLabel;
      to.z_order = 0;
      to.track = -1;
      to.rotation = 0;
      to.points.clear();
      to.origin = uint32_t(i);
      SetAttributes(
          tag.label, tag.attributes, [](AttributeList&) {}, to);
    }
    int64_t index = 0;
    for (size_t i = 0; i < all_.shapes.size(); ++i) {
      if (all_.shapes[i].outside) continue;
      ItemAnnotation& to = next();
      if (!Convert(all_.shapes[i], index++, to)) continue;
      to.origin = uint32_t(i);
      ++used;
    }
    annotations.resize(used);
  }

  uint64_t filled_in() const { return filled_in_; }

  std::optional<ItemAnnotation> Of(const Shape& shape) {
    ItemAnnotation to;
    if (shape.outside || !Convert(shape, 0, to)) return std::nullopt;
    return to;
  }

 private:
  // What no branch of Convert() sets is as new.
  static void Begin(const Shape& shape, ItemAnnotation& to) {
    to.label = shape.label;
    to.z_order = shape.z_order;
    to.group = shape.group;
    to.id = 0;
    to.track = shape.track;
    to.rotation = shape.rotation;
    if (!to.mask.runs.empty()) to.mask = {};
    to.elements.clear();
    to.visibility = Visibility::kVisible;
    to.origin = 0;
  }

  // False: it has no place in an item.
  bool Convert(const Shape& shape, int64_t index, ItemAnnotation& to) {
    Begin(shape, to);
    if (!SetGeometry(shape, to)) return false;
    const bool is_turned = to.type == ItemType::kBbox || to.type == ItemType::kEllipse;
    bool is_whole = true;
    SetAttributes(
        shape.label, shape.attributes,
        [&](AttributeList& list) {
          list.Set("occluded", shape.occluded);
          if (is_turned) list.Set("rotation", shape.rotation);
          if (shape.track >= 0) list.SetTrack(shape.track, shape.keyframe);
          if (to.type == ItemType::kSkeleton) is_whole = AddElements(shape, to, list);
        },
        to);
    if (!is_whole) return false;
    if (to.type == ItemType::kCuboid3d) to.id = shape.track >= 0 ? shape.track : Tracks() + index;
    return true;
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
        SetRounded(p, to.points);
        return true;
      case ShapeType::kMask:
        to.points.clear();
        return SetMask(p, to);
      case ShapeType::kCuboid:
        if (!is_3d_ || p.size() < 9) return false;
        to.type = ItemType::kCuboid3d;
        SetRounded(absl::MakeConstSpan(p).subspan(0, 9), to.points);
        return true;
      case ShapeType::kSkeleton:
        to.type = ItemType::kSkeleton;
        to.points.clear();
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
  bool AddElements(const Shape& shape, ItemAnnotation& to, AttributeList& attributes) {
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
    attributes.Set("keyframe", is_keyframe);
    return true;
  }

  void SetElement(const Shape& element, int32_t track, ItemAnnotation& to) {
    to.points = {Round2(element.points[0]), Round2(element.points[1])};
    to.visibility = element.outside    ? Visibility::kAbsent
                    : element.occluded ? Visibility::kHidden
                                       : Visibility::kVisible;
    to.track = track;
    SetAttributes(
        element.label, element.attributes,
        [&](AttributeList& list) {
          if (track >= 0) list.SetTrack(track, element.keyframe);
        },
        to);
  }

  const SkeletonTemplate& TemplateOf(uint32_t label) {
    const auto [found, is_new] = templates_.try_emplace(label);
    if (is_new) found->second = SkeletonTemplateOf(info_, label);
    return found->second;
  }

  // Those of the label and of the shape, then what `more` adds.
  template <typename More>
  void SetAttributes(uint32_t label, const std::vector<Attribute>& own, More more,
                     ItemAnnotation& to) {
    const std::vector<AttributeSpec>& specs = info_.labels[label].attributes;
    AttributeList list(to.attributes);
    AddAttributes(MayFillIn(specs.size(), own.size()) ? specs : no_specs_, own, list);
    more(list);
    list.Finish();
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

// At least what Conversion::MayFillIn() counts.
uint64_t MostFilledIn(const DatasetInfo& info, const FrameShapes& all) {
  uint64_t most = 0;
  const auto specs = [&info](const Shape& shape) {
    return info.labels[shape.label].attributes.size();
  };
  for (const Shape& tag : all.tags) most += specs(tag);
  for (const Shape& shape : all.shapes) {
    most += specs(shape);
    if (shape.type == ShapeType::kSkeleton) most += info.labels.size();
    for (const Shape& element : shape.elements) most += specs(element);
  }
  return most;
}

// What they take of memory, about.
uint64_t BytesOf(const std::vector<Shape>& shapes) {
  uint64_t bytes = 0;
  for (const Shape& shape : shapes) {
    bytes += sizeof(Shape) + shape.points.size() * sizeof(double);
    for (const Attribute& attribute : shape.attributes) {
      bytes += sizeof(Attribute) + attribute.name.size() + attribute.value.size();
    }
    if (!shape.elements.empty()) bytes += BytesOf(shape.elements);
  }
  return bytes;
}
uint64_t BytesOf(const FrameShapes& all) {
  return BytesOf(all.tags) + BytesOf(all.shapes) + BytesOf(all.outside);
}

// The item of a frame, in the memory of another and its shapes; about how many bytes of shapes it
// has.
absl::StatusOr<uint64_t> ReadItem(const Dataset& data, Rank rank,
                                  std::shared_ptr<FrameShapes>& shapes, Item& item) {
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(ItemNames names, ItemNamesOf(data, rank, frame));
  item.source.reset();
  if (shapes != nullptr && shapes.use_count() == 1) {
    GiveBack(std::move(*shapes));
  } else {  // who has kept them keeps them as they are
    shapes = std::make_shared<FrameShapes>();
  }
  ASSIGN_OR_RETURN(*shapes, data.Shapes(rank));
  item.rank = rank;
  item.id = std::move(names.id);
  item.file_name = std::move(names.file_name);
  item.frame = frame.number;
  item.width = frame.width;
  item.height = frame.height;
  item.task = frame.task;
  item.source = shapes;
  Conversion conversion(data.info(), frame, *item.source);
  conversion.Write(item.annotations);
  return BytesOf(*item.source) + conversion.filled_in() * sizeof(ItemAttribute);
}

}  // namespace

// From 2^52 on there are no digits to round; below it the sum with it has none left.
double Round2(double value) {
  constexpr double kWhole = 0x1p52;
  const double hundredths = value * 100, magnitude = std::fabs(hundredths);
  if (!(magnitude < kWhole)) return hundredths / 100;
  return std::copysign((magnitude + kWhole) - kWhole, hundredths) / 100;
}

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
  Item item;
  std::shared_ptr<FrameShapes> shapes;
  RETURN_IF_ERROR(ReadItem(data, rank, shapes, item).status());
  return item;
}

absl::Status ItemBuffers::WithItem(const Dataset& data, Rank rank,
                                   absl::FunctionRef<absl::Status(Item&)> fn) {
  std::unique_ptr<Used> used = slots_.Take();
  if (used == nullptr) used = std::make_unique<Used>();
  ASSIGN_OR_RETURN(const uint64_t bytes, ReadItem(data, rank, used->shapes, used->item));
  RETURN_IF_ERROR(fn(used->item));
  used->bytes += bytes;
  if (bytes <= kMostOfFrame && used->bytes <= kMostUsed) slots_.Give(std::move(used));
  return absl::OkStatus();
}

Item ItemOfShapes(const DatasetInfo& info, const Frame& frame,
                  std::shared_ptr<const FrameShapes> shapes) {
  Item item{.frame = frame.number,
            .width = frame.width,
            .height = frame.height,
            .task = frame.task,
            .source = std::move(shapes)};
  Conversion(info, frame, *item.source).Write(item.annotations);
  return item;
}

std::vector<uint32_t> SkeletonsLeftOut(const DatasetInfo& info, const Frame& frame,
                                       const FrameShapes& all) {
  std::vector<uint32_t> left_out;
  if (MostFilledIn(info, all) <= kMaxFilledIn) return left_out;
  std::vector<ItemAnnotation> annotations;
  Conversion(info, frame, all).Write(annotations);
  std::vector<bool> is_there(all.shapes.size());
  for (const ItemAnnotation& annotation : annotations) {
    if (annotation.type == ItemType::kSkeleton) is_there[annotation.origin] = true;
  }
  for (uint32_t i = 0; i < all.shapes.size(); ++i) {
    const Shape& shape = all.shapes[i];
    const bool is_skeleton = shape.type == ShapeType::kSkeleton && !shape.outside;
    if (is_skeleton && !is_there[i]) left_out.push_back(i);
  }
  return left_out;
}

}  // namespace annofs
