// The labels of a dataset that is made of others (formats/dataset_copy.h): which stay, what they
// are called, which are one. Immutable, thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "formats/dataset_config.h"
#include "formats/model.h"

namespace annofs {

// Of one name and parent there is one label for all datasets; one that a dataset has twice is two.
// What `rename` and `merge` call alike is one, with whatever else is called so; a name in both is
// merged. The parts of skeletons that become one are one where they are called alike; others follow
// those of the first skeleton.
//
// One label has the attributes of all; of one that several have the values of all, where they are
// chosen from a list, and it is "text" where the input types differ. Colour, drawing and defaults
// are the first one's; shapes whose own label had another default say its value from then on. The
// type is "skeleton" if one of them is, "any" where they differ.
class CopiedLabels {
 public:
  // `parts`: of each dataset. Adds a problem for each name in the rules that nothing has.
  CopiedLabels(const std::vector<const DatasetInfo*>& parts, const LabelRules& rules,
               std::vector<Problem>& problems);

  // Without rules and of one dataset: its labels as they are. Else in the order in which they come,
  // but `order` first; the parts of a skeleton that a later dataset adds stand behind the others of
  // it.
  const std::vector<Label>& labels() const { return labels_; }
  // The number of a dataset's label here; nothing: it is left out.
  std::optional<uint32_t> Find(size_t part, uint32_t label) const {
    if (label >= numbers_[part].size() || numbers_[part][label] < 0) return std::nullopt;
    return uint32_t(numbers_[part][label]);
  }
  // Gives a dataset's shape the labels that it has here. False: its label is left out. Elements
  // whose label is left out, since it is none of their skeleton's, are taken away and counted.
  bool Relabel(size_t part, Shape& shape, uint64_t& lost_elements) const;

 private:
  std::vector<Label> labels_;
  std::vector<std::vector<int32_t>> numbers_;  // by part and label; -1: left out
  // By part and label: what a shape has that does not say it.
  std::vector<absl::flat_hash_map<uint32_t, std::vector<Attribute>>> defaults_;
};

}  // namespace annofs
