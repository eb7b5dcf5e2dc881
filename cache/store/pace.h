// How fast all calls of one store may start requests: together, not each on its own.
//
// There is no limit but `request_rate` until the store throttles. Then the pace is 0.95 of the
// successes of the last second and grows by 5 % a second, until the next throttle lowers it again
// or it has grown tenfold: then there is no limit. A throttle that comes before a second of
// successes to measure by begins at what succeeded, at least 1 per second, and doubles each second.
// The pace is lowered once a second at most: throttled requests that were on their way tell nothing
// new. Who is throttled waits its Retry-After itself (retrying_store.cc); the others go on at the
// lower pace. Turns are first come first served, evenly spaced, by the clock of the context.
//
// Thread safe.
#pragma once

#include <cstdint>
#include <deque>
#include <set>

#include "absl/base/thread_annotations.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"

namespace annofs {

class Pace {
 public:
  // Requests per second at most; 0 = no limit.
  explicit Pace(double request_rate) : request_rate_(request_rate) {}

  // Before every request: waits for its turn. kDeadlineExceeded, kCancelled: there was none in
  // time. WouldBlock() on the fast lane.
  absl::Status Await(const CallContext& context) ABSL_LOCKS_EXCLUDED(mutex_);

  // After it: what came of it. Success, a throttle (cache/base/status.h: IsThrottled), or neither.
  void Report(const absl::Status& status, const CallContext& context) ABSL_LOCKS_EXCLUDED(mutex_);

 private:
  using Ticket = uint64_t;

  // Until `ticket` is first in line and its time has come.
  absl::Status AwaitTurn(Ticket ticket, const CallContext& context)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // How long `ticket` has to wait at the present pace; zero or less: it is its turn.
  absl::Duration WaitOf(Ticket ticket, absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Slow(absl::Time now) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  double PaceOfSuccesses() const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void ForgetBefore(absl::Time time) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // Between two requests; zero: no limit.
  absl::Duration Interval(absl::Time now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  double AdaptedRate(absl::Time now) const ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const double request_rate_;
  absl::Mutex mutex_;
  Ticket last_ticket_ ABSL_GUARDED_BY(mutex_) = 0;
  std::set<Ticket> waiting_ ABSL_GUARDED_BY(mutex_);
  absl::Time next_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();  // when one may start
  std::deque<absl::Time> successes_ ABSL_GUARDED_BY(mutex_);        // of the last second
  // The last decrease: when, to what, and the factor per second since then.
  absl::Time slowed_at_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  double slowed_to_ ABSL_GUARDED_BY(mutex_) = 0;
  double growth_ ABSL_GUARDED_BY(mutex_) = 0;
};

}  // namespace annofs
