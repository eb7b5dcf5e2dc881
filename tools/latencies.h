// Durations, counted in bounded memory: what part of them is how long, to within 5 %. Not thread
// safe.
#pragma once

#include <array>
#include <cstdint>

#include "absl/time/time.h"

namespace annofs {

class Latencies {
 public:
  void Add(absl::Duration duration);

  uint64_t count() const { return count_; }
  absl::Duration total() const { return total_; }
  absl::Duration longest() const { return longest_; }
  // So many of a hundred took no longer: at most 4.5 % more than the least such duration, and never
  // more than the longest. Zero of none.
  absl::Duration Percentile(double percent) const;

 private:
  // 16 to a doubling, from 64 ns to over an hour.
  static constexpr int kToADoubling = 16;
  static constexpr double kLeastNanoseconds = 64;
  static int BucketOf(absl::Duration duration);
  static absl::Duration EndOf(int bucket);

  std::array<uint64_t, 640> buckets_ = {};
  uint64_t count_ = 0;
  absl::Duration total_, longest_;
};

}  // namespace annofs
