// What a mount is busy with: for who looks at it, and for systemd's watchdog.
#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "cache/store/object_store.h"
#include "fs/node.h"

namespace annofs {

// A request that is served on the slow lane.
struct WaitingRequest {
  std::string name;  // "read"
  NodeId node;
  ByteRange range;  // of a read
  absl::Duration age;
  absl::Duration left;  // until its deadline; negative: past it
};

// What a session is busy with.
struct SessionState {
  int workers = 0;              // that read requests of the kernel
  int busy_workers = 0;         // of these, which serve one
  absl::Duration longest_busy;  // of these
  size_t slow_threads = 0;
  size_t waiting = 0;                  // requests on the slow lane
  std::vector<WaitingRequest> oldest;  // of these, the oldest first
};
inline constexpr size_t kMostOldest = 100;

}  // namespace annofs
