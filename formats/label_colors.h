// Colours of labels in exports (reference/cvat.md §9.3). Pure.
#pragma once

#include <string>
#include <vector>

#include "formats/mask_image.h"
#include "formats/model.h"

namespace annofs {

// The VOC palette.
Rgb VocColor(uint32_t index);
std::vector<Rgb> VocColors(size_t count);

// "#rrggbb" of the label; without one a colour made from the name (§1.4).
Rgb ColorOf(const Label& label);

// A colour map as CamVid, Cityscapes, KITTI and Segmentation mask have it: by name in order of code
// points, with a black `background` if no label is called so.
struct ColorMap {
  struct Entry {
    std::string name;
    Rgb color;
  };
  std::vector<Entry> entries;
  std::vector<uint16_t> index_of_label;  // by label idx: its entry. Labels of one name share it
  bool is_background_added = false;      // no label was called so
};
// kFirst (class numbers and colours of CamVid, Cityscapes, KITTI; pixels of Segmentation mask): the
// first black entry goes to the front, or `background` where none is black. kInOrder (labelmap.txt
// of Segmentation mask): only in the latter case anything does.
enum class BackgroundPlace { kFirst, kInOrder };
ColorMap SortedColorMap(const DatasetInfo& info, BackgroundPlace place = BackgroundPlace::kFirst);
std::vector<Rgb> ColorsOf(const ColorMap& map);

}  // namespace annofs
