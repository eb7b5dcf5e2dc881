// Mounts of annofs whose daemon has ended without taking them down: whoever uses one gets
// "Transport endpoint is not connected". They are told by their control sockets, which a dead
// daemon leaves and nobody answers at: a mountpoint, which may hang, is never touched. Stateless.
#pragma once

#include <optional>
#include <ostream>
#include <string>

#include "absl/status/status.h"
#include "tools/mount_table.h"

namespace annofs {

// kUnknown: there is no socket here to tell it by, or another user's.
enum class DaemonState { kLives, kDead, kUnknown };

// Where the daemon of a mount of annofs listens, or has listened; nothing: as kUnknown.
std::optional<std::string> SocketOf(const MountEntry& mount);

// Of a mount of annofs. Does not wait.
DaemonState StateOfDaemon(const MountEntry& mount);

// Takes down the dead mounts of annofs that stand at `mountpoint` (absolute), and says so, one line
// each, in the log and in `notes`. Errors with the remedy: a mount of annofs that lives, and a dead
// one of another type. OK where there is nothing, or something else.
absl::Status ClearDeadMounts(const std::string& mountpoint, std::ostream& notes);

}  // namespace annofs
