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
// The same as "#rrggbb".
std::string HexColorOf(const Label& label);

}  // namespace annofs
