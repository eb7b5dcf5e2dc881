// cvat/Segmentation mask 1.1 (reference/cvat.md §9.4): every shape with an area as a mask, in
// pictures of a VOC tree with the labels' own colours.
#include <memory>

#include "cache/base/status.h"
#include "formats/voc_export.h"
#include "formats/writer.h"

namespace annofs {
namespace {

class SegmentationMask : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/Segmentation mask 1.1",
            .summary = "CVAT's export Segmentation mask 1.1: class and instance masks as PNG",
            .keeps = TypesThatBecomeMasks()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    auto map = std::make_shared<const LabelMap>(SortedLabelMap(data.info()));
    ASSIGN_OR_RETURN(std::vector<ExportSubset> subsets, FilledSubsets(data));
    const RankSet frames = FramesOf(subsets);
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(RankSet masks, DrawnFrames(data, frames, TypesThatBecomeMasks()));
    ASSIGN_OR_RETURN(RankSet unannotated, FramesWithoutAnnotations(data, frames));
    tree.File("labelmap.txt", [](const Dataset& data) -> absl::StatusOr<std::string> {
      return VocLabelMapText(SortedLabelMap(data.info()));
    });
    for (const ExportSubset& subset : subsets)
      AddVocSegmentationList(subset, masks, unannotated, tree);
    AddVocPictures(masks, ItemOfMasks, map, tree);
    tree.Media("JPEGImages/{path}", Intersect(frames, media));
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyNotDrawn(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatSegmentationMaskWriter() {
  return std::make_unique<SegmentationMask>();
}

}  // namespace annofs
