#include "cache/base/histogram.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace annofs {
namespace {

size_t BucketOf(int64_t nanoseconds) {
  const auto bound =
      std::lower_bound(kHistogramBounds.begin(), kHistogramBounds.end(), nanoseconds);
  return static_cast<size_t>(bound - kHistogramBounds.begin());
}

}  // namespace

Histogram::Histogram(Counters& counters, absl::string_view name)
    : nanoseconds_(&counters.Get(absl::StrCat(name, "/ns"))) {
  for (size_t i = 0; i < buckets_.size(); ++i) {
    buckets_[i] = &counters.Get(absl::StrCat(name, "/", i));
  }
}

void Histogram::Add(absl::Duration took) const {
  // A clock that is set back is no duration.
  const int64_t nanoseconds = std::max<int64_t>(0, absl::ToInt64Nanoseconds(took));
  buckets_[BucketOf(nanoseconds)]->Add();
  nanoseconds_->Add(static_cast<uint64_t>(nanoseconds));
}

uint64_t HistogramNumbers::count() const {
  uint64_t sum = 0;
  for (const uint64_t bucket : buckets) sum += bucket;
  return sum;
}

absl::Duration HistogramNumbers::mean() const {
  const uint64_t all = count();
  return all == 0 ? absl::ZeroDuration() : absl::Nanoseconds(nanoseconds / all);
}

absl::Duration HistogramNumbers::Quantile(double of) const {
  const double wanted = of * static_cast<double>(count());
  double before = 0;
  for (size_t i = 0; i < kHistogramBounds.size(); ++i) {
    const double here = static_cast<double>(buckets[i]);
    if (here > 0 && before + here >= wanted) {
      const int64_t from = i == 0 ? 0 : kHistogramBounds[i - 1];
      const double share = std::max(0.0, wanted - before) / here;
      return absl::Nanoseconds(from) + share * absl::Nanoseconds(kHistogramBounds[i] - from);
    }
    before += here;
  }
  return count() == 0 ? absl::ZeroDuration() : absl::Nanoseconds(kHistogramBounds.back());
}

}  // namespace annofs
