// What the comparers of tests/golden find.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs::testing {

struct Difference {
  std::string file;
  // Within the file: "line 12", "/annotations/3/bbox/0", "/annotations/meta/task/owner", "pixels";
  // "file" where it is missing or more.
  std::string place;
  std::string what;  // both values: "golden …, ours …"
};

// Collects those of one file; keeps the first kMost of them, and counts all. Not thread safe.
class FileDifferences {
 public:
  static constexpr size_t kMost = 5000;
  explicit FileDifferences(std::string file) : file_(std::move(file)) {}
  void Add(std::string place, std::string what) {
    if (list_.size() < kMost) list_.push_back({file_, std::move(place), std::move(what)});
  }
  // "golden GOLDEN, ours OURS"
  void AddValues(std::string place, absl::string_view golden, absl::string_view ours);
  std::vector<Difference> Take() { return std::move(list_); }

 private:
  const std::string file_;
  std::vector<Difference> list_;
};

}  // namespace annofs::testing
