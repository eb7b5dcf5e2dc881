// yolo-seg: what Ultralytics' segmentation trainer reads as it is (reference/training-tools.md
// §1.1, §1.4). One line per object, `class x y x y …` relative to the image, never a box: lines of
// both kinds in one tree make the trainer throw all outlines away. Parts of an object are joined by
// lines there and back, and so are holes of masks with their outline.
#include <memory>
#include <vector>

#include "formats/cvat_export.h"
#include "formats/drawable.h"
#include "formats/writer.h"
#include "formats/yolo_train_tree.h"

namespace annofs {
namespace {

class OutlineLines : public YoloTrainLines {
 public:
  explicit OutlineLines(const DatasetInfo& info) : YoloTrainLines(TopLevelIndexes(info)) {}

 private:
  TrainLine LineOf(const Frame& frame, const FrameShapes& all,
                   const TrainObject& object) const override {
    if (all.shapes[object.parts[0]].type == ShapeType::kSkeleton)
      return {.why_not = kSkeletonHasNoOutline};
    const absl::StatusOr<std::vector<Ring>> outlines = OutlinesOf(frame, all, object);
    if (!outlines.ok()) return {.why_not = kTooIntricate};
    if (outlines->empty()) return {.why_not = kNotInsideImage};
    const Ring ring = Joined(*outlines);
    TrainLine line{.box = WrittenBox(frame, ring.data(), ring.size())};
    if (!AppendRelativeOutline(frame, ring.data(), ring.size(), &line.text))
      return {.why_not = kTooSmallForSixDigits};
    line.text.push_back('\n');
    return line;
  }
};

class YoloSeg : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "yolo-seg",
            .revision = 2,
            .summary = "Ultralytics YOLO segmentation, ready to train: an outline for each object",
            .keeps = {ShapeType::kRectangle, ShapeType::kPolygon, ShapeType::kEllipse,
                      ShapeType::kCuboid, ShapeType::kMask}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    return DescribeYoloTree(data, std::make_shared<OutlineLines>(data.info()), "",
                            YoloTreeForm::kUltralytics, tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return OutlineLines(data.info()).WhyDropped(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewYoloSegWriter() { return std::make_unique<YoloSeg>(); }

}  // namespace annofs
