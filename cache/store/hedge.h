// When a request is sent again, as its answer is late: the policy. A few requests of any service
// take seconds where others take milliseconds, and another one is then answered long before the
// first.
//
// Late is later than what 99 of 100 recent answers took until their first byte, and a quarter more:
// merely slow ones must not eat the allowance. What counts is the time from the start of the
// request that was answered, so that requests which were overtaken do not make the next ones wait.
// Extra requests are at most 2 % of all, and a few at once; there are none while the service
// throttles.
//
// A pure function of what it is told. Not thread safe.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/time/time.h"

namespace annofs {

inline constexpr double kHedgeShare = 0.02;  // of the requests
inline constexpr double kHedgeBurst = 10;    // saved up at most

class HedgePolicy {
 public:
  // A first request is sent.
  void Started();

  // How long its first byte is waited for.
  absl::Duration Delay() const { return delay_; }

  // Once that is over: whether another one may be sent, which is counted then.
  bool Take(absl::Time now);

  // The first byte came, so long after the start of the request that it answers. `refused`: Take()
  // said no meanwhile. Such answers tell nothing of the others: the slowest are left, and with too
  // many of them all that follow would wait as long.
  void Answered(absl::Duration first_byte, bool refused);

  // The service asked for fewer requests.
  void Throttled(absl::Time now) { throttled_ = now; }

 private:
  static constexpr size_t kRemembered = 512;

  // From the remembered ones.
  absl::Duration LateAfter() const;

  std::array<absl::Duration, kRemembered> recent_;  // a ring
  uint64_t answers_ = 0;
  absl::Duration delay_ = absl::Seconds(1);
  double allowance_ = 1;
  absl::Time throttled_ = absl::InfinitePast();
};

}  // namespace annofs
