// The file of --credentials: lines NAME=VALUE, a shared file of AWS's tools, or the account
// database of the b2 tool; told apart by content.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "tools/access.h"

namespace annofs {

// Lines NAME=VALUE with the names of the environment. `export` before and quotes around are
// allowed; '#' starts a comment line. kInvalidArgument "line N: what", without the line's text.
absl::StatusOr<Variables> ParseVariables(absl::string_view text);

// `profile`: which one, if the file has profiles. Errors name the file.
absl::StatusOr<Access> ReadCredentialsFile(const std::string& path, const std::string& profile);

}  // namespace annofs
