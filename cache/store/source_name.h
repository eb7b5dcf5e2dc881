// The names of stores (ObjectStore::name). Pure functions.
#pragma once

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace annofs {

// `source`, with "@2024-05-01T10:00:00Z" where names are shown as they were at a time.
std::string NameAtTime(absl::string_view source, std::optional<absl::Time> at);

}  // namespace annofs
