// coco: what pycocotools, torchvision, Detectron2 and MMDetection read as it is
// (reference/training-tools.md §1.2): annotations/instances_<part>.json, and the images in <part>/.
#include <memory>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/coco_train.h"
#include "formats/split.h"
#include "formats/writer.h"

namespace annofs {
namespace {

class Coco : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "coco",
            .summary = "COCO instances, ready to train: annotations/, and images by part",
            .keeps = TypesWithBoxes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<SplitPart> parts, Split(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const TrackNumbers tracks, TrackNumbers::Of(data));
    const std::shared_ptr<const CocoTrainTask> task = NewCocoTrainInstances(data.info());
    for (const SplitPart& part : parts) {
      tree.Segmented(
          absl::StrCat("annotations/instances_", part.name, ".json"),
          CocoTrainFile(data.info(), task, tracks, part.frames, data.info().options.coco_masks));
      tree.Media(absl::StrCat(part.name, "/{stem}{ext}"), Intersect(part.frames, media));
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyDroppedOfCoco(*NewCocoTrainInstances(data.info()), data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewCocoWriter() { return std::make_unique<Coco>(); }

}  // namespace annofs
