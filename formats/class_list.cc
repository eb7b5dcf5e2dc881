#include "formats/class_list.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/text.h"
#include "formats/text_table.h"

namespace annofs {

void ClassList::Report(absl::string_view name, absl::string_view what) {
  sink_.AddProblem(
      {.source = source_, .position = std::string(), .reason = absl::StrCat(name, " ", what)});
}

void ClassList::AddAs(int64_t number, absl::string_view name, absl::string_view color) {
  if (labels_.size() >= kMaxClasses) {
    if (!std::exchange(told_too_many_, true))
      Report("more classes than", absl::StrCat(kMaxClasses, ": the others are left out"));
    return;
  }
  std::string good(name);
  if (!IsValidUtf8(name)) {
    good = MendUtf8(name);
    Report(absl::StrCat("class ", number), "has a name that is no UTF-8: mended");
  }
  if (good.empty()) {
    good = absl::StrCat("class ", number);
    Report(good, "has no name");
  }
  auto known = by_name_.find(good);
  if (known != by_name_.end()) {
    Report(absl::StrCat("class ", number), absl::StrCat("repeats the name '", good, "'"));
    labels_.emplace(number, known->second);
    return;
  }
  if (labels_.contains(number)) {
    Report(absl::StrCat("class ", number), absl::StrCat("has a second name, '", good, "'"));
    return;
  }
  labels_.emplace(number, FindOrAdd(good, color));
}

std::optional<uint32_t> ClassList::Label(int64_t number) const {
  auto found = labels_.find(number);
  return found == labels_.end() ? std::nullopt : std::optional(found->second);
}

std::optional<uint32_t> ClassList::Find(absl::string_view name) const {
  auto found = by_name_.find(name);
  return found == by_name_.end() ? std::nullopt : std::optional(found->second);
}

uint32_t ClassList::FindOrAdd(absl::string_view name, absl::string_view color) {
  if (std::optional<uint32_t> known = Find(name)) return *known;
  uint32_t index =
      sink_.AddLabel({.name = std::string(name), .color = std::string(color), .type = type_});
  by_name_.emplace(name, index);
  return index;
}

}  // namespace annofs
