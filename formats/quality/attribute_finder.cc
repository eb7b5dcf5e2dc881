#include "formats/quality/attribute_finder.h"

namespace annofs {

int32_t AttributeFinder::Find(uint32_t label, absl::string_view name) {
  absl::flat_hash_map<absl::string_view, int32_t>& names = names_[label];
  const std::vector<AttributeSpec>& specs = SpecsOf(label);
  if (names.empty()) {
    for (size_t i = 0; i < specs.size(); ++i) names.emplace(specs[i].name, int32_t(i));
  }
  auto found = names.find(name);
  return found == names.end() ? -1 : found->second;
}

}  // namespace annofs
