// roboflow-coco: the annotations of coco as Roboflow's exports lay them out and RF-DETR finds them
// by itself: train/_annotations.coco.json beside the images, valid/, test/
// (reference/training-tools.md §1.2).
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/coco_train.h"
#include "formats/split.h"
#include "formats/writer.h"

namespace annofs {
namespace {

class RoboflowCoco : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "roboflow-coco",
            .summary = "COCO instances as Roboflow lays them out: train/, valid/, test/",
            .keeps = TypesWithBoxes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<SplitPart> parts, Split(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const TrackNumbers tracks, TrackNumbers::Of(data));
    const std::shared_ptr<const CocoTrainTask> task = NewCocoTrainInstances(data.info());
    for (const SplitPart& part : parts) {
      const std::string place = RoboflowPartName(part);
      tree.Segmented(
          absl::StrCat(place, "/_annotations.coco.json"),
          CocoTrainFile(data.info(), task, tracks, part.frames, data.info().options.coco_masks));
      tree.Media(absl::StrCat(place, "/{stem}{ext}"), Intersect(part.frames, media));
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyDroppedOfCoco(*NewCocoTrainInstances(data.info()), data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewRoboflowCocoWriter() { return std::make_unique<RoboflowCoco>(); }

}  // namespace annofs
