// Ultralytics YOLO Segmentation as CVAT exports it (reference/cvat.md §9.4; Datumaro:
// YoloUltralyticsSegmentationExporter): `class x y x y …`, one line per polygon. Ellipses and masks
// become polygons first (Ell → M2P of §9.2): one for each of their parts.
#include <memory>

#include "formats/cvat_export.h"
#include "formats/item_transforms.h"
#include "formats/writer.h"
#include "formats/yolo_export_tree.h"

namespace annofs {
namespace {

constexpr absl::string_view kNoOutline =
    "no part of it on the image is large enough for an outline";

class PolygonLines : public YoloLines {
 public:
  explicit PolygonLines(const DatasetInfo& info)
      : YoloLines(TopLevelIndexes(info),
                  {ShapeType::kPolygon, ShapeType::kEllipse, ShapeType::kMask}) {}

  std::vector<ShapeType> DrawnTypes() const override {
    return {ShapeType::kEllipse, ShapeType::kMask};
  }

 protected:
  absl::string_view WhyNot(const DatasetInfo& info, const Frame& frame,
                           const Shape& shape) const override {
    if (shape.type != ShapeType::kPolygon) return YoloLines::WhyNot(info, frame, shape);
    return shape.points.size() < 6 ? kTooFewPoints : "";
  }
  absl::string_view Write(const DatasetInfo& info, const Frame& frame, const Shape& shape,
                          std::string& out) const override {
    if (shape.type != ShapeType::kPolygon) return WriteOutlines(info, frame, shape, out);
    const absl::string_view why_not = WhyNot(info, frame, shape);
    if (!why_not.empty()) return why_not;
    AppendClass(shape, out);
    for (size_t i = 0; i < shape.points.size(); ++i) {
      AppendNumber(Round2(shape.points[i]) / SideOf(frame, i), out);
    }
    out += '\n';
    return "";
  }

 private:
  // What the number at that place is relative to: x and y in turn.
  static double SideOf(const Frame& frame, size_t place) {
    return place % 2 == 0 ? frame.width : frame.height;
  }

  absl::string_view WriteOutlines(const DatasetInfo& info, const Frame& frame, const Shape& shape,
                                  std::string& out) const {
    std::optional<ItemAnnotation> annotation = AnnotationOf(info, frame, shape);
    if (!annotation) return kNoOutline;
    Item item{.width = frame.width, .height = frame.height};
    item.annotations.push_back(*std::move(annotation));
    EllipsesToMasks(item);
    MasksToPolygons(item);
    for (const ItemAnnotation& outline : item.annotations) {
      AppendClass(shape, out);
      for (size_t i = 0; i < outline.points.size(); ++i) {
        AppendNumber(outline.points[i] / SideOf(frame, i), out);
      }
      out += '\n';
    }
    return item.annotations.empty() ? kNoOutline : "";
  }
};

class CvatUltralyticsSegmentation : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/Ultralytics YOLO Segmentation 1.0",
            .summary = "CVAT's Ultralytics YOLO for polygons; masks and ellipses as polygons",
            .keeps = {ShapeType::kPolygon, ShapeType::kEllipse, ShapeType::kMask}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    return DescribeUltralytics(data, std::make_shared<const PolygonLines>(data.info()), {}, tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return PolygonLines(data.info()).WhyDropped(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatUltralyticsSegmentationWriter() {
  return std::make_unique<CvatUltralyticsSegmentation>();
}

}  // namespace annofs
