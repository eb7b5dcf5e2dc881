// Many callers of one store that admits a number of requests per second: what they get, and what
// they waste.
#include <algorithm>
#include <atomic>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "cache/base/status.h"
#include "cache/store/stores.h"
#include "cache/store/waiting.h"
#include "gtest/gtest.h"
#include "tests/testing/simulated_clock.h"

namespace annofs::testing {
namespace {

struct Counts {
  int asked = 0;
  int refused = 0;
};

// Answers after `latency`; above the rate with 429 and Retry-After 1, as a token bucket decides.
class RateLimitedStore : public ObjectStore {
 public:
  RateLimitedStore(double rate, double burst, absl::Duration latency)
      : rate_(rate), burst_(burst), latency_(latency), tokens_(burst) {}

  absl::StatusOr<ListPage> List(const ListRequest&, const CallContext& context) override {
    const bool admitted = Admit(context.clock->Now());
    RETURN_IF_ERROR(SleepFor(latency_, context));
    if (admitted) return ListPage();
    return Throttled(WithRetryAfter(absl::UnavailableError("429"), absl::Seconds(1)));
  }
  absl::Status Get(const ObjectVersion&, ByteRange, Sink, const CallContext&) override {
    return absl::UnimplementedError("not asked");
  }
  absl::Status Connect(const CallContext&) override { return absl::OkStatus(); }
  std::string name() const override { return "limited://"; }

  Counts counts() const {
    absl::MutexLock lock(&mutex_);
    return counts_;
  }

 private:
  bool Admit(absl::Time now) {
    absl::MutexLock lock(&mutex_);
    if (filled_ != absl::InfinitePast()) {
      tokens_ = std::min(burst_, tokens_ + rate_ * absl::ToDoubleSeconds(now - filled_));
    }
    filled_ = now;
    ++counts_.asked;
    if (tokens_ < 1) {
      ++counts_.refused;
      return false;
    }
    tokens_ -= 1;
    return true;
  }

  const double rate_;
  const double burst_;
  const absl::Duration latency_;
  mutable absl::Mutex mutex_;
  double tokens_ ABSL_GUARDED_BY(mutex_);
  absl::Time filled_ ABSL_GUARDED_BY(mutex_) = absl::InfinitePast();
  Counts counts_ ABSL_GUARDED_BY(mutex_);
};

// What 64 callers without a pause asked and were refused: sums after each second, 0 at the start.
std::vector<Counts> Simulate(double rate, double burst, int seconds) {
  constexpr int kCallers = 64;
  auto bare = std::make_unique<RateLimitedStore>(rate, burst, absl::Milliseconds(20));
  const RateLimitedStore& server = *bare;
  const auto store = NewRetryingStore(std::move(bare), absl::Minutes(10));
  SimulatedClock clock(kCallers + 1);
  const absl::Time start = clock.Now();
  const CallContext context{.clock = &clock};
  std::atomic<bool> over{false};
  std::vector<std::thread> threads;
  for (int i = 0; i < kCallers; ++i) {
    threads.emplace_back([&] {
      while (!over) EXPECT_TRUE(store->List({}, context).ok());
      clock.Leave();
    });
  }
  std::vector<Counts> sums = {{}};
  for (int second = 1; second <= seconds; ++second) {
    clock.Sleep(start + absl::Seconds(second) - clock.Now());
    sums.push_back(server.counts());
  }
  over = true;
  clock.Leave();
  for (std::thread& thread : threads) thread.join();
  return sums;
}

// Between the ends of two seconds.
Counts Between(const std::vector<Counts>& sums, int from, int to) {
  return {.asked = sums[to].asked - sums[from].asked,
          .refused = sums[to].refused - sums[from].refused};
}
int Served(const Counts& counts) { return counts.asked - counts.refused; }

TEST(PaceSimulationTest, CallersGetTheRateOfTheServerAndWasteFewRequests) {
  const std::vector<Counts> sums = Simulate(500, 500, 10);
  // The burst, and from then on the rate.
  EXPECT_GE(Served(Between(sums, 0, 3)), 500 + 0.98 * 3 * 500);
  const Counts later = Between(sums, 1, 10);
  EXPECT_GE(Served(later), 0.95 * 9 * 500);
  EXPECT_LE(later.refused, 0.1 * later.asked);
}

TEST(PaceSimulationTest, ASmallRateIsKeptToo) {
  const std::vector<Counts> sums = Simulate(20, 20, 20);
  const Counts later = Between(sums, 1, 20);
  EXPECT_GE(Served(later), 0.95 * 19 * 20);
  EXPECT_LE(later.refused, 0.1 * later.asked);
}

TEST(PaceSimulationTest, AServerThatAllowsHardlyABurstIsFoundOutInSeconds) {
  const std::vector<Counts> sums = Simulate(500, 50, 25);
  EXPECT_GE(Served(Between(sums, 1, 10)), 0.6 * 9 * 500);
  EXPECT_GE(Served(Between(sums, 15, 25)), 0.95 * 10 * 500);
  const Counts later = Between(sums, 1, 25);
  EXPECT_LE(later.refused, 0.1 * later.asked);
}

}  // namespace
}  // namespace annofs::testing
