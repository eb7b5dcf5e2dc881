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

// Admits callers in the order they came, `places` inside at once. Thread safe.
class Gate {
 public:
  explicit Gate(int places) : free_(places) {}

  // Returns inside, to be followed by Leave(); or the error of the context, outside.
  absl::Status Enter(const CallContext& context) {
    absl::MutexLock lock(&mutex_);
    Waiter self;
    queue_.push_back(&self);
    const absl::Status status = AwaitTurn(self, context);
    queue_.erase(std::find(queue_.begin(), queue_.end(), &self));
    if (status.ok()) --free_;
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
      if (queue_.front() == &self && free_ > 0) return absl::OkStatus();
      self.turn.WaitWithTimeout(&mutex_, std::min(kCancellationPoll, context.Remaining()));
    }
  }

  void WakeFirst() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) {
    if (!queue_.empty()) queue_.front()->turn.Signal();
  }

  absl::Mutex mutex_;
  std::deque<Waiter*> queue_ ABSL_GUARDED_BY(mutex_);
  int free_ ABSL_GUARDED_BY(mutex_);
};

class LimitedStore : public ObjectStore {
 public:
  LimitedStore(std::unique_ptr<ObjectStore> store, int connections)
      : store_(std::move(store)), gate_(connections) {}

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
  std::string identity() const override { return store_->identity(); }

 private:
  const std::unique_ptr<ObjectStore> store_;
  Gate gate_;
};

}  // namespace

std::unique_ptr<ObjectStore> NewLimitedStore(std::unique_ptr<ObjectStore> store, int connections) {
  return std::make_unique<LimitedStore>(std::move(store), std::max(connections, 1));
}

}  // namespace annofs
