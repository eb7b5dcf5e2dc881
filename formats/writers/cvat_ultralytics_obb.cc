// Ultralytics YOLO Oriented Bounding Boxes as CVAT exports it (reference/cvat.md §9.4; Datumaro:
// YoloUltralyticsOrientedBoxesExporter): `class x1 y1 … x4 y4`, the corners of the box turned about
// its centre, the upper left one of the upright box first.
#include <cmath>
#include <memory>

#include "formats/cvat_export.h"
#include "formats/writer.h"
#include "formats/yolo_export_tree.h"

namespace annofs {
namespace {

constexpr double kRadiansPerDegree = 3.14159265358979323846 / 180.0;

struct Corners {
  double x[4], y[4];
};

// From x, y, width and height, as Datumaro has it: the far corner may differ in its last bit.
Corners UprightCorners(const YoloBox& box) {
  const double right = box.left + (box.right - box.left), bottom = box.top + (box.bottom - box.top);
  return {{box.left, right, right, box.left}, {box.top, box.top, bottom, bottom}};
}

void Turn(const YoloBox& box, double radians, Corners& corners) {
  const double cos = std::cos(radians), sin = std::sin(radians);
  const double centre_x = box.left + (box.right - box.left) / 2;
  const double centre_y = box.top + (box.bottom - box.top) / 2;
  for (int i = 0; i < 4; ++i) {
    const double x = corners.x[i] - centre_x, y = corners.y[i] - centre_y;
    corners.x[i] = centre_x + cos * x - sin * y;
    corners.y[i] = centre_y + sin * x + cos * y;
  }
}

class OrientedBoxLines : public YoloLines {
 public:
  explicit OrientedBoxLines(const DatasetInfo& info)
      : YoloLines(TopLevelIndexes(info), {ShapeType::kRectangle}) {}

 protected:
  absl::string_view WhyNot(const DatasetInfo&, const Frame&, const Shape& shape) const override {
    return shape.points.size() < 4 ? kTooFewPoints : "";
  }
  absl::string_view Write(const DatasetInfo& info, const Frame& frame, const Shape& shape,
                          std::string& out) const override {
    const absl::string_view why_not = WhyNot(info, frame, shape);
    if (!why_not.empty()) return why_not;
    const YoloBox box = YoloBoxOf(shape);
    Corners corners = UprightCorners(box);
    if (const double radians = shape.rotation * kRadiansPerDegree; radians != 0) {
      Turn(box, radians, corners);
    }
    AppendClass(shape, out);
    for (int i = 0; i < 4; ++i) {
      AppendNumber(corners.x[i] / double(frame.width), out);
      AppendNumber(corners.y[i] / double(frame.height), out);
    }
    out += '\n';
    return "";
  }
};

class CvatUltralyticsObb : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/Ultralytics YOLO Oriented Bounding Boxes 1.0",
            .summary = "CVAT's Ultralytics YOLO for rotated boxes",
            .keeps = {ShapeType::kRectangle}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    return DescribeUltralytics(data, std::make_shared<const OrientedBoxLines>(data.info()), {},
                               tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return OrientedBoxLines(data.info()).WhyDropped(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatUltralyticsObbWriter() {
  return std::make_unique<CvatUltralyticsObb>();
}

}  // namespace annofs
