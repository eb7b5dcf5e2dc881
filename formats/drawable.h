// Which shapes of a frame its item has (formats/item.h), and which of those can be drawn: what
// WhyDropped of CVAT's formats ask, so that none is lost silently. Pure. A shape that is outside is
// a track's end, which no item shows: nothing is lost with it.
#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "formats/dataset.h"

namespace annofs {

inline constexpr absl::string_view kSizeNotKnown = "the size of the image is not known";
inline constexpr absl::string_view kImageTooLarge = "the image is too large to draw on";
inline constexpr absl::string_view kTooIntricate =
    "its outline or its runs are too many to be drawn";

// True if pictures of the frame can be drawn: its size is known and not absurd.
bool CanBeDrawn(const Frame& frame);

// Why a rectangle, a polygon, an ellipse or a mask would have no pixels in the frame's pictures; ""
// if it has. Draws only what may be refused as too intricate.
absl::string_view WhyNotDrawable(const Frame& frame, const Shape& shape);

// For each tag, then each shape: why the item has none of it; "" if it has.
std::vector<absl::string_view> WhyNotInItem(const DatasetInfo& info, const Frame& frame,
                                            const FrameShapes& all);

}  // namespace annofs
