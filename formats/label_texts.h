// The labels that have something of a kind, as the first level of a facet: their texts are their
// names, their numbers their own. Immutable, thread safe.
#pragma once

#include <optional>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "formats/model.h"

namespace annofs {

class LabelTexts {
 public:
  // `labels`: ascending; others than those of `info` do not count.
  LabelTexts(const DatasetInfo& info, std::vector<uint32_t> labels);

  void ForEach(const DatasetInfo& info, uint32_t from,
               absl::FunctionRef<bool(uint32_t number, absl::string_view text)> fn) const;
  // The first of that name.
  std::optional<uint32_t> Find(const DatasetInfo& info, absl::string_view name) const;

 private:
  std::vector<uint32_t> labels_;
  std::vector<uint32_t> by_name_;  // the same by name, of equal ones the first only
};

}  // namespace annofs
