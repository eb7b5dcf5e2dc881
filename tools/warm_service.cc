#include "tools/warm_service.h"

#include <thread>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "fs/warm.h"
#include "tools/warm_protocol.h"

namespace annofs {
namespace {

// For one who has sent all its lines before it reads what it was told.
constexpr absl::Duration kEndPatience = absl::Seconds(10);
constexpr size_t kQueue = 1024;  // objects: lines wait in the socket until they are worked on

// One client's warm.
class Conversation {
 public:
  Conversation(Filesystem& tree, BlockCache& blocks, const WarmServiceOptions& options,
               const WarmRequest& request, ControlClient& client)
      : tree_(tree),
        options_(options),
        request_(request),
        client_(client),
        warmer_(tree, blocks,
                {.action = request.action,
                 .keep = request.keep,
                 .readers = options.readers,
                 .queue = kQueue,
                 .unwritten = options.unwritten,
                 .names = options.names,
                 .views_name = options.views_name,
                 .timeout = options.timeout,
                 .cancellation = &client.stopped()}),
        teller_([this] { TellProgress(); }) {}

  ~Conversation() { EndTelling(); }

  void Run() {
    const absl::Status status = TakeLines();
    if (!status.ok()) {
      // What was taken in before is still done.
      EndTelling();
      Say(ErrorAnswer(status.message()));
      warmer_.Finish();
      return;
    }
    warmer_.Finish();
    // The client hears of progress meanwhile: that is a look at each object.
    const bool fetches = request_.action == WarmOptions::Action::kFetch;
    const uint64_t not_kept = fetches ? warmer_.NotKept() : 0;
    EndTelling();
    TellEnd(not_kept);
  }

 private:
  absl::Status TakeLines() {
    for (;;) {
      ASSIGN_OR_RETURN(const std::optional<std::string> line,
                       client_.lines().Next(options_.patience));
      if (!line) return absl::OkStatus();
      if (!line->empty()) RETURN_IF_ERROR(warmer_.AddEscaped(*line));
    }
  }

  // The thread that tells, until EndTelling().
  void TellProgress() {
    absl::MutexLock lock(&mutex_);
    while (!mutex_.AwaitWithTimeout(absl::Condition(&ended_), options_.progress_period)) {
      mutex_.Unlock();
      // One who does not read now hears of it later.
      if (client_.IsReady()) Tell(ProgressAnswer(CountsOf(warmer_.Progress(), request_.action)));
      mutex_.Lock();
    }
  }

  void EndTelling() {
    if (!teller_.joinable()) return;
    {
      absl::MutexLock lock(&mutex_);
      ended_ = true;
    }
    teller_.join();
  }

  // With the failures that were not told yet.
  void Tell(absl::string_view text) {
    const WarmProgress progress = warmer_.Progress();
    for (; told_failures_ < progress.failures.size(); ++told_failures_) {
      Say(FailedAnswer(progress.failures[told_failures_]));
    }
    Say(text);
  }

  void Say(absl::string_view text) {
    const bool stops = client_.stopped().cancelled();
    listens_ = listens_ && client_.Send(text, stops ? absl::Seconds(1) : kEndPatience);
  }

  void TellEnd(uint64_t not_kept) {
    if (client_.stopped().cancelled()) return Say(ErrorAnswer("the mount ends"));
    const WarmProgress progress = warmer_.Progress();
    const bool counts = request_.action == WarmOptions::Action::kCount;
    if (not_kept > 0) Say(NotKeptAnswer(not_kept));
    if (counts) {
      const std::optional<Estimate> cost =
          tree_.EstimateOf({.b = progress.missing.requests, .bytes = progress.missing.bytes});
      if (cost) Say(CostAnswer(*cost));
    }
    Tell(DoneAnswer(CountsOf(progress, request_.action)));
  }

  Filesystem& tree_;
  const WarmServiceOptions& options_;
  const WarmRequest request_;
  ControlClient& client_;
  Warmer warmer_;

  // Of the teller, and after it of the conversation's own thread.
  bool listens_ = true;
  size_t told_failures_ = 0;

  absl::Mutex mutex_;
  bool ended_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread teller_;  // last: it uses the rest
};

}  // namespace

void WarmService::Serve(absl::string_view first_line, ControlClient& client) {
  const absl::StatusOr<WarmRequest> request = ParseWarmRequest(first_line);
  if (!request.ok()) {
    client.Send(ErrorAnswer(request.status().message()));
    return;
  }
  const int clients = ++clients_;
  absl::Cleanup leave = [this] { --clients_; };
  if (clients > options_.clients) {
    client.Send(ErrorAnswer(
        absl::StrCat(options_.clients, " clients are served already: try again later")));
    return;
  }
  // What the mount has for this is shared with those who are at it.
  WarmServiceOptions share = options_;
  share.readers = std::max<size_t>(1, options_.readers / static_cast<size_t>(clients));
  share.unwritten = options_.unwritten / static_cast<size_t>(clients);
  Conversation(tree_, blocks_, share, *request, client).Run();
}

}  // namespace annofs
