// Datumaro 1.0: annotations/<subset>.json, images/<subset>/ (reference/cvat.md §9.4).
#include <memory>

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
    return WhyDroppedByType(Info(), data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatDatumaroWriter() { return std::make_unique<CvatDatumaro>(); }

}  // namespace annofs
