// Faults as JSON: what the admin interface takes and what a file of faults holds. Pure.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/json.h"
#include "tools/emulator/fault.h"

namespace annofs::emulator {

// One fault (an object) or an array of them. Error: 400 bad_request that names the fault (from 0)
// and the member that is unknown, of a wrong type or of a value that means nothing.
absl::StatusOr<std::vector<Fault>> ParseFaults(JsonValue json);

// The same from text. Error besides: 400 bad_json with line and column.
absl::StatusOr<std::vector<Fault>> ParseFaults(absl::string_view text);

}  // namespace annofs::emulator
