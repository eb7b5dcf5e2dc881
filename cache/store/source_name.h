// What identifies the source of a store (ObjectStore::identity). Pure functions.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

// "NAME at HOST[:PORT][/PATH]", by the URL of the service: two services may have a bucket of the
// same name. The scheme does not count, nor the port that it has anyway.
std::string NameAtEndpoint(absl::string_view name, absl::string_view endpoint);

}  // namespace annofs
