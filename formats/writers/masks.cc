// masks: pictures of classes and of instances beside the images, with the same stems
// (reference/training-tools.md §5): images/<part>/, semantic/<part>/, instances/<part>/, each
// <stem>.png; classes.tsv says which value is which class. An image without objects has a picture
// of background.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/label_colors.h"
#include "formats/split.h"
#include "formats/train_frames.h"
#include "formats/train_masks.h"
#include "formats/writer.h"

namespace annofs {
namespace {

std::vector<Rgb> PaletteOf(const DatasetInfo& info) {
  std::vector<Rgb> palette = {Rgb{}};
  for (const Label& label : info.labels) {
    if (label.parent < 0) palette.push_back(ColorOf(label));
  }
  return palette;
}

std::string ClassesText(const DatasetInfo& info) {
  const std::vector<uint16_t> values = ClassValues(info);
  std::string text = "value\tname\tcolor\n0\tbackground\t#000000\n";
  for (size_t i = 0; i < values.size(); ++i) {
    if (info.labels[i].parent >= 0) continue;
    const Rgb color = ColorOf(info.labels[i]);
    absl::StrAppendFormat(&text, "%d\t%s\t#%02x%02x%02x\n", values[i],
                          TsvEscape(info.labels[i].name), color[0], color[1], color[2]);
  }
  return text;
}

class Masks : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "masks",
            .revision = 2,
            .summary = "pictures of classes and instances, ready to train: PNG with a palette",
            .keeps = TypesWithOutlines()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<SplitPart> parts, Split(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const RankSet shown, FramesToTrain(data));
    ASSIGN_OR_RETURN(const RankSet drawn, FramesToDraw(data, shown));
    auto values = std::make_shared<const std::vector<uint16_t>>(ClassValues(data.info()));
    auto palette = std::make_shared<const std::vector<Rgb>>(PaletteOf(data.info()));
    tree.File("classes.tsv", [](const Dataset& data) -> absl::StatusOr<std::string> {
      return ClassesText(data.info());
    });
    for (const SplitPart& part : parts) {
      const RankSet frames = Intersect(part.frames, drawn);
      tree.Media(absl::StrCat("images/", part.name, "/{stem}{ext}"), Intersect(part.frames, media));
      tree.Pixels(absl::StrCat("semantic/", part.name, "/{stem}.png"), frames,
                  [values, palette](const Dataset& data, Rank rank) {
                    return ClassPng(data, rank, *values, *palette);
                  });
      tree.Pixels(absl::StrCat("instances/", part.name, "/{stem}.png"), frames, InstancePng);
    }
    return absl::OkStatus();
  }

  absl::StatusOr<absl::string_view> WhyFrameDropped(const Dataset& data, Rank rank) const override {
    return WhyNotToTrain(data, rank);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyNotInPictures(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewMasksWriter() { return std::make_unique<Masks>(); }

}  // namespace annofs
