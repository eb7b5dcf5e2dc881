// cvat/LabelMe 3.0 (reference/cvat.md §9.4): XML per image, and a picture for each mask and
// ellipse.
#include <map>
#include <memory>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/labelme_export.h"
#include "formats/mask_export.h"
#include "formats/writer.h"

namespace annofs {
namespace {

// Pictures are families of files, one for each id that an object of a frame has: a directory holds
// so many. Masks of objects behind that have none.
constexpr size_t kMaxObjects = 4096;
constexpr absl::string_view kTooManyObjects =
    "its frame has more than 4096 objects: the mask has no picture";

constexpr std::array<uint8_t, 4> kNothing = {0, 0, 0, 0};
constexpr std::array<uint8_t, 4> kForeground = {0, 203, 255, 153};

bool IsMaskType(ShapeType type) { return type == ShapeType::kMask || type == ShapeType::kEllipse; }

// A shape that has an object's id; those of LabelMeObjects(), without making an item.
bool IsObject(const Frame& frame, const Shape& shape) {
  if (shape.outside) return false;
  return shape.type == ShapeType::kRectangle || shape.type == ShapeType::kPolygon ||
         (IsMaskType(shape.type) && WhyNotDrawable(frame, shape).empty());
}

absl::StatusOr<Item> LabelMeItem(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Item item, ItemOf(data, rank));
  EllipsesToMasks(item);
  return item;
}

absl::StatusOr<std::string> RenderText(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Item item, LabelMeItem(data, rank));
  return LabelMeText(data.info(), item);
}

absl::StatusOr<std::string> RenderMask(const Dataset& data, Rank rank, size_t object) {
  ASSIGN_OR_RETURN(Item item, LabelMeItem(data, rank));
  const std::vector<const ItemAnnotation*> objects = LabelMeObjects(item);
  if (object >= objects.size()) return absl::InternalError("a mask that its frame does not have");
  ASSIGN_OR_RETURN(PixelMap pixels,
                   DrawMasks({&objects[object]->mask}, {1}, item.height, item.width));
  return PngRgba(pixels, kNothing, kForeground);
}

// By the id of an object: the frames where that is a mask. Ids depend on all shapes of a frame: the
// frames with masks are looked at once.
using MaskFrames = std::map<size_t, RankCollector>;

absl::Status AddFrame(const Dataset& data, Rank rank, MaskFrames& masks) {
  ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(FrameShapes all, data.Shapes(rank));
  size_t id = 0;
  for (const Shape& shape : all.shapes) {
    if (id == kMaxObjects) break;
    if (!IsObject(frame, shape)) continue;
    if (IsMaskType(shape.type)) masks[id].Add(rank);
    ++id;
  }
  return absl::OkStatus();
}

absl::StatusOr<MaskFrames> FindMasks(const Dataset& data, const RankSet& frames) {
  ASSIGN_OR_RETURN(RankSet drawn,
                   DrawnFrames(data, frames, {ShapeType::kMask, ShapeType::kEllipse}));
  MaskFrames masks;
  absl::Status status;
  drawn.ForEach(0, [&](Rank rank) {
    status = AddFrame(data, rank, masks);
    return status.ok();
  });
  RETURN_IF_ERROR(status);
  return masks;
}

// Where the pictures of a subset are. Images lie beside that directory: where they have one of the
// name of their own, the pictures go to "Masks-2", "Masks-3", …
absl::StatusOr<std::string> MasksDirectory(const Dataset& data) {
  std::string name = "Masks";
  for (int n = 2;; ++n) {
    ASSIGN_OR_RETURN(std::optional<uint32_t> of_images, data.FindDirectory(name));
    if (!of_images) return name;
    name = absl::StrCat("Masks-", n);
  }
}

class LabelMe : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/LabelMe 3.0",
            .summary = "CVAT's export LabelMe 3.0: XML per image, a PNG per mask",
            .keeps = TypesThatBecomeMasks()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(std::vector<ExportSubset> subsets, FilledSubsets(data));
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const std::string masks_directory, MasksDirectory(data));
    for (const ExportSubset& subset : subsets) {
      const std::string directory = tree.Directory("", subset.path);
      ASSIGN_OR_RETURN(MaskFrames masks, FindMasks(data, subset.frames));
      for (auto& [id, frames] : masks) {
        tree.Pixels(absl::StrCat(directory, "/", masks_directory, "/{item}_mask_", id, ".png"),
                    frames.Take(), [id = id](const Dataset& data, Rank rank) {
                      return RenderMask(data, rank, id);
                    });
      }
      tree.PerFrame(directory + "/{item}.xml", subset.frames, RenderText);
      tree.Media(directory + "/{item_path}", Intersect(subset.frames, media));
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    size_t id = 0;
    return WhyNot(data.info(), frame, all, [&](const Shape& shape) -> absl::string_view {
      if (!BecomesMask(shape.type)) return kTypeNotInFormat;
      if (!IsObject(frame, shape)) return WhyNotDrawable(frame, shape);
      return id++ >= kMaxObjects && IsMaskType(shape.type) ? kTooManyObjects : "";
    });
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatLabelMeWriter() { return std::make_unique<LabelMe>(); }

}  // namespace annofs
