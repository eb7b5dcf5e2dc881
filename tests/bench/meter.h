// Seconds that a benchmark's work takes: in all, and after its first items, which a store's
// saved-up rate may have let pass at once. Thread safe.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>

namespace annofs::bench {

class Meter {
 public:
  // Time begins now.
  explicit Meter(size_t first) : first_(first) {}

  // One more item is done.
  void Done() {
    if (++done_ == first_) first_done_ = Clock::now();
  }

  // Prints the seconds in all, and those since the first items if there are such. Once, at the end.
  void Print() const {
    const Clock::time_point end = Clock::now();
    std::printf("%.6f", Seconds(end - begin_).count());
    if (first_ > 0) std::printf(" %.6f", Seconds(end - first_done_.load()).count());
    std::printf("\n");
  }

 private:
  using Clock = std::chrono::steady_clock;
  using Seconds = std::chrono::duration<double>;

  const size_t first_;
  const Clock::time_point begin_ = Clock::now();
  std::atomic<size_t> done_{0};
  std::atomic<Clock::time_point> first_done_{Clock::now()};
};

}  // namespace annofs::bench
