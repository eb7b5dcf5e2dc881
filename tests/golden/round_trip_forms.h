// What of a file is compared when an export is read and written again, where its format holds the
// file but for something small: both are brought into a form without that. Narrower than a loss
// (round_trip_losses.h): all that is left must be equal. A form that no dataset needs fails a test.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "tests/golden/compare_trees.h"

namespace annofs::testing {

// Patterns as those of Deviation.
struct RoundTripForm {
  absl::string_view cases, format, file;
  std::string (*of)(absl::string_view content);
  absl::string_view reason;
};
const std::vector<RoundTripForm>& RoundTripForms();

// Brings the files that both trees have, and that differ, into their forms. Answers the forms that
// made a file equal.
std::set<const RoundTripForm*> BringIntoForm(absl::string_view which, absl::string_view format,
                                             FileTree& a, FileTree& b);

}  // namespace annofs::testing
