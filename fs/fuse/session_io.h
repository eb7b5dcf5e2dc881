// Reads and writes of /dev/fuse in libfuse's place. libfuse 3.14 never passes FUSE_PARALLEL_DIROPS
// to the kernel, so that lookups in one directory would run one at a time; the INIT reply gets that
// bit here (architecture, idea 7). Nor does it let a mount ask for more readahead than the kernel
// had when INIT was sent; the reply here allows 1 MiB, and the kernel takes the less of that and of
// the mount's setting in /sys/class/bdi. Thread safe.
#pragma once

#include <fuse_lowlevel.h>

#include "absl/status/status.h"

namespace annofs {

// After fuse_session_mount().
absl::Status UseOwnIo(fuse_session* session);

}  // namespace annofs
