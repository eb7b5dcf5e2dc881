// CVAT's "LFW 1.0" (reference/cvat.md §9.4; Datumaro: lfw): <S>/annotations/pairs.txt, people.txt
// (how many images each label has), landmarks.txt, <S>/images/<label>/<id><ext> by the first tag.
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/cvat_export.h"
#include "formats/label_folders_export.h"
#include "formats/lfw_pairs_export.h"
#include "formats/python_text.h"
#include "formats/shape_attribute.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kFirstTag = "only the first tag of an image is its person";
constexpr absl::string_view kNoPairs =
    "it has an attribute for pairs and no pairs: such an image is not listed";
constexpr absl::string_view kTooManyPairs = "too many pairs";

absl::StatusOr<std::string> LandmarkLines(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const Item item, ItemOf(data, rank));
  std::string lines;
  for (const ItemAnnotation& annotation : item.annotations) {
    if (annotation.type != ItemType::kPoints) continue;
    absl::StrAppend(&lines, item.id, ".jpg");  // whatever the image is
    for (double part : annotation.points) {
      lines.push_back('\t');
      AppendRepr(part, lines);
    }
    lines.push_back('\n');
  }
  return lines;
}

std::string People(const std::vector<NamedFrames>& labels) {
  std::string lines;
  for (const NamedFrames& label : labels) {
    absl::StrAppend(&lines, label.name, "\t", label.frames.size(), "\n");
  }
  return lines;
}

void AddImages(const std::vector<NamedFrames>& labels, RankSet images, absl::string_view parent,
               Layout& tree) {
  LabelFolders folders(tree);
  RankSet rest = images;
  for (const NamedFrames& label : labels) {
    RankSet shown = Intersect(label.frames, images);
    rest = Without(rest, shown);
    if (!shown.empty())
      tree.Media(folders.Of(parent, label.name) + "/{item_path}", std::move(shown));
  }
  tree.Media(absl::StrCat(parent, "/{item_path}"), std::move(rest));
}

absl::string_view WhyNotListed(const DatasetInfo& info, const Shape& tag) {
  bool has_attribute = false, has_pairs = false;
  for (absl::string_view name : {"positive_pairs", "negative_pairs"}) {
    const std::optional<ItemValue> value = AttributeOf(info, tag, name);
    has_attribute |= value.has_value();
    const std::string* text = value ? std::get_if<std::string>(&*value) : nullptr;
    has_pairs |= text != nullptr && !text->empty();
    if (text != nullptr && text->size() > kMostLfwPairs) return kTooManyPairs;
  }
  return has_attribute && !has_pairs ? kNoPairs : "";
}

class CvatLfw : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/LFW 1.0",
            .summary = "CVAT's LFW export: images by person, pairs of them, landmarks",
            .keeps = {ShapeType::kTag, ShapeType::kPoints}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<ExportSubset> subsets, ExportSubsets(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const RankSet tagged, FramesWithTypes(data, {ShapeType::kTag}));
    ASSIGN_OR_RETURN(const RankSet points, FramesWithTypes(data, {ShapeType::kPoints}));
    for (const ExportSubset& subset : subsets) {
      const std::string annotations = subset.path + "/annotations/";
      tree.Segmented(annotations + "pairs.txt",
                     LfwPairsFile(subset.frames, Intersect(subset.frames, tagged)));
      RankSet with_points = Intersect(subset.frames, points);
      if (!with_points.empty()) {
        tree.Segmented(annotations + "landmarks.txt",
                       Lines("", std::move(with_points), LandmarkLines));
      }
      ASSIGN_OR_RETURN(std::vector<RankSet> by_label, FramesByFirstTag(data, subset.frames));
      const std::vector<NamedFrames> labels = ByName(data.info(), std::move(by_label));
      if (!labels.empty()) {
        tree.File(annotations + "people.txt",
                  [text = People(labels)](const Dataset&) -> absl::StatusOr<std::string> {
                    return text;
                  });
      }
      AddImages(labels, Intersect(subset.frames, media), subset.path + "/images", tree);
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    std::vector<absl::string_view> why = WhyDroppedByType(Info(), data.info(), frame, all);
    for (size_t i = 0; i < all.tags.size(); ++i) {
      why[i] = i > 0 ? kFirstTag : WhyNotListed(data.info(), all.tags[i]);
    }
    return why;
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatLfwWriter() { return std::make_unique<CvatLfw>(); }

}  // namespace annofs
