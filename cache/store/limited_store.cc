#include <algorithm>
#include <deque>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/cleanup/cleanup.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/status.h"
#include "cache/store/stores.h"
#include "cache/store/waiting.h"

namespace annofs {
namespace {

// Admits callers in the order they came: `places` inside at once, one every `interval`. Thread
// safe.
class Gate {
 public:
  Gate(int places, absl::Duration interval) : free_(places), interval_(interval) {}

  // Returns inside, to be followed by Leave(); or the error of the context, outside.
  absl::Status Enter(const CallContext& context) {
    absl::MutexLock lock(&mutex_);
    Waiter self;
    queue_.push_back(&self);
    const absl::Status status = AwaitTurn(self, context);
    queue_.erase(std::find(queue_.begin(), queue_.end(), &self));
    if (status.ok()) {
      --free_;
      next_ = context.clock->Now() + interval_;
    }
    WakeFirst();
    return status;
  }

  void Leave() {
    absl::MutexLock lock(&mutex_);
    ++free_;
    WakeFirst();
  }

 private:
  struct Waiter {
    absl::CondVar turn;
  };

  absl::Status AwaitTurn(Waiter& self, const CallContext& context)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    while (true) {
      RETURN_IF_ERROR(MayWait(context));
      if (queue_.front() != &self || free_ <= 0) {
        self.turn.WaitWithTimeout(&mutex_, std::min(kCancellationPoll, context.Remaining()));
        continue;
      }
      const absl::Duration early = next_ - context.clock->Now();
      if (early <= absl::ZeroDuration()) return absl::OkStatus();
      SleepUnlocked(early, context);
    }
  }

  // By the context's clock. Others may queue up meanwhile, none passes: we are first.
  void SleepUnlocked(absl::Duration duration, const CallContext& context)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    mutex_.Unlock();
    SleepFor(duration, context).IgnoreError();  // the loop asks the context again
    mutex_.Lock();
  }

  void WakeFirst() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!queue_.empty()) queue_.front()->turn.Signal();
  }

  absl::Mutex mutex_;
  std::deque<Waiter*> queue_ ABSL_GUARDED_BY(mutex_);
  int free_ ABSL_GUARDED_BY(mutex_);
  absl::Time next_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  const absl::Duration interval_;
};

class LimitedStore : public ObjectStore {
 public:
  LimitedStore(std::unique_ptr<ObjectStore> store, int connections, absl::Duration interval)
      : store_(std::move(store)), gate_(connections, interval) {}

  absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext& context) override {
    RETURN_IF_ERROR(gate_.Enter(context));
    const absl::Cleanup leave = [this] { gate_.Leave(); };
    return store_->List(request, context);
  }
  absl::Status Get(const ObjectVersion& version, ByteRange range, Sink sink,
                   const CallContext& context) override {
    RETURN_IF_ERROR(gate_.Enter(context));
    const absl::Cleanup leave = [this] { gate_.Leave(); };
    return store_->Get(version, range, sink, context);
  }
  absl::Status Connect(const CallContext& context) override {
    RETURN_IF_ERROR(gate_.Enter(context));
    const absl::Cleanup leave = [this] { gate_.Leave(); };
    return store_->Connect(context);
  }
  Digest DigestToCheck(const ObjectVersion& version) const override {
    return store_->DigestToCheck(version);
  }
  std::string name() const override { return store_->name(); }

 private:
  const std::unique_ptr<ObjectStore> store_;
  Gate gate_;
};

absl::Duration IntervalOf(double request_rate) {
  return request_rate > 0 ? absl::Seconds(1) / request_rate : absl::ZeroDuration();
}

}  // namespace

std::unique_ptr<ObjectStore> NewLimitedStore(std::unique_ptr<ObjectStore> store, int connections,
                                             double request_rate) {
  return std::make_unique<LimitedStore>(std::move(store), std::max(connections, 1),
                                        IntervalOf(request_rate));
}

}  // namespace annofs
