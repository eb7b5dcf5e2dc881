// cvat/Cityscapes 1.0 (reference/cvat.md §9.4): every shape with an area as a mask; per image with
// masks a picture in colours, one of classes, one of instances.
#include <algorithm>
#include <memory>

#include "cache/base/status.h"
#include "formats/mask_export.h"
#include "formats/python_parse.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr uint64_t kMaxInstances = 1000;  // of a class
constexpr uint64_t kMaxValue = 65535;     // larger numbers become this (Pillow's 16-bit PNG)

absl::StatusOr<std::string> ClassNumbers(const Item& item, const LabelMap& map) {
  ASSIGN_OR_RETURN(PixelMap pixels, DrawItem(item, [&map](const PlacedMask& placed) {
                     return uint16_t(map.class_of_label[placed.mask.label] % 256);
                   }));
  return PngGray8(pixels);
}

// Of a crowd the class, of any other mask class * 1000 + its place in the item, from 1.
absl::StatusOr<std::string> InstanceNumbers(const Item& item, const LabelMap& map) {
  ASSIGN_OR_RETURN(PixelMap pixels, DrawItem(item, [&map](const PlacedMask& placed) {
                     const uint64_t number = map.class_of_label[placed.mask.label];
                     if (number == map.background) return uint16_t(0);
                     const ItemValue* crowd = placed.mask.Find("is_crowd");
                     const bool is_crowd = crowd != nullptr && PythonTruth(*crowd);
                     return uint16_t(std::min(
                         kMaxValue, is_crowd ? number : number * kMaxInstances + placed.place + 1));
                   }));
  return PngGray16(pixels);
}

class Cityscapes : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/Cityscapes 1.0",
            .summary = "CVAT's export Cityscapes 1.0: colour, class and instance masks as PNG",
            .keeps = TypesThatBecomeMasks()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    auto map = std::make_shared<const LabelMap>(BackgroundFirstLabelMap(data.info()));
    ASSIGN_OR_RETURN(std::vector<ExportSubset> subsets, FilledSubsets(data));
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(RankSet masks, DrawnFrames(data, FramesOf(subsets), TypesThatBecomeMasks()));
    tree.File("label_colors.txt", [](const Dataset& data) -> absl::StatusOr<std::string> {
      return LabelColorText(BackgroundFirstLabelMap(data.info()));
    });
    for (const ExportSubset& subset : subsets) {
      const std::string directory = tree.Directory("gtFine", subset.path);
      auto add = [&](absl::string_view picture, auto draw) {
        tree.Pixels(directory + "/{item}_gtFine_" + std::string(picture) + ".png",
                    Intersect(subset.frames, masks),
                    [map, draw](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
                      ASSIGN_OR_RETURN(Item item, ItemOfMasks(data, rank));
                      return draw(item, *map);
                    });
      };
      add("color", ClassPicture);
      add("labelIds", ClassNumbers);
      add("instanceIds", InstanceNumbers);
      tree.Media(tree.Directory("imgsFine/leftImg8bit", subset.path) + "/{item}_leftImg8bit{ext}",
                 Intersect(subset.frames, media));
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyNotDrawn(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatCityscapesWriter() { return std::make_unique<Cityscapes>(); }

}  // namespace annofs
