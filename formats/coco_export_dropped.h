// Why shapes are not in COCO's files or in Datumaro's (WhyDropped). Pure. A shape that is outside
// is a track's end, which no item shows: nothing is lost with it.
#pragma once

#include "absl/strings/string_view.h"
#include "formats/box.h"
#include "formats/dataset.h"

namespace annofs {

inline constexpr absl::string_view kPointCloudNotInFormat =
    "the format is for images, not for point clouds";

// Why a mask, or a shape that is drawn as one, has no pixels; "" if it has.
absl::string_view WhyNoPixels(const Frame& frame, const Shape& shape);

// "" if the shape becomes a box, a polygon or a mask. REQUIRES: no tag.
absl::string_view WhyNoCocoPart(const DatasetInfo& info, const Frame& frame, const Shape& shape);

}  // namespace annofs
