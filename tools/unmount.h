// Takes a mount down: as root by umount2(2), else by fusermount3(1).
#pragma once

#include <string>

#include "absl/status/status.h"

namespace annofs {

// `mountpoint`: absolute. `lazy`: detached at once, also while files are open. The error says what
// to do; that of fusermount3 stands on stderr.
absl::Status Unmount(const std::string& mountpoint, bool lazy);

}  // namespace annofs
