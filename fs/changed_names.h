// Names that have changed, many of them, in little memory: one text for all. Not thread safe.
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "cache/catalog.h"

namespace annofs {

class ChangedNames {
 public:
  void Add(RowId directory, absl::string_view name) {
    if (runs_.empty() || runs_.back().directory != directory) runs_.push_back({directory, 0});
    text_.append(name.data(), name.size()).push_back('\0');
    runs_.back().end = text_.size();
  }

  bool empty() const { return runs_.empty(); }

  // In the order in which they came, until `fn` answers false.
  void ForEach(absl::FunctionRef<bool(RowId directory, absl::string_view name)> fn) const {
    size_t at = 0;
    for (const Run& run : runs_) {
      while (at < run.end) {
        absl::string_view name(text_.data() + at);
        if (!fn(run.directory, name)) return;
        at += name.size() + 1;
      }
    }
  }

 private:
  // Names of one directory, up to a place in the text.
  struct Run {
    RowId directory = 0;
    size_t end = 0;
  };
  std::vector<Run> runs_;
  std::string text_;
};

}  // namespace annofs
