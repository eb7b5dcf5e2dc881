// Datumaro 1.0: annotations/<subset>.json, images/<subset>/ (reference/cvat.md §9.4).
#include <memory>

#include "formats/coco_export_dropped.h"
#include "formats/cvat_export.h"
#include "formats/datumaro_export.h"
#include "formats/writer.h"

namespace annofs {
namespace {

class CvatDatumaro : public Writer {
 public:
  WriterInfo Info() const override {
    return {
        .name = "cvat/Datumaro 1.0",
        .summary = "CVAT's export: everything but cuboids in Datumaro's JSON",
        .keeps = {ShapeType::kTag, ShapeType::kRectangle, ShapeType::kPolygon, ShapeType::kPolyline,
                  ShapeType::kPoints, ShapeType::kEllipse, ShapeType::kMask, ShapeType::kSkeleton}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    return DescribeDatumaro(data, DatumaroMedia::kImages, tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    std::vector<absl::string_view> why;
    for (const Shape& tag : all.tags) why.push_back(WhyNotInDatumaro(data.info(), frame, tag));
    for (const Shape& shape : all.shapes)
      why.push_back(WhyNotInDatumaro(data.info(), frame, shape));
    return why;
  }

 private:
  static absl::string_view WhyNotInDatumaro(const DatasetInfo& info, const Frame& frame,
                                            const Shape& shape) {
    if (IsPointCloud(info, frame)) return kPointCloudNotInFormat;
    if (shape.type == ShapeType::kCuboid && !shape.outside) return kTypeNotInFormat;
    return shape.type == ShapeType::kMask ? WhyNoPixels(frame, shape) : "";
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatDatumaroWriter() { return std::make_unique<CvatDatumaro>(); }

}  // namespace annofs
