// One annotation file of LabelMe 3.0 (reference/cvat.md §9.4).
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "formats/attribute_types.h"
#include "formats/model.h"
#include "formats/xml_leaves.h"

namespace annofs {

struct LabelMeObject {
  std::string label;
  uint64_t line = 0;
  Shape shape;                       // a rectangle or a polygon; its label is not set
  std::string mask;                  // name of the picture of a mask
  std::vector<AttributeKind> kinds;  // of its attributes
  bool is_mask = false;              // its pixels are a picture: the shape has no points
  std::string wrong;                 // why it is none; empty if all is well
};

struct LabelMeDocument {
  std::string folder, file_name;
  uint32_t width = 0, height = 0;      // 0 = not said
  std::vector<LabelMeObject> objects;  // without those that the file calls deleted
  std::vector<CutText> cut;            // texts too long to be kept whole
};

// What was read before an error stays. `next_group`: the first group number that is free.
absl::Status ParseLabelMeDocument(absl::string_view text, int32_t& next_group,
                                  LabelMeDocument& document);

// `k=v, k="5", flag`: `\`, `=`, `"` and `,` are escaped by a backslash; a value in quotes is text
// that looks like a number; a name alone is true. Pure.
struct LabelMeAttribute {
  std::string name, value;
  AttributeKind kind = AttributeKind::kText;
  friend bool operator==(const LabelMeAttribute&, const LabelMeAttribute&) = default;
};
std::vector<LabelMeAttribute> ParseLabelMeAttributes(absl::string_view text);

}  // namespace annofs
