// Masks of formats that draw all masks of an image into a picture: of classes, by their colours or
// numbers, and beside it perhaps one of instances (reference/cvat.md §9.3, §9.4; Datumaro:
// CompiledMask). Not thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "formats/export_tree.h"
#include "formats/mask_regions.h"
#include "formats/shape_budget.h"

namespace annofs {

// A line of labelmap.txt, `name:r,g,b:parts:actions`; nothing if it is a comment or blank. A name
// may have colons itself and begin with '#', as a comment does: a label has a colour, or its place
// left free.
struct VocClass {
  absl::string_view name;
  std::optional<uint32_t> color;  // 0xrrggbb
};
std::optional<VocClass> ParseVocClass(absl::string_view line);

class PictureMasks {
 public:
  PictureMasks(const ExportTree& tree, DatasetSink& sink) : tree_(tree), sink_(sink) {}

  // The next class of the format's list: its colour, and the sink's label; nothing for background.
  void AddClass(std::optional<uint32_t> color, std::optional<uint32_t> label);

  // What pixels of a picture say.
  enum class Values {
    kClasses,
    kInstances,  // a second picture says their classes
    kTracks      // 1000 * (1 + class) + track (MOTS)
  };
  struct Pictures {
    Values values = Values::kClasses;
    const ExportFile* masks = nullptr;
    const ExportFile* classes = nullptr;  // of kInstances
  };
  // Adds the masks of a frame: of each instance or track one, in the order of the VOC palette or of
  // their numbers; of classes alone one each. What cannot be read is a problem. Errors: the
  // source's and the sink's; kInvalidArgument: all masks together are too much, reading ends.
  absl::Status Read(const Pictures& pictures, uint32_t frame);

 private:
  absl::Status Add(const Pictures& pictures, PictureOfMasks picture, uint32_t frame);
  // Nothing: no label; classes that are not told are counted.
  std::optional<uint32_t> LabelOf(bool is_color, uint32_t value);
  void Report(const ExportFile& file, std::string why);

  const ExportTree& tree_;
  DatasetSink& sink_;
  ShapeBudget budget_;
  std::vector<std::optional<uint32_t>> classes_;  // by position: labels
  absl::flat_hash_map<uint32_t, std::optional<uint32_t>> by_color_;
  uint64_t unknown_ = 0;  // masks of the present picture
};

// Of PASCAL VOC and Segmentation mask: SegmentationClass/<id>.png, and where it is there
// SegmentationObject/<id>.png, a colour for each instance.
PictureMasks::Pictures VocPictures(const ExportTree& tree, const ExportFile& classes);

}  // namespace annofs
