// yolo-obb: what Ultralytics' trainer of oriented boxes reads as it is (reference/training-tools.md
// §1.1). One line per object, `class x1 y1 … x4 y4` relative to the image, in order around the box.
// A rectangle keeps its own corners and its rotation; anything else that has an area gets the
// rectangle of least area around it.
#include <array>
#include <memory>
#include <optional>
#include <vector>

#include "formats/cvat_export.h"
#include "formats/drawable.h"
#include "formats/writer.h"
#include "formats/yolo_train_tree.h"

namespace annofs {
namespace {

class CornerLines : public YoloTrainLines {
 public:
  explicit CornerLines(const DatasetInfo& info) : YoloTrainLines(TopLevelIndexes(info)) {}

 private:
  TrainLine LineOf(const Frame& frame, const FrameShapes& all,
                   const TrainObject& object) const override {
    const absl::StatusOr<std::optional<std::array<double, 8>>> corners =
        CornersOf(frame, all, object);
    if (!corners.ok()) return {.why_not = kTooIntricate};
    if (!*corners) return {.why_not = kNotInsideImage};
    TrainLine line{.box = WrittenBox(frame, (*corners)->data(), (*corners)->size())};
    if (!AppendRelativeOutline(frame, (*corners)->data(), (*corners)->size(), &line.text))
      return {.why_not = kTooSmallForSixDigits};
    line.text.push_back('\n');
    return line;
  }
};

class YoloObb : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "yolo-obb",
            .revision = 2,
            .summary = "Ultralytics YOLO with oriented boxes, ready to train: four corners each",
            .keeps = TypesWithBoxes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    return DescribeYoloTree(data, std::make_shared<CornerLines>(data.info()), "",
                            YoloTreeForm::kUltralytics, tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return CornerLines(data.info()).WhyDropped(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewYoloObbWriter() { return std::make_unique<YoloObb>(); }

}  // namespace annofs
