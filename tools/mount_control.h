// A conversation with the daemon of a mount, through its control socket.
#pragma once

#include "absl/status/statusor.h"
#include "tools/mount_table.h"

namespace annofs {

// A connection, which the caller closes. kUnavailable: it does not answer; the message says what to
// do.
absl::StatusOr<int> ConnectMount(const MountEntry& mount);

}  // namespace annofs
