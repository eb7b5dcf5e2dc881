// The annotation file of LabelMe 3.0 (reference/cvat.md §9.4; Datumaro: LabelMeConverter). Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "formats/item.h"

namespace annofs {

// The annotations that are objects, by their ids: boxes, polygons, masks; ellipses became masks.
std::vector<const ItemAnnotation*> LabelMeObjects(const Item& item);

// Of the mask with an object's id, from the directory Masks: "sub dir/c_mask_2.png".
std::string LabelMeMaskName(const Item& item, size_t object);

// <id>.xml.
std::string LabelMeText(const DatasetInfo& info, const Item& item);

// "k=v, k=v": without `occluded` and `username`; `\`, `=`, `"` and `,` escaped by a backslash, and
// texts that look like numbers in quotes.
std::string LabelMeAttributes(const ItemAnnotation& object);

}  // namespace annofs
