// cvat/ICDAR Segmentation 1.0 (reference/cvat.md §9.4): every shape with an area as a mask with an
// index, a text per image and a picture per image with masks. CVAT's whole export fails where a
// shape has no index; ours leaves out the files of those frames.
#include <algorithm>
#include <memory>

#include "cache/base/status.h"
#include "formats/icdar_masks.h"
#include "formats/mask_export.h"
#include "formats/writer.h"

namespace annofs {
namespace {

// The first reason that a shape of the frame gives; "" if the frame can be given. `all.shapes` are
// those of a frame that can be drawn.
absl::string_view WhyNotFrame(const DatasetInfo& info, const FrameShapes& all) {
  for (const Shape& shape : all.shapes) {
    if (shape.outside || !BecomesMask(shape.type)) continue;
    if (absl::string_view why = WhyNotIcdarMask(info, shape); !why.empty()) return why;
  }
  return "";
}

// True if some shape of the label could be given.
bool HasIndexSpec(const DatasetInfo& info) {
  return std::any_of(info.labels.begin(), info.labels.end(), [](const Label& label) {
    return std::any_of(label.attributes.begin(), label.attributes.end(),
                       [](const AttributeSpec& spec) { return spec.name == "index"; });
  });
}

// Of the frames with masks those that can be given. Attributes decide: the shapes are looked at
// once, where a label has an index at all.
absl::StatusOr<RankSet> GivenFrames(const Dataset& data, const RankSet& drawn) {
  if (!HasIndexSpec(data.info())) return RankSet();
  return FramesWhere(data, drawn, [](const Dataset& data, Rank rank) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(FrameShapes all, data.Shapes(rank));
    return WhyNotFrame(data.info(), all).empty();
  });
}

absl::StatusOr<std::string> RenderText(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Item item, ItemOfMasks(data, rank));
  return IcdarText(IcdarMasks(item));
}

absl::StatusOr<std::string> RenderPicture(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Item item, ItemOfMasks(data, rank));
  return IcdarPicture(item, IcdarMasks(item));
}

class IcdarSegmentation : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/ICDAR Segmentation 1.0",
            .revision = 2,
            .summary = "CVAT's export ICDAR Segmentation 1.0: masks with an index as text and BMP",
            .keeps = TypesThatBecomeMasks()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(std::vector<ExportSubset> subsets, FilledSubsets(data));
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(RankSet drawn, DrawnFrames(data, FramesOf(subsets), TypesThatBecomeMasks()));
    ASSIGN_OR_RETURN(RankSet given, GivenFrames(data, drawn));
    const RankSet failed = Without(drawn, given);
    for (const ExportSubset& subset : subsets) {
      const std::string directory = tree.Directory("", subset.path);
      // Boxes and areas of what is drawn: as costly as the picture.
      tree.Pixels(directory + "/{item}_GT.txt", Without(subset.frames, failed), RenderText);
      tree.Pixels(directory + "/{item}_GT.bmp", Intersect(subset.frames, given), RenderPicture);
      tree.Media(directory + "/images/{item_path}", Intersect(subset.frames, media));
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    const absl::string_view why_not_frame = WhyNotFrame(data.info(), all);
    return WhyNot(data.info(), frame, all, [&](const Shape& shape) -> absl::string_view {
      if (!BecomesMask(shape.type)) return kTypeNotInFormat;
      const absl::string_view why_not = WhyNotDrawable(frame, shape);
      return why_not.empty() ? why_not_frame : why_not;
    });
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatIcdarSegmentationWriter() {
  return std::make_unique<IcdarSegmentation>();
}

}  // namespace annofs
