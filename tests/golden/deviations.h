// Where our exports rightly differ from the golden ones: the whole list, with a reason each. An
// entry that some case of its own does not need fails that case's test.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/golden/difference.h"

namespace annofs::testing {

// Patterns of fnmatch(3); `*` stands for slashes too.
struct Deviation {
  absl::string_view cases, format, file, place;
  absl::string_view reason;
};
const std::vector<Deviation>& Deviations();

struct Judged {
  std::vector<Difference> wrong;  // that no entry allows
  std::vector<std::string> idle;  // entries for this case and format that allow nothing here
  std::vector<const Deviation*> used;
};
Judged Judge(const std::vector<Deviation>& list, absl::string_view which, absl::string_view format,
             const std::vector<Difference>& differences);

}  // namespace annofs::testing
