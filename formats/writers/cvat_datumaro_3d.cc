// Datumaro 3D 1.0: annotations/<subset>.json, point_clouds/<subset>/ (reference/cvat.md §9.4).
#include <memory>

#include "formats/box.h"
#include "formats/cvat_export.h"
#include "formats/datumaro_export.h"
#include "formats/writer.h"

namespace annofs {
namespace {

class CvatDatumaro3d : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/Datumaro 3D 1.0",
            .revision = 2,
            .summary = "CVAT's export: cuboids and tags of point clouds in Datumaro's JSON",
            .keeps = {ShapeType::kTag, ShapeType::kCuboid},
            .is_3d = true};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    return DescribeDatumaro(data, DatumaroMedia::kPointClouds, tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    if (IsPointCloud(data.info(), frame)) return WhyDroppedByType(Info(), data.info(), frame, all);
    return std::vector<absl::string_view>(all.tags.size() + all.shapes.size(),
                                          "the format is for point clouds, not for images");
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatDatumaro3dWriter() { return std::make_unique<CvatDatumaro3d>(); }

}  // namespace annofs
