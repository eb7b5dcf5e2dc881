// The files of ICDAR Segmentation 1.0 (reference/cvat.md §9.4; Datumaro:
// IcdarTextSegmentationConverter). Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/item.h"
#include "formats/mask_image.h"
#include "formats/model.h"

namespace annofs {

// Why a shape cannot be given, "" if it can: its attributes `index` (a number or a checkbox of its
// label) and `color` (three numbers from 0 to 255, or nothing) are what the format wants. CVAT's
// whole export fails where one is not; ours leaves out the annotations of its frame.
absl::string_view WhyNotIcdarMask(const DatasetInfo& info, const Shape& shape);

// A mask of an item with what is written of it, by index.
struct IcdarMask {
  const ItemAnnotation* mask = nullptr;
  double index = 0;
  Rgb color = {};
};
// REQUIRES: every shape that is a mask of the item can be given (WhyNotIcdarMask).
std::vector<IcdarMask> IcdarMasks(const Item& item);

// <id>_GT.txt.
std::string IcdarText(const std::vector<IcdarMask>& masks);
// <id>_GT.bmp: each mask in the colour that stands at its index, on white; a higher index over a
// lower one of the same z order.
absl::StatusOr<std::string> IcdarPicture(const Item& item, const std::vector<IcdarMask>& masks);

}  // namespace annofs
