// One shape element of a CVAT XML (reference/cvat.md §2.2). Pure.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/xml.h"
#include "formats/model.h"

namespace annofs {

// The type that an element of an <image> or a <skeleton> stands for; nothing for others
// (<attribute>, foreign ones).
std::optional<ShapeType> ShapeTypeOfElement(absl::string_view element);

// Everything but label, attributes and elements. Missing occluded, z_order, rotation, group_id are
// 0. kInvalidArgument names the attribute that is missing or no number.
absl::StatusOr<Shape> ParseShape(ShapeType type, const XmlAttributes& attributes);

}  // namespace annofs
