// Runs an operation for a request: on the fast lane, and again on the slow lane if it would block.
// Counts, logs, answers errors, and keeps deadlines: a request is answered by its deadline even if
// what serves it hangs. Thread safe.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/counters.h"
#include "cache/base/gauge.h"
#include "cache/base/status.h"
#include "cache/base/worker_pool.h"
#include "fs/fuse/reply.h"
#include "fs/fuse/session_state.h"
#include "fs/op_observer.h"

namespace annofs {

// One kind of request: its name for the log, its counter.
struct OpKind {
  absl::string_view name;
  Counter* count = nullptr;
};

// What a request is about, for the log and for who observes.
struct OpTarget {
  NodeId node;
  ByteRange range;  // of a read
};

class Server {
 public:
  // What a request does: answers through `reply` and returns OK, or returns an error without having
  // answered.
  using Operation = std::function<absl::Status(Reply& reply, const CallContext& context)>;

  // Called on any thread; see SessionOptions.
  using PathOf = std::function<std::string(NodeId)>;
  // All outlive it. Counts "fuse.errors" and has the gauges "fuse.slow_waiting" and
  // "fuse.slow_running" of the slow lane.
  Server(Counters& counters, int slow_threads, absl::Duration timeout,
         std::vector<OpObserver*> observers = {}, PathOf path_of = nullptr);
  // Stops, and waits for the jobs of the slow lane.
  ~Server();

  // `operation` is an Operation, copied only if it would block: what the fast lane answers takes no
  // memory.
  template <typename Function>
  void Serve(fuse_req_t request, const OpKind& kind, const OpTarget& target,
             const Function& operation) {
    kind.count->Add();
    Reply reply(request);
    CallContext context{.lane = Lane::kFast};
    const absl::Time begun = context.clock->Now();
    context.deadline = begun + timeout_;
    const absl::Status status = stopping_.load() ? TakenDown() : operation(reply, context);
    if (IsWouldBlock(status)) {
      return ServeSlow(reply.Release(), kind, target, begun, context.deadline, operation);
    }
    Finish(reply, {kind, target, begun}, status);
  }

  // Starts the watchdog. Call at most once.
  void Start();
  // From now on every request, also those under way, is answered EIO at once. When it returns, no
  // answer of the slow lane is being written and none will be: /dev/fuse may be closed once those
  // who call Serve() are done. Answers how many were under way.
  size_t Stop();

  // What is on the slow lane: that part of a session's state.
  SessionState State() const;
  // How long the request that is the longest past its deadline has been that; 0: none is.
  absl::Duration LongestOverdue() const;

 private:
  struct Request;
  struct Begun {
    OpKind kind;
    OpTarget target;
    absl::Time at;
    bool waited = false;  // on the slow lane
  };
  static absl::Status TakenDown();
  void ServeSlow(fuse_req_t request, const OpKind& kind, const OpTarget& target, absl::Time begun,
                 absl::Time deadline, Operation operation);
  void RunSlow(const std::shared_ptr<Request>& request);
  // `observed`: of a request of the slow lane, which others may have answered.
  void Finish(Reply& reply, const Begun& begun, const absl::Status& status,
              std::atomic<bool>* observed = nullptr);
  void Observe(const Begun& begun, int error, std::atomic<bool>* observed) const;
  std::string NameOf(NodeId node) const;
  void Watch();
  bool Begin(const std::shared_ptr<Request>& request);

  Counter& errors_;
  const Gauge slow_waiting_;
  const Gauge slow_running_;
  const absl::Duration timeout_;
  const std::vector<OpObserver*> observers_;
  const PathOf path_of_;
  mutable absl::Mutex mutex_;
  std::atomic<bool> stopping_{false};  // set under mutex_
  absl::flat_hash_set<std::shared_ptr<Request>> waiting_
      ABSL_GUARDED_BY(mutex_);                           // on the slow lane
  absl::Mutex stop_mutex_ ABSL_ACQUIRED_BEFORE(mutex_);  // one Stop() at a time
  std::thread watchdog_;
  WorkerPool slow_lane_;  // last: its jobs use the rest
};

}  // namespace annofs
