// The part of YAML in which dataset descriptions are written (data.yaml of Ultralytics, as PyYAML
// and people write it): a mapping whose values are scalars, lists of scalars or mappings of
// scalars; block and flow style, plain and quoted scalars, folded lines, comments. Own code: a YAML
// library builds a tree of whatever depth and aliases a hostile text has. Pure.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs {

struct YamlValue {
  enum class Kind { kScalar, kList, kMapping } kind = Kind::kScalar;
  std::string scalar;
  std::vector<std::pair<std::string, std::string>> items;  // keys are empty in a list
};

struct YamlDocument {
  std::vector<std::pair<std::string, YamlValue>> values;  // in their order
  std::vector<uint64_t> bad_lines;  // lines that are none of the above; they are passed over
  // nullptr if absent.
  const YamlValue* Find(absl::string_view key) const;
};

YamlDocument ParseSmallYaml(absl::string_view text);

}  // namespace annofs
