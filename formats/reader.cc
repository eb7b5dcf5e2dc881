#include "formats/reader.h"

#include <utility>

#include "absl/container/flat_hash_map.h"

namespace annofs {

void SpecifyAttributesOf(Label& label, std::vector<AttributeSpec> attributes) {
  absl::flat_hash_map<std::string, size_t> places;
  for (size_t i = 0; i < label.attributes.size(); ++i) places[label.attributes[i].name] = i;
  for (AttributeSpec& attribute : attributes) {
    const auto [place, is_new] = places.try_emplace(attribute.name, label.attributes.size());
    if (is_new) {
      label.attributes.push_back(std::move(attribute));
    } else {
      label.attributes[place->second] = std::move(attribute);
    }
  }
}

}  // namespace annofs
