// Where an export goes: refused before the work where it could harm something, and put in place in
// one step after it.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "tools/settings.h"

namespace annofs {

// The absolute path of the output. Refused: what is no directory, a symbolic link, a mountpoint, or
// the current directory; what holds, or lies in, a source directory or the cache; what exists and
// is not empty, without --force. `source`: as on the command line.
absl::StatusOr<std::string> CheckOutput(const Settings& settings, const std::string& source);

// Renames the finished `partial` to `output`. What stands there is moved aside first and deleted
// last: a failure leaves it as it was.
absl::Status PublishOutput(const std::string& partial, const std::string& output);

// True if `path` lies in `directory` or is it. Both absolute; links are followed as far as they
// exist.
bool LiesIn(const std::string& path, const std::string& directory);

}  // namespace annofs
