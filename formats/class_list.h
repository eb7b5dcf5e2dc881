// The labels of a format that numbers its classes. Not thread safe.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/reader.h"

namespace annofs {

class ClassList {
 public:
  static constexpr size_t kMaxClasses = 100000;  // more are left out, with one problem

  // `source`: where the names stand, for problems. `type`: of all labels.
  ClassList(std::string source, DatasetSink& sink, std::string type = "any")
      : source_(std::move(source)), sink_(sink), type_(std::move(type)) {}

  // The next class. Names that are no UTF-8 are mended, an empty one becomes "class N", and one
  // that was there before is the same label: each with a problem. `color`: "#rrggbb" or empty.
  void Add(absl::string_view name, absl::string_view color = "") {
    AddAs(int64_t(labels_.size()), name, color);
  }
  // A class with that number; numbers may have gaps.
  void AddAs(int64_t number, absl::string_view name, absl::string_view color = "");

  // The label of a class, nothing if it is out of range.
  std::optional<uint32_t> Label(int64_t number) const;
  // By name.
  std::optional<uint32_t> Find(absl::string_view name) const;
  uint32_t FindOrAdd(absl::string_view name, absl::string_view color = "");
  size_t size() const { return labels_.size(); }
  // By name.
  const std::map<std::string, uint32_t, std::less<>>& labels() const { return by_name_; }

 private:
  void Report(absl::string_view name, absl::string_view what);

  const std::string source_;
  DatasetSink& sink_;
  const std::string type_;
  bool told_too_many_ = false;
  std::map<int64_t, uint32_t> labels_;  // by class number
  std::map<std::string, uint32_t, std::less<>> by_name_;
};

}  // namespace annofs
