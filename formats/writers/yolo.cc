// yolo: what Ultralytics' detection trainer reads as it is (reference/training-tools.md §1.1). One
// line per box, `class cx cy w h` relative to the image; classes are the top-level labels in CVAT's
// order. Everything that has an area becomes its enclosing box, cut at the image's edge.
#include <memory>

#include "formats/writer.h"
#include "formats/yolo_train_tree.h"

namespace annofs {
namespace {

class Yolo : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "yolo",
            .revision = 3,
            .summary = "Ultralytics YOLO detection, ready to train: data.yaml, images/, labels/",
            .keeps = TypesWithBoxes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    return DescribeYoloTree(data, NewYoloTrainBoxes(data.info()), "", YoloTreeForm::kUltralytics,
                            tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return NewYoloTrainBoxes(data.info())->WhyDropped(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewYoloWriter() { return std::make_unique<Yolo>(); }

}  // namespace annofs
