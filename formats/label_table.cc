#include "formats/label_table.h"

#include "absl/strings/str_cat.h"

namespace annofs {

void LabelTable::Add(std::vector<Label> labels) {
  // A sublabel may stand before its skeleton: what is known, and what gets which number, is settled
  // before anything is added.
  std::vector<std::optional<uint32_t>> known(labels.size());
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].parent < 0) known[i] = Find(-1, labels[i].name);
  }
  for (size_t i = 0; i < labels.size(); ++i) {
    if (labels[i].parent < 0 || !known[size_t(labels[i].parent)]) continue;
    known[i] = Find(int32_t(*known[size_t(labels[i].parent)]), labels[i].name);
  }
  std::vector<uint32_t> indexes(labels.size());
  uint32_t next = next_;
  for (size_t i = 0; i < labels.size(); ++i) indexes[i] = known[i] ? *known[i] : next++;
  for (size_t i = 0; i < labels.size(); ++i) {
    if (known[i]) continue;
    Label& label = labels[i];
    if (label.parent >= 0) label.parent = int32_t(indexes[size_t(label.parent)]);
    AddNew(std::move(label));
  }
}

uint32_t LabelTable::AddNew(Label label) {
  std::pair<int32_t, std::string> key = {label.parent, label.name};
  const uint32_t index = sink_.AddLabel(std::move(label));
  labels_.emplace(std::move(key), index);
  next_ = index + 1;
  return index;
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
  return AddNew({.name = std::string(name), .parent = parent});
}

}  // namespace annofs
