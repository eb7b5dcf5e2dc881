// What `annofs warm` says and hears, without a mount.
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"
#include "tools/mount_table.h"
#include "tools/warm_mount.h"
#include "tools/warm_paths.h"
#include "tools/warm_protocol.h"
#include "tools/warm_text.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(WarmProtocolTest, ARequestReadsBackAsItWasSaid) {
  for (Keep keep : {Keep::kEvictable, Keep::kPinned}) {
    for (auto action : {WarmOptions::Action::kFetch, WarmOptions::Action::kCount}) {
      std::string line = WarmRequestLine({keep, action});
      ASSERT_EQ(line.back(), '\n');
      line.pop_back();
      absl::StatusOr<WarmRequest> request = ParseWarmRequest(line);
      ASSERT_TRUE(request.ok()) << line;
      EXPECT_EQ(request->keep, keep);
      EXPECT_EQ(request->action, action);
    }
  }
}

TEST(WarmProtocolTest, UnknownWordsAreRefused) {
  for (absl::string_view line :
       {"", " ", "worm", "warm now", "warm warm", "pin", "GET / HTTP/1.1"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(ParseWarmRequest(line).status())) << line;
  }
}

absl::Status HearAll(absl::string_view text, WarmHeard& heard) {
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    if (absl::Status status = Hear(line, heard); !status.ok()) return status;
  }
  return absl::OkStatus();
}

TEST(WarmProtocolTest, AnswersReadBackAsTheyWereSaid) {
  WarmHeard heard;
  const std::string text =
      ProgressAnswer({1, 2, 3, 4}) + FailedAnswer({"a\tb\nc\\", "no\nreason"}) + NotKeptAnswer(77) +
      CostAnswer({.currency = "USD", .amount = 0.125, .table_date = "2026-05-01"});
  ASSERT_TRUE(HearAll(text, heard).ok());
  EXPECT_FALSE(heard.is_done);
  EXPECT_EQ(heard.counts.failed, 4u);
  ASSERT_EQ(heard.failures.size(), 1u);
  EXPECT_EQ(heard.failures[0].path, "a\tb\nc\\");
  EXPECT_EQ(heard.failures[0].reason, "no\nreason");
  EXPECT_EQ(heard.not_kept, 77u);
  EXPECT_EQ(heard.cost->amount, 0.125);
  EXPECT_EQ(heard.cost->table_date, "2026-05-01");
  ASSERT_TRUE(HearAll("something new\n" + DoneAnswer({10, 20, 30, 0}), heard).ok());
  EXPECT_TRUE(heard.is_done);
  EXPECT_EQ(heard.counts.files, 10u);
  EXPECT_EQ(heard.counts.bytes, 20u);
  EXPECT_EQ(heard.counts.requests, 30u);
  EXPECT_THAT(HearAll(ErrorAnswer("the mount ends"), heard).message(), HasSubstr("the mount ends"));
}

TEST(WarmProtocolTest, BrokenAnswersAreErrors) {
  for (absl::string_view line : {"done", "done 1 2 3", "done 1 2 3 4 5", "progress a b c d",
                                 "failed a\\q\tb", "not-kept", "cost x USD 2026-05-01", "cost 1"}) {
    WarmHeard heard;
    EXPECT_TRUE(absl::IsDataLoss(Hear(line, heard))) << line;
    EXPECT_FALSE(heard.is_done) << line;
  }
}

std::vector<std::string> All(WarmPaths& paths) {
  std::vector<std::string> all;
  for (;;) {
    absl::StatusOr<std::optional<std::string>> next = paths.Next();
    EXPECT_TRUE(next.ok()) << next.status();
    if (!next.ok() || !*next) return all;
    all.push_back(**next);
  }
}

TEST(WarmPathsTest, NothingGivenIsEverything) {
  EXPECT_THAT(All(**WarmPaths::Open({}, "", nullptr)), ElementsAre("."));
}

TEST(WarmPathsTest, PathsComeBeforeTheOrderAndEmptyLinesMeanNothing) {
  testing::TempDir directory;
  ASSERT_TRUE(testing::WriteFile(directory / "order", "c\n\nd\\\\e\nlast").ok());
  EXPECT_THAT(All(**WarmPaths::Open({"a\nb", "x"}, directory / "order", nullptr)),
              ElementsAre("a\\nb", "x", "c", "d\\\\e", "last"));
  EXPECT_THAT(All(**WarmPaths::Open({}, "/dev/null", nullptr)), IsEmpty());
}

TEST(WarmPathsTest, AnOrderThatIsNotThereOrNoTextIsAnError) {
  EXPECT_THAT(WarmPaths::Open({}, "/no/such/order", nullptr).status().message(),
              HasSubstr("/no/such/order"));
  absl::StatusOr<std::unique_ptr<WarmPaths>> endless = WarmPaths::Open({}, "/dev/zero", nullptr);
  ASSERT_TRUE(endless.ok());
  EXPECT_TRUE(absl::IsOutOfRange((*endless)->Next().status()));
}

TEST(MountPlaceTest, TheInnermostMountHoldsAPath) {
  const std::vector<MountEntry> mounts = {
      {1, "/mnt/data", "b2://a"}, {2, "/mnt/data/inner", "b2://b"}, {3, "/mnt/data2", "b2://c"}};
  EXPECT_EQ(FindPlace(mounts, "/mnt/data")->mount.device, 1u);
  EXPECT_EQ(FindPlace(mounts, "/mnt/data")->path, "");
  EXPECT_EQ(FindPlace(mounts, "/mnt/data/images/x")->path, "images/x");
  EXPECT_EQ(FindPlace(mounts, "/mnt/data/inner/x")->mount.device, 2u);
  EXPECT_EQ(FindPlace(mounts, "/mnt/data2/x")->mount.device, 3u);
  EXPECT_FALSE(FindPlace(mounts, "/mnt/dat").has_value());
  EXPECT_FALSE(FindPlace(mounts, "/mnt").has_value());
}

TEST(MountPlaceTest, PathsAreMeantFromWhereTheUserStands) {
  const PlaceInMount place{{1, "/mnt/data", "b2://a"}, "images"};
  EXPECT_EQ(PathInMount(place, "."), "images/");
  EXPECT_EQ(PathInMount(place, "train/*.jpg"), "images/train/*.jpg");
  EXPECT_EQ(PathInMount(place, "../views"), "views");
  EXPECT_EQ(PathInMount(place, "/mnt/data/top.txt"), "top.txt");
  EXPECT_EQ(PathInMount(place, "/mnt/data"), ".");
  EXPECT_EQ(PathInMount({{1, "/mnt/data", "b2://a"}, ""}, "."), ".");
}

TEST(WarmTextTest, WhatIsLeftIsSaidOnceEverythingIsFound) {
  WarmProgress progress{.missing_objects = 100, .missing = {100 << 20, 100}, .fetched = 25};
  progress.cost = {25 << 20, 25};
  EXPECT_EQ(WarmProgressText(progress, true, absl::Seconds(5)),
            "25 of 100 objects, 25 MiB of 100 MiB, 5 MiB/s, 15 s left");
  EXPECT_EQ(WarmProgressText(progress, false, absl::Seconds(5)),
            "25 of 100+ objects, 25 MiB of 100 MiB+, 5 MiB/s");
  EXPECT_EQ(WarmProgressText(progress, true, absl::Milliseconds(500)),
            "25 of 100 objects, 25 MiB of 100 MiB");
}

TEST(WarmTextTest, WhatCouldNotBePinnedIsSaidWithTheRemedy) {
  WarmResult result{.request = {.keep = Keep::kPinned}, .not_kept = 3 << 20};
  EXPECT_THAT(NotKeptText(result), HasSubstr("3 MiB could not be pinned"));
  EXPECT_THAT(NotKeptText(result), HasSubstr("--cache-size"));
  result.not_kept = 0;
  EXPECT_EQ(NotKeptText(result), "");
}

TEST(WarmTextTest, MoreFailuresThanAreNamedAreCounted) {
  WarmResult result{.counts = {.failed = 12}, .failures = {{"a\nb", "gone"}}};
  EXPECT_EQ(WarmFailuresText(result),
            "annofs: warm: a\\nb: gone\nannofs: warm: and 11 more failures\n");
}

}  // namespace
}  // namespace annofs
