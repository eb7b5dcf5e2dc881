// Runs an operation for a request: on the fast lane, and again on the slow lane if it would block.
// Counts, logs, answers errors, and keeps deadlines: a request is answered by its deadline even if
// what serves it hangs. Thread safe.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/counters.h"
#include "fs/fuse/reply.h"
#include "fs/fuse/slow_lane.h"

namespace annofs {

// One kind of request: its name for the log, its counter.
struct OpKind {
  absl::string_view name;
  Counter* count = nullptr;
};

class Server {
 public:
  // What a request does: answers through `reply` and returns OK, or returns an error without having
  // answered.
  using Operation = std::function<absl::Status(Reply& reply, const CallContext& context)>;

  Server(Counters& counters, int slow_threads, absl::Duration timeout);
  ~Server();

  // `node` is for the log.
  void Serve(fuse_req_t request, const OpKind& kind, NodeId node, Operation operation);

  // Starts the watchdog.
  void Start();
  // From now on every request, also those under way, is answered EIO at once.
  void Stop();

 private:
  struct Request;
  void RunSlow(const std::shared_ptr<Request>& request);
  void Finish(Request& request, const absl::Status& status);
  void Watch();

  Counter& errors_;
  const absl::Duration timeout_;
  absl::Mutex mutex_;
  bool stopping_ ABSL_GUARDED_BY(mutex_) = false;
  absl::flat_hash_set<std::shared_ptr<Request>> waiting_
      ABSL_GUARDED_BY(mutex_);  // on the slow lane
  std::thread watchdog_;
  SlowLane slow_lane_;  // last: its jobs use the rest
};

}  // namespace annofs
