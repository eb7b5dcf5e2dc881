#include "cache/store/retrying_store.h"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/functional/function_ref.h"
#include "absl/random/random.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/store/pace.h"
#include "cache/store/waiting.h"

namespace annofs {
namespace {

constexpr absl::Duration kFirstDelay = absl::Milliseconds(200);
constexpr absl::Duration kMaxDelay = absl::Seconds(8);
constexpr absl::Duration kFirstContact = absl::Seconds(15);

// Exponential backoff with full jitter: many clients that failed together do not return together.
class Backoff {
 public:
  absl::Duration Next() {
    const absl::Duration delay = absl::Uniform(random_, 0.0, 1.0) * limit_;
    limit_ = std::min(2 * limit_, kMaxDelay);
    return delay;
  }
  void Reset() { limit_ = kFirstDelay; }

 private:
  absl::BitGen random_;
  absl::Duration limit_ = kFirstDelay;
};

// The tries of one call. Not thread safe; `pace` is that of all calls, `again` (or null) counts
// their further tries.
class Tries {
 public:
  Tries(Pace& pace, Counter* again, const CallContext& context, absl::Duration timeout)
      : pace_(pace), again_(again), context_(context) {
    context_.deadline = std::min(context.deadline, context.clock->Now() + timeout);
  }

  // Runs `once` until it succeeds, fails for good, or the time is up.
  absl::Status Run(absl::FunctionRef<absl::Status(const CallContext&)> once) {
    while (true) {
      const absl::Status status = Try(once);
      if (absl::IsDeadlineExceeded(status) && !last_.ok()) return GiveUp();
      // An answer that fails its checks is asked for once more: what spoilt it may have passed.
      if (absl::IsDataLoss(status) && !std::exchange(asked_again_, true)) continue;
      if (!IsRetryable(status)) return status;
      last_ = status;
      const absl::Duration delay = DelayAfter(status);
      if (delay >= context_.Remaining()) return GiveUp();
      RETURN_IF_ERROR(SleepFor(delay, context_));
    }
  }

  // The call got on: what comes is a first failure again.
  void Progress() { backoff_.Reset(); }

 private:
  absl::Status Try(absl::FunctionRef<absl::Status(const CallContext&)> once) {
    RETURN_IF_ERROR(pace_.Await(context_));
    if (count_++ > 0 && again_ != nullptr) again_->Add();
    const absl::Status status = once(context_);
    pace_.Report(status, context_);
    return status;
  }
  absl::Duration DelayAfter(const absl::Status& status) {
    return std::max(backoff_.Next(), RetryAfter(status).value_or(absl::ZeroDuration()));
  }
  absl::Status GiveUp() const {
    return Annotate(last_, absl::StrCat("gave up after ", count_, count_ == 1 ? " try" : " tries"));
  }

  Pace& pace_;
  Counter* const again_;
  CallContext context_;
  Backoff backoff_;
  absl::Status last_;  // the last that could be tried again
  bool asked_again_ = false;
  int count_ = 0;
};

class RetryingStore : public ObjectStore {
 public:
  RetryingStore(std::unique_ptr<ObjectStore> store, const RetryingOptions& options)
      : store_(std::move(store)),
        timeout_(options.timeout),
        again_(options.again),
        pace_(options.request_rate) {}

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
  const std::unique_ptr<ObjectStore> store_;
  const absl::Duration timeout_;
  Counter* const again_;
  Pace pace_;
};

absl::StatusOr<ListPage> RetryingStore::List(const ListRequest& request,
                                             const CallContext& context) {
  absl::StatusOr<ListPage> page = absl::UnknownError("not asked");
  RETURN_IF_ERROR(Tries(pace_, again_, context, timeout_).Run([&](const CallContext& bounded) {
    page = store_->List(request, bounded);
    return page.status();
  }));
  return page;
}

absl::Status RetryingStore::Get(const ObjectVersion& version, ByteRange range, Sink sink,
                                const CallContext& context) {
  Tries tries(pace_, again_, context, timeout_);
  absl::Status refused;  // by the sink: the caller's error, never tried again
  const auto deliver = [&](absl::string_view data) {
    refused = sink(data);
    range.offset += data.size();
    range.length -= data.size();
    tries.Progress();
    return refused;
  };
  const bool wants_nothing = range.length == 0;  // the store says what is wrong with that
  const absl::Status status = tries.Run([&](const CallContext& bounded) {
    if (range.length == 0 && !wants_nothing) {
      return absl::DataLossError("an error after the last byte");
    }
    const absl::Status outcome = store_->Get(version, range, deliver, bounded);
    return refused.ok() ? outcome : absl::OkStatus();
  });
  return refused.ok() ? status : refused;
}

absl::Status RetryingStore::Connect(const CallContext& context) {
  // Somebody waits to see whether it is the right place: a wrong one does not get better.
  const absl::Duration patience = std::min(timeout_, kFirstContact);
  const absl::Status status =
      Tries(pace_, again_, context, patience).Run([&](const CallContext& bounded) {
        return store_->Connect(bounded);
      });
  const bool no_contact = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
  return no_contact ? Annotate(status, "no contact; check --endpoint, network and proxy") : status;
}

}  // namespace

std::unique_ptr<ObjectStore> NewRetryingStore(std::unique_ptr<ObjectStore> store,
                                              absl::Duration timeout, double request_rate) {
  return NewRetryingStore(std::move(store),
                          RetryingOptions{.timeout = timeout, .request_rate = request_rate});
}

std::unique_ptr<ObjectStore> NewRetryingStore(std::unique_ptr<ObjectStore> store,
                                              const RetryingOptions& options) {
  return std::make_unique<RetryingStore>(std::move(store), options);
}

}  // namespace annofs
