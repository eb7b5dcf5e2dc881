// SIGUSR1: what a mount is doing, into its log, whatever the log's level is: a line for each
// request that waits (the 100 oldest), one each for threads and memory, and at last one with the
// status as JSON. Stateless.
#pragma once

#include "fs/filesystem.h"
#include "fs/fuse/session.h"

namespace annofs {

void DumpState(const Session& session, const Filesystem& filesystem);

}  // namespace annofs
