// What is counted of the kernel's requests.
#include "fs/op_meter.h"

#include <cerrno>

#include "cache/base/readings.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

TEST(OpMeterTest, EachOperationHasItsTimes) {
  Counters counters;
  OpMeter meter(counters);
  meter.Ended({.name = "read", .took = absl::Milliseconds(3)});
  meter.Ended({.name = "read", .took = absl::Milliseconds(1)});
  meter.Ended({.name = "lookup", .took = absl::Microseconds(5)});
  const Readings readings = ReadAll(counters);
  EXPECT_EQ(readings.histograms.at("fuse.seconds.read").count(), 2u);
  EXPECT_EQ(readings.histograms.at("fuse.seconds.read").nanoseconds, 4'000'000u);
  EXPECT_EQ(readings.histograms.at("fuse.seconds.lookup").count(), 1u);
  EXPECT_EQ(readings.histograms.at("fuse.seconds.getattr").count(), 0u);
}

TEST(OpMeterTest, ErrorsAreCountedByTheirNames) {
  Counters counters;
  OpMeter meter(counters);
  for (const int error : {EIO, EIO, EDQUOT, ESTALE, 0}) {
    meter.Ended({.name = "read", .error = error});
  }
  const Readings readings = ReadAll(counters);
  EXPECT_EQ(readings.Count("fuse.errors.EIO"), 2u);
  EXPECT_EQ(readings.Count("fuse.errors.EDQUOT"), 1u);
  EXPECT_EQ(readings.Count("fuse.errors.ESTALE"), 1u);
  EXPECT_EQ(readings.histograms.at("fuse.seconds.read").count(), 5u)
      << "failed ones took time, too";
}

TEST(OpMeterTest, AnAbsentNameIsNoError) {
  Counters counters;
  OpMeter(counters).Ended({.name = "lookup", .error = ENOENT});
  for (const auto& [name, value] : ReadAll(counters).counts) EXPECT_EQ(value, 0u) << name;
}

TEST(OpMeterTest, WhatWaitedIsCounted) {
  Counters counters;
  OpMeter meter(counters);
  meter.Ended({.name = "read", .waited = true});
  meter.Ended({.name = "read"});
  EXPECT_EQ(ReadAll(counters).Count("fuse.waited"), 1u);
}

TEST(OpMeterTest, AnOperationOfAnotherNameCountsAsOther) {
  Counters counters;
  OpMeter(counters).Ended({.name = "new", .took = absl::Seconds(1)});
  EXPECT_EQ(ReadAll(counters).histograms.at("fuse.seconds.other").count(), 1u);
}

}  // namespace
}  // namespace annofs
