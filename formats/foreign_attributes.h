// Attributes as Datumaro and what is built on it write them: one object of names and values, with
// what CVAT keeps elsewhere among them (reference/cvat.md §9.2 step 4).
#pragma once

#include "absl/strings/string_view.h"
#include "cache/base/json.h"
#include "formats/attribute_types.h"
#include "formats/model.h"

namespace annofs {

// One name and its value: `occluded`, `rotation`, `track_id` and `keyframe` of the right type
// become that of the shape, everything else an attribute: 200.0, which such files make of CVAT's
// number "200", is "200" again, and `types`, whose present annotation it is of, gets the attribute.
// False: the value is a list or an object and is not kept.
bool AddForeignAttribute(absl::string_view name, JsonValue value, Shape& shape,
                         AttributeTypes& types);

}  // namespace annofs
