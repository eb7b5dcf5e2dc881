// status.json: which names a mount shows, and how it does.
#include "fs/status_json.h"

#include <thread>

#include "absl/strings/str_cat.h"
#include "cache/base/gauge.h"
#include "cache/base/json.h"
#include "gtest/gtest.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1780000000);  // 2026-05-28T20:26:40Z

// The member "names" as compact text: kind, then those of the others that there are.
std::string Names(const MountStatus& status) {
  std::string text = StatusJson(status, kNow);
  absl::StatusOr<JsonDocument> json = JsonDocument::Parse(text);
  EXPECT_TRUE(json.ok()) << text;
  std::string names;
  json->root()["names"].ForEachMember([&names](absl::string_view name, JsonValue value) {
    absl::StrAppend(&names, names.empty() ? "" : " ", name, "=");
    if (auto written = value.AsString()) absl::StrAppend(&names, *written);
    if (auto number = value.AsDouble()) absl::StrAppend(&names, *number);
  });
  return names;
}

TEST(StatusJsonTest, ALazySnapshotSaysSinceWhen) {
  EXPECT_EQ(Names({.snapshot = {.number = 3, .begun = kNow - absl::Seconds(40)}}),
            "kind=lazy since=2026-05-28T20:26:00Z");
}

TEST(StatusJsonTest, AnIndexSaysHowOldItIs) {
  SnapshotInfo index{.kind = SnapshotInfo::Kind::kIndex, .completed = kNow - absl::Seconds(100)};
  EXPECT_EQ(Names({.snapshot = index, .index = index}),
            "kind=index completed=2026-05-28T20:25:00Z age_seconds=100");
}

TEST(StatusJsonTest, APastTimeIsNamed) {
  SnapshotInfo past{
      .kind = SnapshotInfo::Kind::kPast, .begun = kNow, .at = absl::FromUnixMillis(1777636800250)};
  EXPECT_EQ(Names({.snapshot = past}),
            "kind=past since=2026-05-28T20:26:40Z at=2026-05-01T12:00:00.25Z");
}

TEST(StatusJsonTest, WhatWasAskedForIsNamed) {
  SnapshotInfo lazy{.begun = kNow};
  EXPECT_EQ(Names({.snapshot = lazy, .names = CatalogOptions::Names::kOffline}),
            "kind=offline since=2026-05-28T20:26:40Z");
  EXPECT_EQ(Names({.snapshot = lazy, .names = CatalogOptions::Names::kSnapshot}),
            "kind=snapshot since=2026-05-28T20:26:40Z");
}

TEST(StatusJsonTest, AMountThatFollowsSaysHowOften) {
  EXPECT_EQ(Names({.snapshot = {.begun = kNow}, .follow = absl::Milliseconds(1500)}),
            "kind=lazy since=2026-05-28T20:26:40Z follow_seconds=1.5");
}

TEST(StatusJsonTest, AMountThatFollowsSaysWhenItLastDid) {
  MountStatus status{.snapshot = {.begun = kNow}, .follow = absl::Seconds(60)};
  status.followed = {.refreshed = kNow - absl::Seconds(70),
                     .failed = kNow - absl::Seconds(10),
                     .error = "no route"};
  EXPECT_EQ(Names(status),
            "kind=lazy since=2026-05-28T20:26:40Z follow_seconds=60 "
            "refreshed=2026-05-28T20:25:30Z refresh_failed=2026-05-28T20:26:30Z "
            "refresh_error=no route");
}

JsonDocument Parsed(const MountStatus& status, absl::Time now = kNow) {
  absl::StatusOr<JsonDocument> json = JsonDocument::Parse(StatusJson(status, now));
  EXPECT_TRUE(json.ok()) << json.status();
  return *std::move(json);
}

TEST(StatusJsonTest, CountersAreCountsOnly) {
  Counters counters;
  counters.Get("fuse.read").Add(2);
  Gauge(counters, "http.in_flight").Add(3);
  Histogram(counters, "fuse.seconds.read").Add(absl::Seconds(1));
  JsonDocument json = Parsed({.readings = ReadAll(counters)});
  EXPECT_EQ(json.root()["counters"].size(), 1u);
  EXPECT_EQ(json.root()["counters"].IntOr("fuse.read", 0), 2);
  EXPECT_EQ(json.root()["queues"].IntOr("http_in_flight", 0), 3);
}

TEST(StatusJsonTest, WhatIsFetchedAndNotYetWrittenIsSaid) {
  Counters counters;
  Gauge(counters, "memory.fetches").Add(100);
  Gauge(counters, "memory.fetches_waiting").Add(2);
  Gauge(counters, "cache.fetching_bytes").Add(60);
  JsonDocument json = Parsed({.memory = {.fetches = 1000}, .readings = ReadAll(counters)});
  EXPECT_EQ(json.root()["queues"].IntOr("unwritten_bytes", 0), 40);
  JsonValue share = json.root()["memory"]["fetches"];
  EXPECT_EQ(share.IntOr("limit", 0), 1000);
  EXPECT_EQ(share.IntOr("used", 0), 100);
  EXPECT_EQ(share.IntOr("waiting", 0), 2);
}

TEST(StatusJsonTest, TheHitRatioIsThereOnceSomethingWasRead) {
  Counters counters;
  EXPECT_TRUE(Parsed({}).root()["cache"]["hit_ratio"].is_null());
  counters.Get("cache.hits").Add(3);
  counters.Get("cache.misses").Add(1);
  EXPECT_EQ(Parsed({.readings = ReadAll(counters)}).root()["cache"].DoubleOr("hit_ratio", 0), 0.75);
}

// reference/b2.md §2: daily caps reset at 00:00 UTC.
TEST(StatusJsonTest, ACapIsLiftedAtMidnightUtc) {
  Counters counters;
  Gauge(counters, "store.capped_at.get").Set(absl::ToUnixSeconds(kNow));
  const MountStatus status{.readings = ReadAll(counters)};
  JsonDocument json = Parsed(status, kNow + absl::Hours(3));
  EXPECT_EQ(json.root()["capped"].size(), 1u);
  EXPECT_EQ(json.root()["capped"]["get"].StringOr("refused", ""), "2026-05-28T20:26:40Z");
  EXPECT_EQ(json.root()["capped"]["get"].StringOr("lifted", ""), "2026-05-29T00:00:00Z");
  EXPECT_EQ(Parsed(status, kNow + absl::Hours(4)).root()["capped"].size(), 0u) << "the next day";
}

TEST(StatusJsonTest, ADatasetThatIsReadSaysHowFarItIs) {
  MountStatus status;
  status.datasets = {.found = 3, .open = 1};
  status.datasets.building.push_back(
      {.name = "street",
       .progress = {
           .phase = BuildProgress::Phase::kReading, .source_bytes = 5, .source_size = 20}});
  JsonDocument json = Parsed(status);
  JsonValue one = json.root()["datasets"]["building"][size_t{0}];
  EXPECT_EQ(one.StringOr("name", ""), "street");
  EXPECT_EQ(one.StringOr("doing", ""), "reading");
  EXPECT_EQ(one.IntOr("source_bytes", 0), 5);
  EXPECT_EQ(one.IntOr("source_size", 0), 20);
}

TEST(StatusJsonTest, TheMemoryOfThisProcessIsKnown) {
  const uint64_t bytes = ResidentAnonymousBytes();
  EXPECT_GT(bytes, uint64_t{100} << 10);
  EXPECT_LT(bytes, uint64_t{64} << 30);
}

// Its source is read in part only while it is searched for.
TEST(MountStatusTest, ADatasetIsBuildingUntilItIsOpen) {
  MemoryStore store;
  std::vector<std::string> frames;
  for (int i = 0; i < 30000; ++i) frames.push_back(absl::StrCat(i, ".jpg"));
  store.Put("annotations.xml", ImagesXml("street", frames));
  Mounted mount(store);
  ASSERT_TRUE(mount.Open().ok());
  ASSERT_TRUE(mount.fs().DatasetNames(Soon()).ok());
  EXPECT_EQ(mount.fs().StatusNow().datasets.found, 1u);
  EXPECT_TRUE(mount.fs().StatusNow().datasets.building.empty());
  store.Hold();
  std::thread opens([&] { EXPECT_TRUE(mount.fs().OpenDataset("street", Soon()).ok()); });
  const absl::Time until = absl::Now() + absl::Seconds(20);
  while (mount.fs().StatusNow().datasets.building.empty() && absl::Now() < until) {
    absl::SleepFor(absl::Milliseconds(1));
  }
  const DatasetsStatus status = mount.fs().StatusNow().datasets;
  store.Release();
  opens.join();
  ASSERT_EQ(status.building.size(), 1u);
  EXPECT_EQ(status.building[0].name, "street");
  EXPECT_GT(status.building[0].progress.source_size, uint64_t{1} << 20);
  EXPECT_EQ(status.open, 0u);
  EXPECT_EQ(mount.fs().StatusNow().datasets.open, 1u);
  EXPECT_TRUE(mount.fs().StatusNow().datasets.building.empty());
}

TEST(MountStatusTest, AMountTellsItsOptions) {
  MemoryStore store;
  Mounted mount(store);
  ASSERT_TRUE(mount
                  .Open({.memory = uint64_t{192} << 20,
                         .mounted_at = "/mnt",
                         .log_file = "/log",
                         .connections = 7})
                  .ok());
  const MountStatus status = mount.fs().StatusNow();
  EXPECT_EQ(status.mountpoint, "/mnt");
  EXPECT_EQ(status.log_file, "/log");
  EXPECT_EQ(status.connections, 7);
  EXPECT_EQ(status.memory.limit, uint64_t{192} << 20);
  EXPECT_EQ(status.memory.fetches + status.memory.answers, uint64_t{128} << 20)
      << "64 MiB are kept";
  EXPECT_LT(absl::Now() - status.started, absl::Minutes(1));
}

}  // namespace
}  // namespace annofs::testing
