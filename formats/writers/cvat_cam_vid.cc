// cvat/CamVid 1.0 (reference/cvat.md §9.4): every shape with an area as a mask, a picture of
// classes per image, a list of pairs per subset.
#include <memory>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/mask_export.h"
#include "formats/python_parse.h"
#include "formats/writer.h"

namespace annofs {
namespace {

// "background" is not listed where it was added. CVAT takes it for added if there are more names
// than labels, so it stays where parts of skeletons share a name.
std::string RenderLabelColors(const DatasetInfo& info) {
  const LabelMap map = BackgroundFirstLabelMap(info);
  const bool is_longer = map.entries.size() > info.labels.size();
  std::string text;
  for (const LabelMap::Entry& entry : map.entries) {
    if (!is_longer || entry.name != "background") text += LabelColorLine(entry);
  }
  return text;
}

// A subset's directories and the frames with pictures.
struct Part {
  std::string images, masks;
  RankSet with_masks;
};

absl::StatusOr<std::string> RenderPair(const Dataset& data, Rank rank, const Part& part) {
  ASSIGN_OR_RETURN(ItemNames names, ItemNamesOf(data, rank));
  const std::string image = absl::StrCat("/", part.images, "/", names.file_name);
  const std::string mask =
      part.with_masks.Contains(rank) ? absl::StrCat(part.masks, "/", names.id, ".png") : "";
  absl::string_view quote = HasInnerSpace(image) || HasInnerSpace(mask) ? "\"" : "";
  return absl::StrCat(quote, image, quote, " ", quote, mask, quote, "\n");
}

class CamVid : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/CamVid 1.0",
            .summary = "CVAT's export CamVid 1.0: class masks as PNG, lists of image and mask",
            .keeps = TypesThatBecomeMasks()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    auto map = std::make_shared<const LabelMap>(BackgroundFirstLabelMap(data.info()));
    ASSIGN_OR_RETURN(std::vector<ExportSubset> subsets, FilledSubsets(data));
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(RankSet masks, DrawnFrames(data, FramesOf(subsets), TypesThatBecomeMasks()));
    tree.File("label_colors.txt", [](const Dataset& data) -> absl::StatusOr<std::string> {
      return RenderLabelColors(data.info());
    });
    auto draw = [map](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
      ASSIGN_OR_RETURN(Item item, ItemOfMasks(data, rank));
      return ClassPicture(item, *map);
    };
    std::vector<std::string> directories;
    for (const ExportSubset& subset : subsets)
      directories.push_back(tree.Directory("", subset.path));
    for (size_t i = 0; i < subsets.size(); ++i) {
      const ExportSubset& subset = subsets[i];
      Part part{.images = directories[i],
                .masks = tree.Directory("", subset.path + "annot"),
                .with_masks = Intersect(subset.frames, masks)};
      tree.Media(part.images + "/{item_path}", Intersect(subset.frames, media));
      tree.Pixels(part.masks + "/{item}.png", part.with_masks, draw);
      tree.Segmented(tree.FileName("", subset.path + ".txt"),
                     Lines("", subset.frames, [part](const Dataset& data, Rank rank) {
                       return RenderPair(data, rank, part);
                     }));
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyNotDrawn(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatCamVidWriter() { return std::make_unique<CamVid>(); }

}  // namespace annofs
