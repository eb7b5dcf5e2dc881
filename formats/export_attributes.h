// Attributes as CVAT's Datumaro-based exports write them (reference/cvat.md §9.2 step 4): some are
// no attributes but parts of the shape. Pure.
#pragma once

#include "absl/strings/string_view.h"
#include "formats/model.h"

namespace annofs {

// "occluded", "rotation" (of a rectangle), "track_id" and "keyframe" go where they came from; what
// does not parse stays an attribute. Python's True and False become CVAT's true and false.
void AddExportAttribute(absl::string_view name, absl::string_view value, Shape& shape);

// "True", "true" -> "true"; others as they are.
absl::string_view CvatValue(absl::string_view value);

}  // namespace annofs
