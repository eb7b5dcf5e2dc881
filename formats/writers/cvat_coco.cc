// COCO 1.0: annotations/instances_<subset>.json, images/<subset>/ (reference/cvat.md §9.4).
#include "absl/strings/str_cat.h"
#include "formats/coco_export.h"
#include "formats/coco_export_dropped.h"
#include "formats/coco_export_instances.h"
#include "formats/cvat_export.h"
#include "formats/writer.h"

namespace annofs {
namespace {

// Sublabels too, so that a category's id is 1 + its label's index.
std::string CategoriesOf(const DatasetInfo& info) {
  std::string text = "[";
  for (uint32_t label = 0; label < info.labels.size(); ++label) {
    text += label > 0 ? ",{" : "{";
    AppendCocoCategory(info, label, text);
    text += "}";
  }
  return absl::StrCat(text, "]");
}

void AppendInstances(const DatasetInfo&, const Item& item, CocoAnnotations& to) {
  ForEachCocoObject(item, [&](CocoParts parts) {
    AppendCocoObject(CocoObjectOf(item, parts), to.Next(), to.image(), to.out());
    to.out().push_back('}');
  });
}

class CvatCoco : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/COCO 1.0",
            .revision = 2,
            .summary = "CVAT's export: boxes, polygons and masks as COCO instances",
            .keeps = {ShapeType::kRectangle, ShapeType::kPolygon, ShapeType::kEllipse,
                      ShapeType::kMask}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    return DescribeCoco(data, {"instances", CategoriesOf(data.info()), AppendInstances}, tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    std::vector<absl::string_view> why;
    for (size_t i = 0; i < all.tags.size(); ++i) why.push_back(kTypeNotInFormat);
    for (const Shape& shape : all.shapes) why.push_back(WhyNoCocoPart(data.info(), frame, shape));
    for (uint32_t mask : MasksWithoutOutline(data.info(), frame, all))
      why[all.tags.size() + mask] = kNoOutline;
    return why;
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatCocoWriter() { return std::make_unique<CvatCoco>(); }

}  // namespace annofs
