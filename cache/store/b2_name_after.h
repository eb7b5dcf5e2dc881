// The order of B2's names (reference/b2.md §1.6, §1.15). Pure functions.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

// What a listing of the names after `name` begins at, inclusive: valid UTF-8 of a length that a
// name may have, as low as that allows. `name` may be any bytes. Nothing: no name comes after it.
// Names that are not after `name` may come for all that, if it is as long as a name can be.
std::optional<std::string> B2NameAfter(absl::string_view name);

}  // namespace annofs
