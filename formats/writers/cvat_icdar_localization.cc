// CVAT's "ICDAR Localization 1.0" (reference/cvat.md §9.4; Datumaro: icdar_text_localization):
// <S>/<directory>/gt_<name>.txt, a line for each annotation: `x0 y0 x1 y1 "text"` for boxes,
// `x,y,…,"text"` for polygons, an empty line for all others but ellipses, which have none
// (fixtures/golden); <S>/images/<id><ext>.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/cvat_export.h"
#include "formats/python_text.h"
#include "formats/writer.h"

namespace annofs {
namespace {

void AppendNumbers(const std::vector<double>& numbers, char between, std::string& out) {
  for (size_t i = 0; i < numbers.size(); ++i) {
    if (i > 0) out.push_back(between);
    AppendRepr(numbers[i], out);
  }
}

void AppendText(const ItemAnnotation& annotation, char before, std::string& out) {
  const ItemValue* text = annotation.Find("text");
  if (text == nullptr) return;
  out.push_back(before);
  absl::StrAppend(&out, "\"", PythonStr(*text), "\"");
}

// Datumaro keeps the corners of a box, rounded like all coordinates.
std::vector<double> Corners(const std::vector<double>& box) {
  return {box[0], box[1], Round2(box[0] + box[2]), Round2(box[1] + box[3])};
}

absl::StatusOr<std::string> RenderTexts(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const Item item, ItemOf(data, rank));
  std::string lines;
  for (const ItemAnnotation& annotation : item.annotations) {
    if (annotation.type == ItemType::kBbox) {
      AppendNumbers(Corners(annotation.points), ' ', lines);
      AppendText(annotation, ' ', lines);
    } else if (annotation.type == ItemType::kPolygon) {
      AppendNumbers(annotation.points, ',', lines);
      AppendText(annotation, ',', lines);
    }
    if (annotation.type != ItemType::kEllipse) lines.push_back('\n');
  }
  return lines;
}

class CvatIcdarLocalization : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/ICDAR Localization 1.0",
            .summary = "CVAT's ICDAR Localization export: boxes and polygons with their texts",
            .keeps = {ShapeType::kRectangle, ShapeType::kPolygon}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<ExportSubset> subsets, ExportSubsets(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    for (const ExportSubset& subset : subsets) {
      tree.Media(subset.path + "/images/{item_path}", Intersect(subset.frames, media));
      tree.PerFrame(subset.path + "/gt_{item}.txt", subset.frames, RenderTexts);
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyDroppedByType(Info(), data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatIcdarLocalizationWriter() {
  return std::make_unique<CvatIcdarLocalization>();
}

}  // namespace annofs
