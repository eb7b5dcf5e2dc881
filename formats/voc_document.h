// One annotation file of PASCAL VOC (reference/cvat.md §9.4).
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

struct VocObject {
  std::string label;
  uint64_t line = 0;
  Shape shape;                       // a rectangle; its label is not set
  std::vector<AttributeKind> kinds;  // of its attributes
  std::string wrong;                 // why it has no box; empty if all is well
};

struct VocDocument {
  std::string file_name;
  uint32_t width = 0, height = 0;  // 0 = not said
  std::vector<VocObject> objects;  // parts of an object follow it and share its group
  std::vector<CutText> cut;        // texts too long to be kept whole
};

// What was read before an error stays. `next_group`: the first group number that is free.
absl::Status ParseVocDocument(absl::string_view text, int32_t& next_group, VocDocument& document);

}  // namespace annofs
