#include "fs/daily_cap.h"

#include <algorithm>
#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_format.h"
#include "cache/base/log.h"

namespace annofs {
namespace {

constexpr double kNear = 0.8;

absl::CivilDay DayOf(absl::Time time) { return absl::ToCivilDay(time, absl::UTCTimeZone()); }

Usage Difference(const Usage& a, const Usage& b) {
  return {.a = a.a - b.a, .b = a.b - b.b, .c = a.c - b.c, .bytes = a.bytes - b.bytes};
}

Usage Greater(const Usage& a, const Usage& b) {
  return {.a = std::max(a.a, b.a),
          .b = std::max(a.b, b.b),
          .c = std::max(a.c, b.c),
          .bytes = std::max(a.bytes, b.bytes)};
}

}  // namespace

absl::StatusOr<std::unique_ptr<DailyCap>> DailyCap::New(Prices prices, absl::string_view service,
                                                        double cap, absl::Time now) {
  if (!EstimateCost(prices, service, Usage(), now).has_value()) {
    return absl::InvalidArgumentError(
        "--daily-cap: no prices are known of this source (those of B2 and of S3 at AWS are), so "
        "nothing can be said of what it costs; leave it out");
  }
  return absl::WrapUnique(new DailyCap(std::move(prices), service, cap, now));
}

DailyCap::DailyCap(Prices prices, absl::string_view service, double cap, absl::Time now)
    : prices_(std::move(prices)), service_(service), cap_(cap), day_(DayOf(now)) {}

DailySpend DailyCap::Update(const Usage& usage, absl::Time now) {
  absl::MutexLock lock(&mutex_);
  // A clock that is set back does not begin a day anew.
  if (DayOf(now) > day_) {
    day_ = DayOf(now);
    before_ = seen_;
    told_ = 0;
  }
  seen_ = Greater(usage, seen_);  // another thread may have counted later and come first
  const double spent = CostOf(Difference(seen_, before_), now);
  for (const double share : {1.0, kNear}) {
    if (spent < share * cap_ || told_ >= share) continue;
    Warn(share, spent);
    told_ = share;
  }
  const std::optional<Estimate> nothing = EstimateCost(prices_, service_, Usage(), now);
  return {.cap = cap_, .spent = spent, .currency = nothing ? nothing->currency : ""};
}

double DailyCap::CostOf(const Usage& usage, absl::Time now) const {
  const std::optional<Estimate> estimate = EstimateCost(prices_, service_, usage, now);
  return estimate ? estimate->amount : 0;
}

void DailyCap::Warn(double share, double spent) {
  const std::string amounts =
      absl::StrFormat("about %.4g of %.4g %s by published prices, without what is free", spent,
                      cap_, prices_.currency);
  LogWarning(share < 1
                 ? absl::StrFormat("the requests of today (UTC) have come to %.0f %% of "
                                   "--daily-cap: %s",
                                   share * 100, amounts)
                 : absl::StrFormat("the requests of today (UTC) have reached --daily-cap: %s; the "
                                   "mount goes on",
                                   amounts));
}

}  // namespace annofs
