// Mappings as PyYAML's yaml.dump() writes them by default (block style, 80 columns, characters
// beyond ASCII escaped), which is how CVAT's exports write data.yaml (reference/cvat.md §9.4). The
// reading side is formats/small_yaml.h. Pure; linear in the texts.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

// `key: value` of the mapping at the root, with its line's end. Bytes that are no UTF-8 become
// U+FFFD.
void AppendYamlEntry(absl::string_view key, absl::string_view value, std::string& out);
// `  7: value` of a mapping inside of it.
void AppendYamlNumbered(uint64_t key, absl::string_view value, std::string& out);

}  // namespace annofs
