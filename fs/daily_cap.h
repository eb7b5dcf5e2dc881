// What the requests of a day cost, against what they may (--daily-cap). A day begins at 00:00 UTC,
// as the caps of B2 do (reference/b2.md §3); it is the share of one mount, while it is up. Thread
// safe.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/store/prices.h"

namespace annofs {

struct DailySpend {
  double cap = 0;
  double spent = 0;  // since 00:00 UTC, by published prices, without what is free
  std::string currency;
};

class DailyCap {
 public:
  // `service`: see ServiceOf(). kInvalidArgument: its prices are not known.
  static absl::StatusOr<std::unique_ptr<DailyCap>> New(Prices prices, absl::string_view service,
                                                       double cap, absl::Time now);

  // `usage`: all of the mount. What is new in it is of today. The first time that 80 % and
  // 100 % of the cap are reached on a day is one warning of the log each.
  DailySpend Update(const Usage& usage, absl::Time now);

 private:
  DailyCap(Prices prices, absl::string_view service, double cap, absl::Time now);
  double CostOf(const Usage& usage, absl::Time now) const;
  void Warn(double share, double spent) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const Prices prices_;
  const std::string service_;
  const double cap_;
  absl::Mutex mutex_;
  absl::CivilDay day_ ABSL_GUARDED_BY(mutex_);
  Usage seen_ ABSL_GUARDED_BY(mutex_);       // till the last update
  Usage before_ ABSL_GUARDED_BY(mutex_);     // of the days before
  double told_ ABSL_GUARDED_BY(mutex_) = 0;  // share of the cap that was warned of today
};

}  // namespace annofs
