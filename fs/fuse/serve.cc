#include "fs/fuse/serve.h"

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/log.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr absl::Duration kWatchPeriod = absl::Milliseconds(200);
// What runs may notice its deadline by itself first: its error says more.
constexpr absl::Duration kGrace = absl::Milliseconds(500);

// Errors that tell the caller all there is to tell; everything else is a line of the log.
bool IsOrdinary(int error) {
  return error == ENOENT || error == EINTR || error == ENAMETOOLONG || error == ENOSYS;
}

}  // namespace

struct Server::Request {
  Request(fuse_req_t request, const Begun& begun) : reply(request), begun(begun) {}
  Cancellation cancellation;
  Reply reply;
  const Begun begun;
  std::atomic<bool> observed{false};  // who answers it, or gives it up, observes it once
  CallContext context;
  Operation operation;
};

Server::Server(Counters& counters, int slow_threads, absl::Duration timeout,
               std::vector<OpObserver*> observers, PathOf path_of)
    : errors_(counters.Get("fuse.errors")),
      slow_waiting_(counters, "fuse.slow_waiting"),
      slow_running_(counters, "fuse.slow_running"),
      timeout_(timeout),
      observers_(std::move(observers)),
      path_of_(std::move(path_of)),
      slow_lane_(size_t(slow_threads)) {}

Server::~Server() {
  Stop();
  if (watchdog_.joinable()) watchdog_.join();
}

void Server::Start() {
  watchdog_ = std::thread([this] { Watch(); });
}

absl::Status Server::TakenDown() { return absl::UnavailableError("the mount is being taken down"); }

void Server::ServeSlow(fuse_req_t fuse_request, const OpKind& kind, const OpTarget& target,
                       absl::Time begun, absl::Time deadline, Operation operation) {
  auto request =
      std::make_shared<Request>(fuse_request, Begun{kind, target, begun, /*waited=*/true});
  request->context.deadline = deadline;
  request->context.cancellation = &request->cancellation;
  request->operation = std::move(operation);
  request->reply.CancelOnInterrupt(request->cancellation);
  if (!Begin(request))
    return Finish(request->reply, request->begun, TakenDown(), &request->observed);
  slow_waiting_.Add(1);
  slow_lane_.Submit([this, request = std::move(request)] {
    slow_waiting_.Add(-1);
    const InGauge running(slow_running_);
    RunSlow(request);
  });
}

// False once Stop() has begun: it sees either the request or nothing of it.
bool Server::Begin(const std::shared_ptr<Request>& request) {
  absl::MutexLock lock(&mutex_);
  if (!stopping_) waiting_.insert(request);
  return !stopping_;
}

// The request is among the waiting until its answer is written.
void Server::RunSlow(const std::shared_ptr<Request>& request) {
  absl::Status status = request->context.Check();
  if (status.ok()) status = request->operation(request->reply, request->context);
  if (IsWouldBlock(status)) status = absl::InternalError("would block on the slow lane (a bug)");
  // Cancelled by Stop, not by the caller.
  if (stopping_ && absl::IsCancelled(status)) status = TakenDown();
  Finish(request->reply, request->begun, status, &request->observed);
  absl::MutexLock lock(&mutex_);
  waiting_.erase(request);
}

void Server::Finish(Reply& reply, const Begun& begun, const absl::Status& status,
                    std::atomic<bool>* observed) {
  if (status.ok()) {
    // Also waits until an answer that is being written has been.
    if (reply.Error(EIO)) LogError(absl::StrCat(begun.kind.name, " answered nothing (a bug)"));
    return Observe(begun, 0, observed);
  }
  int error = ToErrno(status);
  if (!reply.Error(error)) return;
  if (error != ENOENT) errors_.Add();
  if (!IsOrdinary(error) && !stopping_) {
    LogWarning(
        absl::StrCat(begun.kind.name, " of ", NameOf(begun.target.node), ": ", status.message()));
  }
  Observe(begun, error, observed);
}

std::string Server::NameOf(NodeId node) const {
  return path_of_ ? path_of_(node) : absl::StrFormat("node %x", node.value);
}

void Server::Observe(const Begun& begun, int error, std::atomic<bool>* observed) const {
  if (observed != nullptr && observed->exchange(true)) return;
  std::optional<EndedOp> op;
  for (OpObserver* observer : observers_) {
    if (!observer->Wants()) continue;
    if (!op) {
      op = EndedOp{.name = begun.kind.name,
                   .node = begun.target.node,
                   .range = begun.target.range,
                   .begun = begun.at,
                   .took = RealClock().Now() - begun.at,
                   .error = error,
                   .waited = begun.waited};
    }
    observer->Ended(*op);
  }
}

size_t Server::Stop() {
  absl::MutexLock one_at_a_time(&stop_mutex_);
  std::vector<std::shared_ptr<Request>> waiting;
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
    waiting.assign(waiting_.begin(), waiting_.end());
  }
  for (const std::shared_ptr<Request>& request : waiting) {
    request->cancellation.Cancel();
    if (request->reply.Error(EIO)) Observe(request->begun, EIO, &request->observed);
  }
  return waiting.size();
}

SessionState Server::State() const {
  SessionState state{.slow_threads = slow_lane_.threads()};
  std::vector<std::shared_ptr<Request>> requests;
  {
    absl::MutexLock lock(&mutex_);
    requests.assign(waiting_.begin(), waiting_.end());
  }
  state.waiting = requests.size();
  absl::c_sort(requests, [](const auto& a, const auto& b) { return a->begun.at < b->begun.at; });
  if (requests.size() > kMostOldest) requests.resize(kMostOldest);
  for (const std::shared_ptr<Request>& request : requests) {
    const absl::Time now = request->context.clock->Now();
    state.oldest.push_back({.name = std::string(request->begun.kind.name),
                            .node = request->begun.target.node,
                            .range = request->begun.target.range,
                            .age = now - request->begun.at,
                            .left = request->context.deadline - now});
  }
  return state;
}

absl::Duration Server::LongestOverdue() const {
  absl::Duration longest;
  absl::MutexLock lock(&mutex_);
  for (const std::shared_ptr<Request>& request : waiting_) {
    if (request->reply.answered()) continue;
    const absl::Time now = request->context.clock->Now();
    longest = std::max(longest, now - request->context.deadline);
  }
  return longest;
}

// Answers what is past its deadline although the operation has not noticed.
void Server::Watch() {
  auto stopped = [this] { return stopping_.load(); };
  std::vector<std::shared_ptr<Request>> late;
  while (true) {
    {
      absl::MutexLock lock(&mutex_);
      if (mutex_.AwaitWithTimeout(absl::Condition(&stopped), kWatchPeriod)) return;
      for (const std::shared_ptr<Request>& request : waiting_) {
        if (request->context.clock->Now() > request->context.deadline + kGrace)
          late.push_back(request);
      }
    }
    for (const std::shared_ptr<Request>& request : late) {
      request->cancellation.Cancel();
      Finish(request->reply, request->begun,
             absl::DeadlineExceededError("not done by its deadline"), &request->observed);
    }
    late.clear();
  }
}

}  // namespace annofs
