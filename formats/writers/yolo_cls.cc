// yolo-cls: what Ultralytics' classifier reads as it is (reference/training-tools.md §1.1).
#include <memory>

#include "formats/image_classes.h"
#include "formats/train_frames.h"
#include "formats/writer.h"

namespace annofs {
namespace {

class YoloCls : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "yolo-cls",
            .summary = "Ultralytics YOLO classification, ready to train: directories of classes",
            .keeps = AllShapeTypes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    return DescribeImageClasses(data, tree);
  }

  absl::StatusOr<absl::string_view> WhyFrameDropped(const Dataset& data, Rank rank) const override {
    return WhyNoImage(data, rank);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame&,
                                            const FrameShapes& all) const override {
    return WhyNotClasses(data, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewYoloClsWriter() { return std::make_unique<YoloCls>(); }

}  // namespace annofs
