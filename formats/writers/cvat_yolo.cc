// YOLO 1.1 as CVAT exports it (reference/cvat.md §9.4; Datumaro: YoloExporter): a label file beside
// each image, also where it is empty. Class numbers count the labels without parent, obj.names
// lists the names of all: CVAT's own disagreement, kept here; the view `yolo` has none.
#include <memory>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/writer.h"
#include "formats/yolo_export_tree.h"

namespace annofs {
namespace {

// Every name once, at the place of its last label: parts of different skeletons share theirs.
std::vector<std::string> DistinctNames(const DatasetInfo& info) {
  absl::flat_hash_map<absl::string_view, size_t> last;
  for (size_t i = 0; i < info.labels.size(); ++i) last[info.labels[i].name] = i;
  std::vector<std::string> names;
  for (size_t i = 0; i < info.labels.size(); ++i) {
    if (last[info.labels[i].name] == i) names.push_back(info.labels[i].name);
  }
  return names;
}

absl::StatusOr<std::string> RenderNames(const Dataset& data) {
  std::string text;
  for (const std::string& name : DistinctNames(data.info())) absl::StrAppend(&text, name, "\n");
  return text;
}

std::string SubsetLines(const YoloSubsets& subsets) {
  std::string text;
  for (const YoloSubset& subset : subsets.list) {
    absl::StrAppend(&text, subset.name, " = data/", subset.name, ".txt\n");
  }
  return text;
}

class CvatYolo : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/YOLO 1.1",
            .summary = "CVAT's YOLO 1.1: obj.data, obj.names, label files beside the images",
            .keeps = {ShapeType::kRectangle}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const YoloSubsets subsets,
                     YoloSubsetsOf(data, {"backup", "classes", "names"}));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    const auto lines = std::make_shared<const YoloBoxLines>(data.info());
    tree.File("obj.data",
              [comments = subsets.renamed,
               middle = SubsetLines(subsets)](const Dataset& data) -> absl::StatusOr<std::string> {
                return absl::StrCat(comments, "classes = ", DistinctNames(data.info()).size(), "\n",
                                    middle, "names = data/obj.names\nbackup = backup/\n");
              });
    tree.File("obj.names", RenderNames);
    for (const YoloSubset& subset : subsets.list) {
      const std::string directory = absl::StrCat("obj_", subset.name, "_data");
      tree.Segmented(subset.name + ".txt", YoloImageList(subset, directory));
      tree.Media(absl::StrCat(directory, "/", ItemPathPattern(subset)),
                 Intersect(subset.frames, media));
      tree.PerFrame(absl::StrCat(directory, "/", SidecarPattern(subset), ".txt"), subset.frames,
                    [lines](const Dataset& data, Rank rank) { return lines->Render(data, rank); });
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return YoloBoxLines(data.info()).WhyDropped(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatYoloWriter() { return std::make_unique<CvatYolo>(); }

}  // namespace annofs
