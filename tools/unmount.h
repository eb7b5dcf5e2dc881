// Takes a mount down: as root by umount2(2), else by fusermount3(1).
#pragma once

#include <string>

#include "absl/status/status.h"
#include "tools/scratch_place.h"

namespace annofs {

// `mountpoint`: absolute. `lazy`: detached at once, also while files are open. The error says what
// to do; that of fusermount3 stands on stderr.
absl::Status Unmount(const std::string& mountpoint, bool lazy);

// The overlay and the read-only mount below it, as far as they are there, and what a daemon that
// has ended left.
absl::Status UnmountScratch(const ScratchPlace& place, bool lazy);

// A mount of annofs is there; of a place, also below others.
bool HasAnnofsMount(const std::string& mountpoint, const std::vector<MountRow>& mounts);

}  // namespace annofs
