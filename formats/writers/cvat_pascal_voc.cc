// cvat/PASCAL VOC 1.1 (reference/cvat.md §9.4): boxes as XML, tags as lists, masks and ellipses as
// pictures in the VOC palette.
#include <memory>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/python_parse.h"
#include "formats/voc_export.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kTooManyLists =
    "the labels and subsets are too many for a list of each";

absl::StatusOr<Item> VocItem(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Item item, ItemOf(data, rank));
  EllipsesToMasks(item);
  return item;
}

absl::StatusOr<std::string> RenderAnnotations(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Item item, ItemOf(data, rank));
  // All subsets have one directory.
  ASSIGN_OR_RETURN(ItemNames names, UniqueItemNamesOf(data, rank));
  item.id = std::move(names.id);
  item.file_name = std::move(names.file_name);
  return VocAnnotationText(data.info(), item);
}

// Datumaro's save_layout_lists() alone quotes an id with a space in it.
absl::StatusOr<std::string> LayoutLine(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
  const absl::string_view quote = HasInnerSpace(names.sidecar()) ? "\"" : "";
  return absl::StrCat(quote, names.sidecar(), quote, "\n");
}

// Lists of actions and of layouts hold only the frames without any annotation: labels of CVAT have
// neither actions nor parts.
void AddEmptyLists(const ExportSubset& subset, const RankSet& unannotated, Layout& tree) {
  const RankSet listed = Intersect(subset.frames, unannotated);
  if (listed.empty()) return;
  const std::string file = subset.path + ".txt";
  tree.Segmented(tree.FileName("ImageSets/Layout", file), Lines("", listed, LayoutLine));
  tree.Segmented(tree.FileName("ImageSets/Action", file), IdList(listed));
}

class PascalVoc : public Writer {
 public:
  WriterInfo Info() const override {
    return {
        .name = "cvat/PASCAL VOC 1.1",
        .revision = 2,
        .summary = "CVAT's export PASCAL VOC 1.1: XML per image, masks as PNG",
        .keeps = {ShapeType::kTag, ShapeType::kRectangle, ShapeType::kEllipse, ShapeType::kMask}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    auto map = std::make_shared<const LabelMap>(VocLabelMap(data.info()));
    ASSIGN_OR_RETURN(std::vector<ExportSubset> subsets, FilledSubsets(data));
    const RankSet frames = FramesOf(subsets);
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(RankSet masks,
                     DrawnFrames(data, frames, {ShapeType::kMask, ShapeType::kEllipse}));
    ASSIGN_OR_RETURN(RankSet unannotated, FramesWithoutAnnotations(data, frames));
    tree.File("labelmap.txt", [](const Dataset& data) -> absl::StatusOr<std::string> {
      return VocLabelMapText(VocLabelMap(data.info()));
    });
    RETURN_IF_ERROR(AddVocMainLists(data, subsets, *map, tree));
    for (const ExportSubset& subset : subsets) {
      AddVocSegmentationList(subset, masks, unannotated, tree);
      AddEmptyLists(subset, unannotated, tree);
    }
    tree.PerFrame("Annotations/{sidecar}.xml", frames, RenderAnnotations);
    AddVocPictures(masks, VocItem, map, tree);
    tree.Media("JPEGImages/{path}", Intersect(frames, media));
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    const DatasetInfo& info = data.info();
    const bool has_tags = all.tags.empty() || HasVocLabelLists(data).value_or(true);
    return WhyNot(info, frame, all, [&](const Shape& shape) -> absl::string_view {
      if (shape.type == ShapeType::kTag) return has_tags ? "" : kTooManyLists;
      if (shape.type == ShapeType::kRectangle) return "";
      if (shape.type != ShapeType::kMask && shape.type != ShapeType::kEllipse)
        return kTypeNotInFormat;
      if (absl::string_view why = WhyNotDrawable(frame, shape); !why.empty()) return why;
      return info.labels[shape.label].name == "background" ? kIsBackground : "";
    });
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatPascalVocWriter() { return std::make_unique<PascalVoc>(); }

}  // namespace annofs
