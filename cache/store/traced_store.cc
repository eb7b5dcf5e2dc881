#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/strings/str_cat.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/gauge.h"
#include "cache/base/histogram.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/store/stores.h"

namespace annofs {
namespace {

constexpr absl::Duration kLogInterval = absl::Seconds(1);

// Failures for the log, at most one line per interval: a store that is out of reach fails thousands
// of calls. Thread safe.
class FailureLog {
 public:
  void Add(absl::string_view what, const absl::Status& status, absl::Time now) {
    uint64_t unsaid = 0;
    {
      absl::MutexLock lock(&mutex_);
      if (now < next_) {
        ++unsaid_;
        return;
      }
      next_ = now + kLogInterval;
      std::swap(unsaid, unsaid_);
    }
    const std::string others = unsaid == 0 ? "" : absl::StrCat(" (and ", unsaid, " more failures)");
    LogWarning(absl::StrCat(what, ": ", status.ToString(absl::StatusToStringMode::kWithNoExtraData),
                            others));
  }

 private:
  absl::Mutex mutex_;
  absl::Time next_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  uint64_t unsaid_ ABSL_GUARDED_BY(mutex_) = 0;
};

// When a call of one kind was last refused as a cap of the account is reached, in seconds since
// 1970; 0: never, or one has succeeded since. Caps are of one class of transactions each, so each
// kind has its own. Thread safe.
class CapWatch {
 public:
  CapWatch(Counters& counters, absl::string_view kind)
      : refused_at_(counters, absl::StrCat("store.capped_at.", kind)) {}

  void Ended(const absl::Status& status, absl::Time now) {
    const bool capped = absl::IsResourceExhausted(status);
    if (!capped && (!status.ok() || !capped_.load(std::memory_order_relaxed))) return;
    absl::MutexLock lock(&mutex_);
    capped_.store(capped, std::memory_order_relaxed);
    refused_at_.Set(capped ? absl::ToUnixSeconds(now) : 0);
  }

 private:
  absl::Mutex mutex_;
  std::atomic<bool> capped_{false};  // set under mutex_
  const Gauge refused_at_;
};

// What is told of the calls of one kind: how many, how long they took, and whether a cap stops
// them.
struct CallMeter {
  CallMeter(Counters& counters, absl::string_view kind)
      : took(counters, absl::StrCat("store.seconds.", kind)), cap(counters, kind) {}
  const Histogram took;
  CapWatch cap;
};

// The caller changed its mind, or asks on the wrong lane: the store did not fail.
bool IsFailure(const absl::Status& status) {
  return !status.ok() && !absl::IsCancelled(status) && !IsWouldBlock(status);
}

class TracedStore : public ObjectStore {
 public:
  TracedStore(std::unique_ptr<ObjectStore> store, Counters& counters)
      : store_(std::move(store)),
        lists_(counters.Get("store.requests.list")),
        gets_(counters.Get("store.requests.get")),
        bytes_(counters.Get("store.bytes")),
        errors_(counters.Get("store.errors")),
        under_way_(counters, "store.calls"),
        list_meter_(counters, "list"),
        get_meter_(counters, "get") {}

  absl::StatusOr<ListPage> List(const ListRequest& request, const CallContext& context) override;
  absl::Status Get(const ObjectVersion& version, ByteRange range, Sink sink,
                   const CallContext& context) override;
  absl::Status Connect(const CallContext& context) override;
  Digest DigestToCheck(const ObjectVersion& version) const override {
    return store_->DigestToCheck(version);
  }
  std::string name() const override { return store_->name(); }
  std::string identity() const override { return store_->identity(); }

 private:
  void Trace(absl::string_view what, absl::string_view name, const absl::Status& status,
             const CallContext& context);
  // Runs one call.
  template <typename Call>
  absl::Status Measure(CallMeter& meter, const CallContext& context, const Call& call);

  const std::unique_ptr<ObjectStore> store_;
  Counter& lists_;
  Counter& gets_;
  Counter& bytes_;
  Counter& errors_;
  const Gauge under_way_;
  CallMeter list_meter_;
  CallMeter get_meter_;
  FailureLog failures_;
};

template <typename Call>
absl::Status TracedStore::Measure(CallMeter& meter, const CallContext& context, const Call& call) {
  const InGauge under_way(under_way_);
  const absl::Time begun = context.clock->Now();
  absl::Status status = call();
  const absl::Time ended = context.clock->Now();
  meter.took.Add(ended - begun);
  meter.cap.Ended(status, ended);
  return status;
}

void TracedStore::Trace(absl::string_view what, absl::string_view name, const absl::Status& status,
                        const CallContext& context) {
  if (!IsFailure(status)) return;
  errors_.Add();
  failures_.Add(absl::StrCat(store_->name(), ": ", what, " '", name, "'"), status,
                context.clock->Now());
}

absl::StatusOr<ListPage> TracedStore::List(const ListRequest& request, const CallContext& context) {
  lists_.Add();
  absl::StatusOr<ListPage> page;
  const absl::Status status = Measure(list_meter_, context, [&] {
    page = store_->List(request, context);
    return page.status();
  });
  Trace("list", request.prefix, status, context);
  return page;
}

absl::Status TracedStore::Get(const ObjectVersion& version, ByteRange range, Sink sink,
                              const CallContext& context) {
  gets_.Add();
  const auto count = [&](absl::string_view data) {
    bytes_.Add(data.size());
    return sink(data);
  };
  const absl::Status status =
      Measure(get_meter_, context, [&] { return store_->Get(version, range, count, context); });
  Trace("get", version.key, status, context);
  return status;
}

absl::Status TracedStore::Connect(const CallContext& context) {
  const absl::Status status = store_->Connect(context);
  Trace("connect", "", status, context);
  return status;
}

}  // namespace

std::unique_ptr<ObjectStore> NewTracedStore(std::unique_ptr<ObjectStore> store,
                                            Counters& counters) {
  return std::make_unique<TracedStore>(std::move(store), counters);
}

}  // namespace annofs
