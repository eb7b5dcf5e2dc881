// A mount: the kernel's side of a Tree. The only place that knows libfuse.
//
// Two lanes (architecture, idea 6): FUSE workers run every operation on the fast lane; one that
// would wait is run again on the slow lane (up to 1,024 threads of 256-KiB stacks). Settings of
// ideas 6 and 7: max_background 4,096, congestion_threshold 3,072, no-open, readdirplus always,
// parallel lookups (INIT bit 18 through custom io), infinite entry and attribute lifetimes,
// negative entries kept.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/base/counters.h"
#include "fs/fuse/session_state.h"
#include "fs/kernel_cache.h"
#include "fs/op_observer.h"
#include "fs/tree.h"

namespace annofs {

struct SessionOptions {
  std::string mountpoint;   // an existing, empty directory that nothing is mounted on
  std::string source_name;  // first column of mountinfo: "b2://bucket"
  bool allow_other = false;
  uint32_t uid = 0, gid = 0;  // owner of every file
  uint32_t umask = 0222;      // files 0666, directories 0777 less these bits; it is read-only all
                              // the same, but what stands over it may take writes
  // How long the kernel keeps names; what changes before is dropped (KernelCache).
  absl::Duration names_kept = absl::InfiniteDuration();
  int workers = 0;  // 0 = one per core, at least 2
  int slow_threads = 1024;
  absl::Duration timeout = absl::Seconds(60);  // deadline of each operation
  bool xattr = false;                          // show Tree::Facts() as extended attributes
  std::vector<OpObserver*> observers;          // of every request; they outlive the session
  // So long no request may hold a worker, nor be unanswered after its deadline: see Answers().
  absl::Duration stuck = absl::Seconds(10);
};

class Session : public KernelCache {
 public:
  // Serves until the mount is gone (umount) or Stop(). Call once, on the thread that may block.
  virtual absl::Status Run() = 0;
  // From any thread, also a signal-handling one: answers parked requests with EIO, then takes the
  // mount down. A DropEntry() under way, which only a request can hold up, has ended when it
  // returns; later ones do nothing.
  virtual void Stop() = 0;
  virtual SessionState State() const = 0;
  // A request that comes now is taken and answered: not all workers have been busy with one for
  // `stuck` (none of them ever waits for the network), and none on the slow lane is that long past
  // its deadline. Waits for nothing: it is told by what the workers note, not by a request.
  virtual bool Answers() const = 0;
};

// Mounts (type fuse.annofs, ro, default_permissions). `tree` and `counters` outlive the session.
// Errors name the mountpoint and the remedy: missing, not a directory, not empty, in use, stale
// after a crash, /dev/fuse absent or refused, fusermount3 missing, allow_other not permitted.
// Starts no thread: those start in Run(). Counts "fuse.OP" and "fuse.errors".
absl::StatusOr<std::unique_ptr<Session>> MountSession(Tree& tree, Counters& counters,
                                                      const SessionOptions& options);

}  // namespace annofs
