// cvat/KITTI 1.0 (reference/cvat.md §9.4): upright boxes as text, everything else with an area as a
// mask, in pictures of colours, classes and instances.
#include <memory>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/mask_export.h"
#include "formats/python_parse.h"
#include "formats/python_text.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr uint32_t kMaxValue = 65535;  // larger numbers become this (Pillow's 16-bit PNG)

// Boxes stay boxes, but for rotated ones.
absl::StatusOr<Item> KittiItem(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Item item, ItemOf(data, rank));
  RotatedBoxesToPolygons(item);
  PolygonsToMasks(item);
  EllipsesToMasks(item);
  MergeInstances(item);
  return item;
}

double FloatAttribute(const ItemAnnotation& box, absl::string_view name, double otherwise) {
  const ItemValue* value = box.Find(name);
  const std::optional<double> number = value == nullptr ? std::nullopt : PythonFloatOf(*value);
  return number.value_or(otherwise);
}

void AppendBox(const DatasetInfo& info, const ItemAnnotation& box, std::string& out) {
  const std::vector<double>& p = box.points;
  out += info.labels[box.label].name;
  out += ' ';
  AppendRepr(FloatAttribute(box, "truncated", 0), out);
  absl::StrAppend(&out, " ", IntAttributeText(box, "occluded"), " -1");
  for (double number : {p[0], p[1], p[0] + p[2], p[1] + p[3]}) {
    out += ' ';
    AppendRepr(number, out);
  }
  out += " -1 -1 -1 -1 -1 -1 -1 ";
  AppendRepr(FloatAttribute(box, "score", 1), out);
  out += '\n';
}

absl::StatusOr<std::string> RenderBoxes(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Item item, ItemOf(data, rank));
  RotatedBoxesToPolygons(item);
  std::string text;
  for (const ItemAnnotation& box : item.annotations) {
    if (box.type == ItemType::kBbox) AppendBox(data.info(), box, text);
  }
  return text;
}

absl::StatusOr<std::string> ClassNumbers(const Item& item, const LabelMap& map) {
  ASSIGN_OR_RETURN(PixelMap pixels, DrawItem(item, [&map](const PlacedMask& placed) {
                     return uint16_t(std::min(kMaxValue, map.class_of_label[placed.mask.label]));
                   }));
  return PngGray16(pixels);
}

// The class in the upper byte; the instance in the lower one is always 0.
absl::StatusOr<std::string> InstanceNumbers(const Item& item, const LabelMap& map) {
  ASSIGN_OR_RETURN(PixelMap pixels, DrawItem(item, [&map](const PlacedMask& placed) {
                     const uint64_t number = map.class_of_label[placed.mask.label];
                     return uint16_t(std::min<uint64_t>(kMaxValue, number << 8));
                   }));
  return PngGray16(pixels);
}

// Frames with upright boxes, and frames with anything that becomes a mask. Whether a box is upright
// no posting list tells: the shapes of the frames with boxes are looked at once.
struct KittiFrames {
  RankCollector boxes, masks;
};

absl::Status LookAt(const Dataset& data, Rank rank, KittiFrames& frames) {
  ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(FrameShapes all, data.Shapes(rank));
  const bool can_be_drawn = CanBeDrawn(frame);
  for (const Shape& shape : all.shapes) {
    if (shape.type != ShapeType::kRectangle || shape.outside) continue;
    if (shape.rotation == 0) {
      frames.boxes.Add(rank);
    } else if (can_be_drawn) {
      frames.masks.Add(rank);
    }
  }
  return absl::OkStatus();
}

absl::Status Sort(const Dataset& data, const RankSet& all, KittiFrames& frames) {
  ASSIGN_OR_RETURN(
      RankSet masks,
      DrawnFrames(data, all, {ShapeType::kPolygon, ShapeType::kEllipse, ShapeType::kMask}));
  frames.masks.AddAll(masks);
  ASSIGN_OR_RETURN(RankSet with_boxes, data.With(FrameTerm::OfType(ShapeType::kRectangle)));
  absl::Status status;
  Intersect(all, with_boxes).ForEach(0, [&](Rank rank) {
    status = LookAt(data, rank, frames);
    return status.ok();
  });
  return status;
}

class Kitti : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/KITTI 1.0",
            .summary = "CVAT's export KITTI 1.0: boxes as text, masks as PNG",
            .keeps = TypesThatBecomeMasks()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    auto map = std::make_shared<const LabelMap>(BackgroundFirstLabelMap(data.info()));
    ASSIGN_OR_RETURN(std::vector<ExportSubset> subsets, FilledSubsets(data));
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    KittiFrames frames;
    RETURN_IF_ERROR(Sort(data, FramesOf(subsets), frames));
    const RankSet boxes = frames.boxes.Take(), masks = frames.masks.Take();
    tree.File("label_colors.txt", [](const Dataset& data) -> absl::StatusOr<std::string> {
      return LabelColorText(BackgroundFirstLabelMap(data.info()));
    });
    for (const ExportSubset& subset : subsets) {
      const std::string directory = tree.Directory("", subset.path);
      tree.PerFrame(directory + "/label_2/{item}.txt", Intersect(subset.frames, boxes),
                    RenderBoxes);
      auto add = [&](absl::string_view name, auto draw) {
        tree.Pixels(absl::StrCat(directory, "/", name, "/{item}.png"),
                    Intersect(subset.frames, masks),
                    [map, draw](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
                      ASSIGN_OR_RETURN(Item item, KittiItem(data, rank));
                      return draw(item, *map);
                    });
      };
      add("semantic_rgb", ClassPicture);
      add("semantic", ClassNumbers);
      add("instance", InstanceNumbers);
      tree.Media(directory + "/image_2/{item_path}", Intersect(subset.frames, media));
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    SortedBackground background(data.info());
    return WhyNot(data.info(), frame, all, [&](const Shape& shape) -> absl::string_view {
      if (!BecomesMask(shape.type)) return kTypeNotInFormat;
      if (shape.type == ShapeType::kRectangle && shape.rotation == 0) return "";
      if (absl::string_view why = WhyNotDrawable(frame, shape); !why.empty()) return why;
      return background.Is(shape.label) ? kIsBackground : "";
    });
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatKittiWriter() { return std::make_unique<Kitti>(); }

}  // namespace annofs
