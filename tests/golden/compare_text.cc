#include <algorithm>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "tests/golden/compare_files.h"

namespace annofs::testing {
namespace {

constexpr size_t kShownBytes = 160;

// The part of a text around a place where it differs from another.
std::string Around(absl::string_view text, size_t place) {
  const size_t begin = place > kShownBytes / 2 ? place - kShownBytes / 2 : 0;
  const std::string shown = absl::Utf8SafeCEscape(text.substr(begin, kShownBytes));
  return absl::StrCat(begin > 0 ? "…" : "", "\"", shown, "\"",
                      begin + kShownBytes < text.size() ? "…" : "");
}

}  // namespace

void FileDifferences::AddValues(std::string place, absl::string_view golden,
                                absl::string_view ours) {
  const auto mismatch = std::mismatch(golden.begin(), golden.end(), ours.begin(), ours.end());
  const size_t at = size_t(mismatch.first - golden.begin());
  Add(std::move(place), absl::StrCat("golden ", Around(golden, at), ", ours ", Around(ours, at)));
}

void CompareText(absl::string_view golden, absl::string_view ours, FileDifferences& out) {
  if (golden == ours) return;
  const std::vector<absl::string_view> a = absl::StrSplit(golden, '\n'),
                                       b = absl::StrSplit(ours, '\n');
  if (a.size() != b.size()) {
    out.Add("lines",
            absl::StrCat("golden has ", a.size() - 1, " ends of lines, ours ", b.size() - 1));
  }
  for (size_t i = 0; i < std::max(a.size(), b.size()); ++i) {
    const std::string place = absl::StrCat("line ", i + 1);
    if (i >= a.size()) {
      out.Add(place, absl::StrCat("only ours: ", Around(b[i], 0)));
    } else if (i >= b.size()) {
      out.Add(place, absl::StrCat("only golden: ", Around(a[i], 0)));
    } else if (a[i] != b[i]) {
      out.AddValues(place, a[i], b[i]);
    }
  }
}

}  // namespace annofs::testing
