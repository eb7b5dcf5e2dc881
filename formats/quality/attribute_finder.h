// The specification of each attribute of a shape, in time that grows with its attributes. Not
// thread safe.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "formats/model.h"

namespace annofs {

class AttributeFinder {
 public:
  // `info` outlives it.
  explicit AttributeFinder(const DatasetInfo& info)
      : labels_(info.labels), names_(labels_.size()) {}

  const std::vector<AttributeSpec>& SpecsOf(uint32_t label) const {
    return labels_[label].attributes;
  }

  // Calls `fn` with each of the shape's attributes and its place in SpecsOf(its label); -1: it is
  // not specified. REQUIRES: shape.label is that of a label.
  template <typename Fn>
  void ForEach(const Shape& shape, Fn fn) {
    const std::vector<AttributeSpec>& specs = SpecsOf(shape.label);
    size_t likely = 0;  // most shapes have them in the order of their label
    for (const Attribute& attribute : shape.attributes) {
      const bool is_likely = likely < specs.size() && specs[likely].name == attribute.name;
      const int32_t found = is_likely ? int32_t(likely) : Find(shape.label, attribute.name);
      if (found >= 0) likely = size_t(found) + 1;
      fn(attribute, found);
    }
  }

 private:
  int32_t Find(uint32_t label, absl::string_view name);

  const std::vector<Label>& labels_;
  std::vector<absl::flat_hash_map<absl::string_view, int32_t>> names_;  // by label, when asked for
};

}  // namespace annofs
