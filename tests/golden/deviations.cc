#include "tests/golden/deviations.h"

#include <fnmatch.h>

#include "absl/strings/str_cat.h"

namespace annofs::testing {
namespace {

bool Matches(absl::string_view pattern, absl::string_view text) {
  return fnmatch(std::string(pattern).c_str(), std::string(text).c_str(), FNM_NOESCAPE) == 0;
}

}  // namespace

const std::vector<Deviation>& Deviations() {
  static const auto* list = new std::vector<Deviation>{};
  return *list;
}

Judged Judge(const std::vector<Deviation>& list, absl::string_view which, absl::string_view format,
             const std::vector<Difference>& differences) {
  std::vector<const Deviation*> entries;
  for (const Deviation& entry : list) {
    if (Matches(entry.cases, which) && Matches(entry.format, format)) entries.push_back(&entry);
  }
  std::vector<bool> is_used(entries.size());
  Judged judged;
  for (const Difference& difference : differences) {
    bool is_allowed = false;
    for (size_t i = 0; i < entries.size(); ++i) {
      if (Matches(entries[i]->file, difference.file) &&
          Matches(entries[i]->place, difference.place)) {
        is_allowed = is_used[i] = true;
      }
    }
    if (!is_allowed) judged.wrong.push_back(difference);
  }
  for (size_t i = 0; i < entries.size(); ++i) {
    if (!is_used[i]) judged.idle.push_back(absl::StrCat(entries[i]->file, " ", entries[i]->place));
  }
  return judged;
}

}  // namespace annofs::testing
