// Histograms and gauges as counters of a set.
#include "cache/base/histogram.h"

#include <thread>
#include <vector>

#include "cache/base/gauge.h"
#include "cache/base/readings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

HistogramNumbers Of(const std::vector<absl::Duration>& durations) {
  Counters counters;
  const Histogram histogram(counters, "x");
  for (const absl::Duration took : durations) histogram.Add(took);
  return ReadAll(counters).histograms["x"];
}

size_t BucketOf(absl::Duration took) {
  const HistogramNumbers numbers = Of({took});
  for (size_t i = 0; i < numbers.buckets.size(); ++i) {
    if (numbers.buckets[i] == 1) return i;
  }
  return numbers.buckets.size();
}

TEST(HistogramTest, BoundsGoFromTenMicrosecondsToAHundredSeconds) {
  EXPECT_EQ(absl::Nanoseconds(kHistogramBounds.front()), absl::Microseconds(10));
  EXPECT_EQ(absl::Nanoseconds(kHistogramBounds.back()), absl::Seconds(100));
  for (size_t i = 1; i < kHistogramBounds.size(); ++i) {
    const double step = double(kHistogramBounds[i]) / double(kHistogramBounds[i - 1]);
    EXPECT_GE(step, 2) << i;
    EXPECT_LE(step, 2.5) << i;
  }
}

TEST(HistogramTest, ABoundBelongsToItsBucket) {
  EXPECT_EQ(BucketOf(absl::ZeroDuration()), 0u);
  EXPECT_EQ(BucketOf(absl::Microseconds(10)), 0u);
  EXPECT_EQ(BucketOf(absl::Nanoseconds(10001)), 1u);
  EXPECT_EQ(BucketOf(absl::Seconds(100)), kHistogramBounds.size() - 1);
  EXPECT_EQ(BucketOf(absl::Seconds(101)), kHistogramBounds.size());
  EXPECT_EQ(BucketOf(absl::InfiniteDuration()), kHistogramBounds.size());
}

TEST(HistogramTest, AClockThatIsSetBackCountsAsNoTime) {
  const HistogramNumbers numbers = Of({absl::Seconds(-5)});
  EXPECT_EQ(numbers.buckets[0], 1u);
  EXPECT_EQ(numbers.nanoseconds, 0u);
}

TEST(HistogramTest, HoldsCountSumAndMean) {
  const HistogramNumbers numbers = Of({absl::Milliseconds(1), absl::Milliseconds(5)});
  EXPECT_EQ(numbers.count(), 2u);
  EXPECT_EQ(numbers.nanoseconds, 6'000'000u);
  EXPECT_EQ(numbers.mean(), absl::Milliseconds(3));
}

TEST(HistogramTest, QuantilesLieEvenlyInTheirBucket) {
  std::vector<absl::Duration> durations(90, absl::Microseconds(300));  // 250 to 500 µs
  durations.resize(100, absl::Milliseconds(3));                        // 2.5 to 5 ms
  const HistogramNumbers numbers = Of(durations);
  EXPECT_EQ(numbers.Quantile(0.45), absl::Microseconds(375));
  EXPECT_EQ(numbers.Quantile(0.9), absl::Microseconds(500));
  EXPECT_EQ(numbers.Quantile(0.95), absl::Microseconds(3750));
}

TEST(HistogramTest, WhatIsBeyondTheLastBoundCountsAsIt) {
  EXPECT_EQ(Of({absl::Seconds(1000)}).Quantile(0.5), absl::Seconds(100));
}

TEST(HistogramTest, AnEmptyOneHasNoTime) {
  EXPECT_EQ(HistogramNumbers().Quantile(0.99), absl::ZeroDuration());
  EXPECT_EQ(HistogramNumbers().mean(), absl::ZeroDuration());
}

TEST(HistogramTest, ThreadsLoseNothing) {
  Counters counters;
  const Histogram histogram(counters, "x");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 10000; ++j) histogram.Add(absl::Microseconds(20));
    });
  }
  for (std::thread& thread : threads) thread.join();
  const HistogramNumbers numbers = ReadAll(counters).histograms["x"];
  EXPECT_EQ(numbers.buckets[1], 40000u);
  EXPECT_EQ(numbers.nanoseconds, 40000u * 20000u);
}

TEST(GaugeTest, GoesDownBelowZeroAndUp) {
  Counters counters;
  const Gauge gauge(counters, "x");
  gauge.Add(-3);
  EXPECT_EQ(ReadAll(counters).Of("x"), -3);
  gauge.Add(5);
  EXPECT_EQ(ReadAll(counters).Of("x"), 2);
  gauge.Set(1);
  EXPECT_EQ(ReadAll(counters).Of("x"), 1);
}

TEST(GaugeTest, CountsWhatLives) {
  Counters counters;
  const Gauge gauge(counters, "x");
  {
    const InGauge one(gauge);
    const InGauge many(gauge, 10);
    EXPECT_EQ(ReadAll(counters).Of("x"), 11);
  }
  EXPECT_EQ(ReadAll(counters).Of("x"), 0);
}

TEST(GaugeTest, OneOfNoSetShowsNothing) { Gauge().Add(1); }

TEST(ReadingsTest, TellsCountsGaugesAndHistogramsApart) {
  Counters counters;
  counters.Get("a.b").Add(2);
  Gauge(counters, "c").Add(-1);
  Histogram(counters, "d").Add(absl::Seconds(1));
  const Readings all = ReadAll(counters);
  EXPECT_THAT(all.counts, ElementsAre(Pair("a.b", 2)));
  EXPECT_THAT(all.gauges, ElementsAre(Pair("c", -1)));
  ASSERT_EQ(all.histograms.size(), 1u);
  EXPECT_EQ(all.histograms.at("d").count(), 1u);
  EXPECT_EQ(all.Count("no such"), 0u);
  EXPECT_EQ(all.Of("no such"), 0);
}

}  // namespace
}  // namespace annofs
