// CVAT's "ICDAR Recognition 1.0" (reference/cvat.md §9.4; Datumaro: icdar_word_recognition):
// <S>/gt.txt with the texts of each image, `word.png, "text"`, and <S>/images/<id><ext>. Whatever
// has an attribute `text` is a text; they follow each other without a space.
#include <memory>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/cvat_export.h"
#include "formats/python_text.h"
#include "formats/shape_attribute.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kText = "text";
constexpr absl::string_view kNoText = "it has no attribute text";

absl::StatusOr<std::string> Line(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const Item item, ItemOf(data, rank));
  std::string line = absl::StrCat(item.file_name, ", ");
  for (const ItemAnnotation& annotation : item.annotations) {
    const ItemValue* text = annotation.Find(kText);
    if (text != nullptr) absl::StrAppend(&line, "\"", PythonStr(*text), "\"");
  }
  return line + "\n";
}

class CvatIcdarRecognition : public Writer {
 public:
  WriterInfo Info() const override {
    return {
        .name = "cvat/ICDAR Recognition 1.0",
        .summary = "CVAT's ICDAR Recognition export: the texts of each image",
        .keeps = {ShapeType::kTag, ShapeType::kRectangle, ShapeType::kPolygon, ShapeType::kPolyline,
                  ShapeType::kPoints, ShapeType::kEllipse, ShapeType::kMask, ShapeType::kSkeleton}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<ExportSubset> subsets, ExportSubsets(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    for (const ExportSubset& subset : subsets) {
      if (subset.frames.empty()) continue;
      tree.Segmented(subset.path + "/gt.txt", Lines("", subset.frames, Line));
      tree.Media(subset.path + "/images/{item_path}", Intersect(subset.frames, media));
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    std::vector<absl::string_view> why = WhyDroppedByType(Info(), data.info(), frame, all);
    const auto look = [&](const Shape& shape, absl::string_view& reason) {
      if (reason.empty() && !shape.outside && !AttributeOf(data.info(), shape, kText)) {
        reason = kNoText;
      }
    };
    for (size_t i = 0; i < all.tags.size(); ++i) look(all.tags[i], why[i]);
    for (size_t i = 0; i < all.shapes.size(); ++i) look(all.shapes[i], why[all.tags.size() + i]);
    return why;
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatIcdarRecognitionWriter() {
  return std::make_unique<CvatIcdarRecognition>();
}

}  // namespace annofs
