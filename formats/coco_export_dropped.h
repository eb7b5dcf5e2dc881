// Why shapes are not in COCO's files (WhyDropped). Pure. A shape that is outside
// is a track's end, which no item shows: nothing is lost with it.
#pragma once

#include "absl/strings/string_view.h"
#include "formats/box.h"
#include "formats/dataset.h"

namespace annofs {

// "" if the shape becomes a box, a polygon or a mask. REQUIRES: no tag.
absl::string_view WhyNoCocoPart(const DatasetInfo& info, const Frame& frame, const Shape& shape);

}  // namespace annofs
