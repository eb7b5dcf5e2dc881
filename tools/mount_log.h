// The log of a mount: where it is, and how it is opened. Stateless.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "tools/settings.h"

namespace annofs {

// Empty: it goes to stderr.
std::string LogFileOf(const Settings& settings);

// By --log-file, --log-level and --log-format; makes the cache directory where the log is in it,
// and the log there for its owner alone.
absl::Status StartMountLog(const Settings& settings);

// SIGHUP: goes on in the file that has the name now, since logrotate has renamed the other; where
// that fails, the log says so and goes on as it was.
void OpenLogAnew();

}  // namespace annofs
