// What somebody may have meant who has mistyped one of a few words. Pure.
#pragma once

#include <vector>

#include "absl/strings/string_view.h"

namespace annofs {

// The word that is at most two single-character edits away (Levenshtein), the nearest, of equally
// near ones the first; empty: none is. Of the shorter one something must be left: "id" is not near
// to "by".
absl::string_view NearWord(absl::string_view wrong, const std::vector<absl::string_view>& words);

}  // namespace annofs
