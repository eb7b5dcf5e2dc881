// Ultralytics YOLO Detection as CVAT exports it (reference/cvat.md §9.4; Datumaro:
// YoloUltralyticsDetectionExporter): YOLO 1.1's lines, for the frames that have any.
#include <memory>

#include "formats/writer.h"
#include "formats/yolo_export_tree.h"

namespace annofs {
namespace {

class CvatUltralyticsDetection : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/Ultralytics YOLO Detection 1.0",
            .summary = "CVAT's Ultralytics YOLO for boxes: data.yaml, images/, labels/",
            .keeps = {ShapeType::kRectangle}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    return DescribeUltralytics(data, std::make_shared<const YoloBoxLines>(data.info()), {}, tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return YoloBoxLines(data.info()).WhyDropped(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatUltralyticsDetectionWriter() {
  return std::make_unique<CvatUltralyticsDetection>();
}

}  // namespace annofs
