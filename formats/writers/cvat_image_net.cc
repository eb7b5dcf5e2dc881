// CVAT's "ImageNet 1.0" (reference/cvat.md §9.4): the tags of images. With images it is a tree of
// folders, <label>/<id><ext> for each tag and no_label/<id><ext>; without, <S>.txt with the label
// numbers of each image and synsets.txt. A dataset of which some images are in the bucket has the
// folders, where an image that is not there cannot be shown.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/cvat_export.h"
#include "formats/label_folders_export.h"
#include "formats/python_parse.h"
#include "formats/python_set.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kSynsets = "synsets.txt";

absl::Status AddFolders(const Dataset& data, const RankSet& images, Layout& tree) {
  std::vector<RankSet> by_label(data.info().labels.size());
  RankSet rest = images;
  for (uint32_t label = 0; label < by_label.size(); ++label) {
    ASSIGN_OR_RETURN(const RankSet tagged, data.With(FrameTerm::OfTag(label)));
    by_label[label] = Intersect(tagged, images);
    rest = Without(rest, by_label[label]);
  }
  std::vector<NamedFrames> folders = ByName(data.info(), std::move(by_label));
  folders.push_back({std::string(kNoLabelFolder), std::move(rest)});
  LabelFolders directories(tree);
  for (const NamedFrames& folder : folders) {
    RETURN_IF_ERROR(directories.AddImages(data, "", folder));
  }
  directories.Finish("");
  return absl::OkStatus();
}

// `a.jpg 3 0`; an id with spaces is quoted, its extension is not.
absl::StatusOr<std::string> Line(const Dataset& data, Rank rank, const RankSet& tagged) {
  ASSIGN_OR_RETURN(const ItemNames names, UniqueItemNamesOf(data, rank));
  std::vector<uint32_t> labels;
  if (tagged.Contains(rank)) {
    ASSIGN_OR_RETURN(const FrameShapes all, data.Shapes(rank));
    for (const Shape& tag : all.tags) labels.push_back(tag.label);
  }
  const bool is_quoted = HasInnerSpace(names.id);
  std::string line = absl::StrCat(is_quoted ? "\"" : "", names.id, is_quoted ? "\"" : "",
                                  absl::string_view(names.file_name).substr(names.id.size()));
  const std::vector<uint32_t> order = PythonSetOrder(labels);
  for (uint32_t label : order) absl::StrAppend(&line, " ", label);
  return line + (order.empty() ? " \n" : "\n");
}

std::string LabelLines(const DatasetInfo& info) {
  std::string names;
  for (const Label& label : info.labels) absl::StrAppend(&names, label.name, "\n");
  return names;
}

// A subset called "synsets" has no list: the names of labels are written over it.
void AddLists(const std::vector<ExportSubset>& subsets, const RankSet& tagged, Layout& tree) {
  const auto line = [tagged](const Dataset& data, Rank rank) { return Line(data, rank, tagged); };
  for (const ExportSubset& subset : subsets) {
    const std::string file = subset.path + ".txt";
    if (file != kSynsets) tree.Segmented(file, Lines("", subset.frames, line));
  }
  tree.File(kSynsets, [](const Dataset& data) -> absl::StatusOr<std::string> {
    return LabelLines(data.info());
  });
}

class CvatImageNet : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/ImageNet 1.0",
            .summary =
                "CVAT's ImageNet export: images in a folder for each tag; lists of tags "
                "where no image is in the bucket",
            .keeps = {ShapeType::kTag}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<ExportSubset> subsets, ExportSubsets(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    RankSet images;
    for (const ExportSubset& subset : subsets) {
      images = UnionOf(images, Intersect(subset.frames, media));
    }
    if (!images.empty()) return AddFolders(data, images, tree);
    ASSIGN_OR_RETURN(const RankSet tagged, FramesWithTypes(data, {ShapeType::kTag}));
    AddLists(subsets, tagged, tree);
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyDroppedByType(Info(), data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatImageNetWriter() { return std::make_unique<CvatImageNet>(); }

}  // namespace annofs
