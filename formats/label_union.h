// The labels of several files as one list: of one (parent, name) there is one label (reference/
// cvat.md §1.4), and there is a bound. Not thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "formats/reader.h"

namespace annofs {

// Of a dataset in JSON; what is more is left out.
inline constexpr size_t kMaxJsonLabels = 100000;

inline Problem TooManyLabels(absl::string_view source) {
  return {.severity = Problem::Severity::kError,
          .source = std::string(source),
          .reason = absl::StrCat("more than ", kMaxJsonLabels, " labels: the others are left out")};
}

class LabelUnion {
 public:
  explicit LabelUnion(DatasetSink& sink) : sink_(sink) {}

  // The sink's number; `parent` of the label is the sink's too. A label that is there stays as it
  // is. Nothing: there are too many, which is a problem of `source` once.
  std::optional<uint32_t> Add(Label label, absl::string_view source) {
    std::pair<int32_t, std::string> key(label.parent, label.name);
    const auto known = labels_.find(key);
    if (known != labels_.end()) return known->second;
    if (labels_.size() >= kMaxJsonLabels) {
      if (!std::exchange(is_full_, true)) sink_.AddProblem(TooManyLabels(source));
      return std::nullopt;
    }
    const uint32_t number = sink_.AddLabel(std::move(label));
    labels_.emplace(std::move(key), number);
    return number;
  }

 private:
  DatasetSink& sink_;
  std::map<std::pair<int32_t, std::string>, uint32_t> labels_;
  bool is_full_ = false;
};

}  // namespace annofs
