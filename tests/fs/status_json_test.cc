// status.json: which names a mount shows.
#include "fs/status_json.h"

#include "cache/base/json.h"
#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

const absl::Time kNow = absl::FromUnixSeconds(1780000000);  // 2026-05-28T20:26:40Z

// The member "names" as compact text: kind, then those of the others that there are.
std::string Names(const MountStatus& status) {
  std::string text = StatusJson(status, Counters(), kNow);
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

}  // namespace
}  // namespace annofs::testing
