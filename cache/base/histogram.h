// How long things took: counts by buckets of fixed bounds, from 10 µs to 100 s, each 2 to 2.5 times
// the one before. It is made of counters of a set, so it goes wherever counters go: the counter
// "NAME/3" is its fourth bucket, "NAME/ns" the sum.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/base/counters.h"

namespace annofs {

// Nanoseconds: what is no longer than a bound belongs to its bucket; the last bucket has none.
inline constexpr std::array<int64_t, 22> kHistogramBounds = {
    10'000,         25'000,         50'000,         100'000,        250'000,       500'000,
    1'000'000,      2'500'000,      5'000'000,      10'000'000,     25'000'000,    50'000'000,
    100'000'000,    250'000'000,    500'000'000,    1'000'000'000,  2'500'000'000, 5'000'000'000,
    10'000'000'000, 25'000'000'000, 50'000'000'000, 100'000'000'000};
inline constexpr size_t kHistogramBuckets = kHistogramBounds.size() + 1;

// Thread safe, without a lock; the counters outlive it.
class Histogram {
 public:
  Histogram(Counters& counters, absl::string_view name);
  void Add(absl::Duration took) const;

 private:
  std::array<Counter*, kHistogramBuckets> buckets_;
  Counter* nanoseconds_;
};

// What is in one.
struct HistogramNumbers {
  std::array<uint64_t, kHistogramBuckets> buckets{};
  uint64_t nanoseconds = 0;

  uint64_t count() const;
  absl::Duration mean() const;  // zero: there are none
  // What the share `of` (0.5: the median) of them did not exceed, as if those of a bucket lay
  // evenly in it: at most 2.5 times too long or too short. Those beyond the last bound count as it.
  // Zero: there are none.
  absl::Duration Quantile(double of) const;
};

}  // namespace annofs
