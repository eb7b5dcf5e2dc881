#include "cache/base/near_word.h"

#include <algorithm>
#include <utility>

namespace annofs {
namespace {

constexpr size_t kFarthest = 2;

size_t Distance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = std::exchange(row[0], i);
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t changed = diagonal + (a[i - 1] != b[j - 1]);
      diagonal = std::exchange(row[j], std::min({row[j] + 1, row[j - 1] + 1, changed}));
    }
  }
  return row[b.size()];
}

// Before the distance is looked for: a wrong word may be megabytes long.
bool MayBeNear(absl::string_view a, absl::string_view b) {
  return std::max(a.size(), b.size()) - std::min(a.size(), b.size()) <= kFarthest;
}

}  // namespace

absl::string_view NearWord(absl::string_view wrong, const std::vector<absl::string_view>& words) {
  absl::string_view nearest;
  size_t least = kFarthest + 1;
  for (const absl::string_view word : words) {
    if (!MayBeNear(wrong, word)) continue;
    const size_t distance = Distance(wrong, word);
    if (distance >= least || distance >= std::min(wrong.size(), word.size())) continue;
    nearest = word;
    least = distance;
  }
  return nearest;
}

}  // namespace annofs
