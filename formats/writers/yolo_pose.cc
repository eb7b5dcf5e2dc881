// yolo-pose: what Ultralytics' pose trainer reads as it is (reference/training-tools.md §1.1). One
// line per skeleton, `class cx cy w h`, then `x y visibility` for each key point in the order of
// the template; classes are the skeletons' labels. All lines have as many key points as the largest
// skeleton (`kpt_shape`). Visibility: 2 seen, 1 hidden, 0 (with x = y = 0) absent or not inside the
// image. The trainer refuses a tree without key points: where no label is a skeleton, the view is
// empty.
#include <algorithm>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "formats/item.h"
#include "formats/writer.h"
#include "formats/yolo_train_tree.h"

namespace annofs {
namespace {

// Every line is padded to the largest: one absurd template must not blow up all of them.
constexpr size_t kMaxKeyPoints = 1000;

std::vector<int> SkeletonClasses(const DatasetInfo& info) {
  std::vector<size_t> parts(info.labels.size());
  for (const Label& label : info.labels) {
    if (label.parent >= 0) ++parts[size_t(label.parent)];
  }
  std::vector<int> classes;
  int next = 0;
  for (size_t count : parts) classes.push_back(count > 0 && count <= kMaxKeyPoints ? next++ : -1);
  return classes;
}

// The order of key points in a line.
enum class PointOrder : uint8_t {
  kTemplate,  // of the svg
  kLabel      // of the labels: does for telling lines apart, and is known without the svgs
};

class PoseLines : public YoloTrainLines {
 public:
  PoseLines(const DatasetInfo& info, PointOrder order)
      : YoloTrainLines(SkeletonClasses(info)), places_(info.labels.size(), {-1, 0}) {
    std::vector<size_t> counts(info.labels.size());
    for (uint32_t label = 0; label < info.labels.size(); ++label) {
      const int32_t parent = info.labels[label].parent;
      if (parent >= 0) places_[label] = {parent, counts[size_t(parent)]++};
    }
    for (uint32_t label = 0; label < info.labels.size(); ++label) {
      if (classes()[label] < 0) continue;
      key_points_ = std::max(key_points_, counts[label]);
      if (order == PointOrder::kLabel) continue;
      const std::vector<uint32_t> sublabels = SkeletonTemplateOf(info, label).sublabels;
      for (size_t i = 0; i < sublabels.size(); ++i) places_[sublabels[i]].second = i;
    }
  }

  // The most that a skeleton has.
  size_t key_points() const { return key_points_; }

 private:
  TrainLine LineOf(const Frame& frame, const FrameShapes& all,
                   const TrainObject& object) const override {
    const Shape& shape = all.shapes[object.parts[0]];
    if (shape.type != ShapeType::kSkeleton) return {.why_not = "only skeletons have key points"};
    const std::optional<Box> box = BoxInImage(frame, all, object);
    if (!box) return {.why_not = kNotInsideImage};
    TrainLine line;
    if (!AppendRelativeBox(frame, *box, &line.text)) return {.why_not = kTooSmallForSixDigits};
    std::vector<const Shape*> points(key_points_);
    for (const Shape& element : shape.elements) {
      const auto& [parent, place] = places_[element.label];
      if (parent != int32_t(shape.label)) continue;
      if (!points[place] || points[place]->outside) points[place] = &element;
    }
    for (const Shape* point : points) AppendKeyPoint(frame, point, &line.text);
    line.text.push_back('\n');
    return line;
  }

  static void AppendKeyPoint(const Frame& frame, const Shape* point, std::string* text) {
    const bool is_there = point && !point->outside && point->points.size() >= 2 &&
                          point->points[0] >= 0 && point->points[0] <= frame.width &&
                          point->points[1] >= 0 && point->points[1] <= frame.height;
    if (!is_there) {
      text->append(" 0.000000 0.000000 0");
      return;
    }
    AppendRelative(frame, point->points.data(), 2, text);
    text->append(point->occluded ? " 1" : " 2");
  }

  // By label: the skeleton's label, and the place among its key points; -1 for no part.
  std::vector<std::pair<int32_t, size_t>> places_;
  size_t key_points_ = 0;
};

class YoloPose : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "yolo-pose",
            .revision = 2,
            .summary = "Ultralytics YOLO pose, ready to train: skeletons as key points",
            .keeps = {ShapeType::kSkeleton}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    auto lines = std::make_shared<PoseLines>(data.info(), PointOrder::kTemplate);
    if (lines->key_points() == 0) return absl::OkStatus();
    std::string shape = absl::StrCat("kpt_shape: [", lines->key_points(), ", 3]\n");
    return DescribeYoloTree(data, std::move(lines), std::move(shape), YoloTreeForm::kUltralytics,
                            tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return PoseLines(data.info(), PointOrder::kLabel).WhyDropped(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewYoloPoseWriter() { return std::make_unique<YoloPose>(); }

}  // namespace annofs
