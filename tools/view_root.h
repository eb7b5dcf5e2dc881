// `mount --view`: the directory of a view as the root of the mount.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "tools/settings.h"
#include "tools/stack.h"

namespace annofs {

// Puts that directory and its path into `stack`; nothing without --view. Reads the annotations of
// the view's dataset, up to the deadline of --timeout; SIGINT and SIGTERM end that (kCancelled).
// Threads that it starts take no signal, so that those of a mount go on coming to who waits for
// them. Errors say what to do: no such view (kNotFound), not read in time. REQUIRES: the stack's
// filesystem.
absl::Status OpenViewRoot(const Settings& settings, const std::string& source, Stack& stack);

}  // namespace annofs
