// Errors about what a source holds, not about reaching it: they become problems of the dataset.
// Pure.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "formats/model.h"

namespace annofs {

// kInvalidArgument and kUnimplemented; all else is the source's, or ours.
bool IsContentError(const absl::Status& status);

// The error as a problem of `source` ("key" or "key!entry"): a leading "line 12: ", "line
// 12, column 3: " or "byte 345: " of its message is the position.
Problem ContentProblem(std::string source, const absl::Status& error);

}  // namespace annofs
