// Attributes as CVAT's Datumaro-based exports write them (reference/cvat.md §9.2 step 4): some are
// no attributes but parts of the shape. Pure.
#pragma once

#include "absl/strings/string_view.h"
#include "formats/attribute_types.h"
#include "formats/model.h"

namespace annofs {

// "occluded", "rotation" (of a rectangle), "track_id" and "keyframe" go where they came from; what
// does not parse stays an attribute. Python's True and False become CVAT's true and false. False:
// it is not among the attributes now.
bool AddExportAttribute(absl::string_view name, absl::string_view value, Shape& shape);
// The same, with the kinds of the shape's attributes.
void AddExportAttribute(absl::string_view name, absl::string_view value, AttributeKind kind,
                        Shape& shape, std::vector<AttributeKind>& kinds);

// Of a value that Python wrote: True or False, a number as str() gives it, or a text.
AttributeKind KindOfExported(absl::string_view value);

// "True", "true" -> "true"; others as they are.
absl::string_view CvatValue(absl::string_view value);

}  // namespace annofs
