// SIGUSR1: what a mount is doing, into its log, whatever the log's level is: a line for each
// request that waits (the 100 oldest), one each for threads and memory, and at last one with the
// status as JSON. Stateless.
#pragma once

#include "absl/strings/string_view.h"
#include "fs/filesystem.h"
#include "fs/fuse/session.h"

namespace annofs {

// `root`: what the mount shows of the tree, see ShownPath().
void DumpState(const Session& session, Filesystem& filesystem, absl::string_view root);

}  // namespace annofs
