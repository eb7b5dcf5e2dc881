#include "formats/label_table.h"

#include "absl/strings/str_cat.h"

namespace annofs {

void LabelTable::Add(std::vector<Label> labels) {
  for (Label& label : labels) {
    std::pair<int32_t, std::string> key = {label.parent, label.name};
    uint32_t index = sink_.AddLabel(std::move(label));
    labels_.emplace(std::move(key), index);
  }
}

std::optional<uint32_t> LabelTable::Find(int32_t parent, absl::string_view name) const {
  auto found = labels_.find({parent, std::string(name)});
  if (found == labels_.end()) return std::nullopt;
  return found->second;
}

uint32_t LabelTable::FindOrAdd(int32_t parent, absl::string_view name, const Problem& where) {
  if (std::optional<uint32_t> known = Find(parent, name)) return *known;
  Problem problem = where;
  problem.reason = absl::StrCat("label '", name, "' is used but not declared: added");
  sink_.AddProblem(std::move(problem));
  uint32_t index = sink_.AddLabel({.name = std::string(name), .parent = parent});
  labels_.emplace(std::pair(parent, std::string(name)), index);
  return index;
}

}  // namespace annofs
