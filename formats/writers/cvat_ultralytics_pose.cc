// Ultralytics YOLO Pose as CVAT exports it (reference/cvat.md §9.4; Datumaro:
// YoloUltralyticsPoseExporter): `class cx cy w h`, then `x y visibility` for each key point in the
// order of the svg. Classes are the skeletons' labels alone; all lines have as many key points as
// the largest skeleton.
#include <algorithm>
#include <array>
#include <memory>

#include "absl/strings/str_cat.h"
#include "cache/base/text.h"
#include "formats/cvat_export.h"
#include "formats/item.h"
#include "formats/writer.h"
#include "formats/yolo_export_tree.h"

namespace annofs {
namespace {

// Every line is padded to the largest: one absurd template must not blow up all of them.
constexpr size_t kMaxKeyPoints = 1000;
constexpr absl::string_view kTooManyKeyPoints = "a skeleton of more than 1000 points";
constexpr absl::string_view kNoKeyPoint = " 0.0 0.0 0";

// The numbers of the labels that have key points, by label index.
std::vector<int> SkeletonClasses(const DatasetInfo& info) {
  std::vector<bool> is_skeleton(info.labels.size());
  for (size_t i = 0; i < info.labels.size(); ++i) {
    const Label& label = info.labels[i];
    if (label.parent < 0 && label.type == "skeleton") is_skeleton[i] = true;
    if (label.parent >= 0) is_skeleton[size_t(label.parent)] = true;
  }
  std::vector<int> classes;
  int next = 0;
  for (bool has_points : is_skeleton) classes.push_back(has_points ? next++ : -1);
  return classes;
}

std::vector<size_t> KeyPointCounts(const DatasetInfo& info) {
  std::vector<size_t> counts(info.labels.size());
  for (const Label& label : info.labels) {
    if (label.parent >= 0) ++counts[size_t(label.parent)];
  }
  return counts;
}

// Tells which skeletons have lines, without the svgs.
class PoseReasons : public YoloLines {
 public:
  explicit PoseReasons(const DatasetInfo& info)
      : YoloLines(SkeletonClasses(info), {ShapeType::kSkeleton}), counts_(KeyPointCounts(info)) {}

 protected:
  absl::string_view Write(const DatasetInfo&, const Frame&, const Shape& shape,
                          std::string&) const override {
    return counts_[shape.label] > kMaxKeyPoints ? kTooManyKeyPoints : "";
  }
  const std::vector<size_t>& counts() const { return counts_; }

 private:
  const std::vector<size_t> counts_;  // key points, by label
};

class PoseLines : public PoseReasons {
 public:
  explicit PoseLines(const DatasetInfo& info) : PoseReasons(info), places_(info.labels.size()) {
    for (uint32_t label = 0; label < info.labels.size(); ++label) {
      if (classes()[label] < 0 || counts()[label] > kMaxKeyPoints) continue;
      const std::vector<uint32_t> sublabels = SkeletonTemplateOf(info, label).sublabels;
      for (size_t i = 0; i < sublabels.size(); ++i) places_[sublabels[i]] = i;
      key_points_ = std::max(key_points_, sublabels.size());
    }
  }

  // The most that a skeleton has.
  size_t key_points() const { return key_points_; }

 protected:
  absl::string_view Write(const DatasetInfo& info, const Frame& frame, const Shape& shape,
                          std::string& out) const override {
    const absl::string_view why = PoseReasons::Write(info, frame, shape, out);
    if (!why.empty()) return why;
    std::vector<const Shape*> points(key_points_);
    ItemAnnotation visible{.type = ItemType::kPoints};
    for (const Shape& element : shape.elements) {
      if (info.labels[element.label].parent != int32_t(shape.label)) continue;
      if (element.points.size() < 2) continue;
      points[places_[element.label]] = &element;
      if (element.outside) continue;
      for (size_t i = 0; i < 2; ++i) visible.points.push_back(Round2(element.points[i]));
    }
    AppendClass(shape, out);
    AppendBox(BboxOf(visible), frame, out);
    for (const Shape* point : points) AppendKeyPoint(point, frame, out);
    out += '\n';
    return "";
  }

 private:
  // From x, y, width and height, as Datumaro has it.
  static void AppendBox(const std::array<double, 4>& box, const Frame& frame, std::string& out) {
    const double width = frame.width, height = frame.height;
    const auto [left, top, own_width, own_height] = box;
    const double right = left + own_width, bottom = top + own_height;
    AppendNumber((left + right) / 2 / width, out);
    AppendNumber((top + bottom) / 2 / height, out);
    AppendNumber((right - left) / width, out);
    AppendNumber((bottom - top) / height, out);
  }

  static void AppendKeyPoint(const Shape* point, const Frame& frame, std::string& out) {
    if (point == nullptr) {
      absl::StrAppend(&out, kNoKeyPoint);
      return;
    }
    AppendNumber(Round2(point->points[0]) / double(frame.width), out);
    AppendNumber(Round2(point->points[1]) / double(frame.height), out);
    out += point->outside ? " 0" : point->occluded ? " 1" : " 2";
  }

  std::vector<size_t> places_;  // of a part among its skeleton's key points, by label
  size_t key_points_ = 0;
};

class CvatUltralyticsPose : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/Ultralytics YOLO Pose 1.0",
            .summary = "CVAT's Ultralytics YOLO for skeletons",
            .keeps = {ShapeType::kSkeleton}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    const auto lines = std::make_shared<const PoseLines>(data.info());
    const std::string shape = absl::StrCat("kpt_shape:\n- ", lines->key_points(), "\n- 3\n");
    return DescribeUltralytics(data, lines, {{"kpt_shape", shape}}, tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return PoseReasons(data.info()).WhyDropped(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatUltralyticsPoseWriter() {
  return std::make_unique<CvatUltralyticsPose>();
}

}  // namespace annofs
