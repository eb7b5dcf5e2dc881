// One shape element of a CVAT XML (reference/cvat.md §2.2, §3.1). Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/xml.h"
#include "formats/model.h"

namespace annofs {

// The type that an element of an <image>, a <track> or a <skeleton> stands for; nothing for others
// (<attribute>, foreign ones).
std::optional<ShapeType> ShapeTypeOfElement(absl::string_view element);

struct CvatXmlShape {
  Shape shape;                   // but for label, attributes and elements
  absl::string_view label;       // valid while the attributes are
  std::optional<int64_t> frame;  // of a track's shape
  // An attribute that is no number and is taken as missing; empty if all is well.
  std::string problem;
};

// Missing occluded, outside, z_order, rotation, group_id are 0; a missing keyframe is 1: a shape
// that stands in a file without that word is one that somebody drew. kInvalidArgument names the
// attribute that is missing or no number.
absl::StatusOr<CvatXmlShape> ParseShape(ShapeType type, const XmlAttributes& attributes);

// <track>, <image>: a number of CVAT's; nothing if it is absent, none, or negative.
std::optional<int64_t> NumberAttribute(const XmlAttributes& attributes, absl::string_view name);

}  // namespace annofs
