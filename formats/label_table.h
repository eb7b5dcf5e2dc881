// The labels of a source by (parent, name): a sublabel may repeat a top-level name
// (reference/cvat.md §1.4). Not thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/reader.h"

namespace annofs {

class LabelTable {
 public:
  explicit LabelTable(DatasetSink& sink) : sink_(sink) {}

  // Adds those that it does not have, in their order; `parent` of each is an index into the list
  // itself.
  void Add(std::vector<Label> labels);
  std::optional<uint32_t> Find(int32_t parent, absl::string_view name) const;
  // A label that shapes use and the source does not declare is added at its first use, with one
  // problem.
  uint32_t FindOrAdd(int32_t parent, absl::string_view name, const Problem& where);

 private:
  uint32_t AddNew(Label label);

  DatasetSink& sink_;  // gets labels from here only, so that they are numbered in their order
  uint32_t next_ = 0;
  std::map<std::pair<int32_t, std::string>, uint32_t> labels_;
};

}  // namespace annofs
