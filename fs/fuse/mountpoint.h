// Checks before mounting and settings after it. Stateless.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace annofs {

// OK if something can be mounted there: an existing, empty directory that is no mountpoint. Each
// error names it and the remedy. Also checks that /dev/fuse can be opened.
absl::Status CheckMountpoint(const std::string& mountpoint);

// "Transport endpoint is not connected": a FUSE mount is there whose daemon has ended. Asks the
// daemon, if there is one, and waits for its answer.
bool HasDied(const std::string& mountpoint);

// The directories, as in $PATH, in which libfuse looks for fusermount3, in its order.
std::string FusermountPath();

// Whether the text of /etc/fuse.conf permits allow_other to users other than root.
bool PermitsAllowOther(absl::string_view fuse_conf);

// What is probably the cause when libfuse cannot mount, and the remedy.
std::string WhyMountFails(bool allow_other);

// Raises the mount's readahead in the kernel to 1 MiB where permitted (default 128 KiB). Finds the
// mount in /proc/self/mountinfo: does not touch it. Call it before INIT is answered: that answer
// may only lower the setting.
void RaiseReadahead(const std::string& mountpoint);

}  // namespace annofs
