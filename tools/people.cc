#include "tools/people.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace annofs {

std::string Grouped(uint64_t number) {
  std::string text = absl::StrCat(number);
  for (size_t i = text.size(); i > 3; i -= 3) text.insert(i - 3, 1, ',');
  return text;
}

std::string RoughTime(absl::Duration duration) {
  duration = std::max(duration, absl::ZeroDuration());
  if (duration < absl::Minutes(2)) return absl::StrCat(absl::ToInt64Seconds(duration), " s");
  if (duration < absl::Hours(2)) return absl::StrCat(absl::ToInt64Minutes(duration), " min");
  if (duration < absl::Hours(48)) return absl::StrCat(absl::ToInt64Hours(duration), " h");
  return absl::StrCat(absl::ToInt64Hours(duration) / 24, " days");
}

}  // namespace annofs
