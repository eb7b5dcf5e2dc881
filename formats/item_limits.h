// What the caps on hostile frames (formats/item.h) leave out of an item, for WhyDropped. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "formats/item.h"

namespace annofs {

// ItemOf() of those shapes, without rank and names.
Item ItemOfShapes(const DatasetInfo& info, const Frame& frame,
                  std::shared_ptr<const FrameShapes> shapes);

// The skeletons (indexes into FrameShapes::shapes, ascending) that lack so many elements that the
// item has them no more (kMaxFilledIn). Converts the shapes only where there may be such.
std::vector<uint32_t> SkeletonsLeftOut(const DatasetInfo& info, const Frame& frame,
                                       const FrameShapes& all);

inline constexpr absl::string_view kSkeletonsLackTooMuch =
    "the frame's skeletons lack too many of their points";

}  // namespace annofs
