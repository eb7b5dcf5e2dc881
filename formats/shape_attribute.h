// One attribute of a shape as its item has it (formats/item.h), for those who have no item at hand:
// WhyDropped. Pure.
#pragma once

#include <optional>

#include "absl/strings/string_view.h"
#include "formats/item.h"
#include "formats/model.h"

namespace annofs {

// The shape's own value, else the label's default; as bool or number where the label says so.
// Nothing: neither has it. Not for the four that items have by themselves (occluded, rotation,
// track_id of a track, keyframe).
std::optional<ItemValue> AttributeOf(const DatasetInfo& info, const Shape& shape,
                                     absl::string_view name);

}  // namespace annofs
