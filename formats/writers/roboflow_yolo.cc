// roboflow-yolo: the boxes of yolo in the directories that Roboflow's exports have and RF-DETR and
// its kin look for: train/images, train/labels, valid/…, test/… (reference/training-tools.md §1.2).
#include <memory>

#include "formats/writer.h"
#include "formats/yolo_train_tree.h"

namespace annofs {
namespace {

class RoboflowYolo : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "roboflow-yolo",
            .summary = "YOLO boxes as Roboflow lays them out: train/, valid/, test/",
            .keeps = TypesWithBoxes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    return DescribeYoloTree(data, NewYoloTrainBoxes(data.info()), "", YoloTreeForm::kRoboflow,
                            tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return NewYoloTrainBoxes(data.info())->WhyDropped(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewRoboflowYoloWriter() { return std::make_unique<RoboflowYolo>(); }

}  // namespace annofs
