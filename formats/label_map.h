// The classes of pictures of masks in CVAT's exports (reference/cvat.md §9.3; Datumaro:
// VocLabelMap, find_or_create_background_label of CamVid, Cityscapes and KITTI). One class per
// name: labels of one name, as parts of different skeletons may be, share it. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formats/label_colors.h"
#include "formats/model.h"

namespace annofs {

struct LabelMap {
  struct Entry {
    std::string name;
    Rgb color;
  };
  std::vector<Entry> entries;
  std::vector<uint32_t> class_of_label;  // by label idx: its entry
  // What pixels without a mask are. Its own masks cannot be told from them.
  uint32_t background = 0;
};

// PASCAL VOC: labels in CVAT's order with the VOC palette. "background" comes first, unless a label
// is called so: that one stays where it is.
LabelMap VocLabelMap(const DatasetInfo& info);
// Segmentation mask: labels and "background" in order of code points with their own colours (of
// labels of one name the last one's). The background is the first that is black, else
// "background"; it stays where it is.
LabelMap SortedLabelMap(const DatasetInfo& info);
// CamVid, Cityscapes, KITTI: the same, but the background is moved to the front.
LabelMap BackgroundFirstLabelMap(const DatasetInfo& info);

// label_colors.txt, lines "r g b name": of Cityscapes and KITTI; CamVid leaves out a line.
std::string LabelColorLine(const LabelMap::Entry& entry);
std::string LabelColorText(const LabelMap& map);
// labelmap.txt of PASCAL VOC and Segmentation mask.
std::string VocLabelMapText(const LabelMap& map);

}  // namespace annofs
