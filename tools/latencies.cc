#include "tools/latencies.h"

#include <algorithm>
#include <cmath>

namespace annofs {

int Latencies::BucketOf(absl::Duration duration) {
  const double times = absl::ToDoubleNanoseconds(duration) / kLeastNanoseconds;
  if (!(times > 1)) return 0;
  return std::min(int(std::ceil(std::log2(times) * kToADoubling)), 639);
}

absl::Duration Latencies::EndOf(int bucket) {
  return absl::Nanoseconds(kLeastNanoseconds * std::exp2(double(bucket) / kToADoubling));
}

void Latencies::Add(absl::Duration duration) {
  ++buckets_[size_t(BucketOf(duration))];
  ++count_;
  total_ += duration;
  longest_ = std::max(longest_, duration);
}

absl::Duration Latencies::Percentile(double percent) const {
  if (count_ == 0) return absl::ZeroDuration();
  const auto wanted = uint64_t(std::ceil(double(count_) * percent / 100));
  uint64_t seen = 0;
  for (size_t i = 0; i < buckets_.size(); ++i) {
    seen += buckets_[i];
    if (seen >= wanted) return std::min(EndOf(int(i)), longest_);
  }
  return longest_;
}

}  // namespace annofs
