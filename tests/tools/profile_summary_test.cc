// What `annofs profile` counts and prints, of requests made by hand.
#include "tools/profile_summary.h"

#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "gmock/gmock.h"
#include "tools/profile_text.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using By = ProfileSummary::By;

constexpr NodeId kView = {uint64_t{1} << 60 | 7};

ProfiledOp Read(NodeId node, uint64_t offset, uint64_t length, absl::Duration took) {
  return {.name = "read",
          .node = node,
          .range = {offset, length},
          .begun = absl::FromUnixMicros(1'700'000'000'123'456),
          .took = took};
}

std::vector<std::string> Paths(const ProfileSummary& summary, By by, size_t most = 10) {
  std::vector<std::string> paths;
  for (const ProfileSummary::File& file : summary.TopFiles(by, most)) paths.push_back(file.path);
  return paths;
}

TEST(LatenciesTest, PercentilesAreWithinFivePercent) {
  Latencies latencies;
  EXPECT_EQ(latencies.Percentile(50), absl::ZeroDuration());
  for (int i = 1; i <= 1000; ++i) latencies.Add(absl::Microseconds(i));
  for (int percent : {1, 50, 90, 99}) {
    const double exact = 10 * percent;
    const double told = absl::ToDoubleMicroseconds(latencies.Percentile(percent));
    EXPECT_GE(told, exact) << percent;
    EXPECT_LE(told, exact * 1.05) << percent;
  }
  EXPECT_EQ(latencies.Percentile(100), absl::Milliseconds(1));
  EXPECT_EQ(latencies.longest(), absl::Milliseconds(1));
  EXPECT_EQ(latencies.total(), absl::Microseconds(500'500));
}

TEST(LatenciesTest, AnyDurationIsCounted) {
  Latencies latencies;
  for (absl::Duration odd : {-absl::Seconds(1), absl::ZeroDuration(), absl::Hours(1000)}) {
    latencies.Add(odd);
  }
  EXPECT_EQ(latencies.count(), 3u);
  EXPECT_LE(latencies.Percentile(50), absl::Microseconds(1));
  EXPECT_LE(latencies.Percentile(100), absl::Hours(1000));
}

TEST(ProfileSummaryTest, BytesEndWhereTheFileDoes) {
  ProfileSummary summary;
  summary.Add(ProfiledFile{.node = {5}, .size = 200'000, .path = "a.jpg"});
  summary.Add(Read({5}, 0, 131'072, absl::Microseconds(10)));
  summary.Add(Read({5}, 131'072, 131'072, absl::Microseconds(10)));
  summary.Add(Read({5}, 500'000, 131'072, absl::Microseconds(10)));
  EXPECT_EQ(summary.bytes(), 200'000u);
  // Of one that nobody has told of, what was asked for.
  summary.Add(Read({6}, 0, 4096, absl::Microseconds(10)));
  EXPECT_EQ(summary.bytes(), 204'096u);
  // What fails reads nothing.
  ProfiledOp failed = Read({5}, 0, 4096, absl::Microseconds(10));
  failed.error = EIO;
  summary.Add(failed);
  EXPECT_EQ(summary.bytes(), 204'096u);
  EXPECT_EQ(summary.errors(), 1u);
  EXPECT_EQ(summary.count(), 5u);
}

TEST(ProfileSummaryTest, KindsAreSortedByTheirTime) {
  ProfileSummary summary;
  for (int i = 0; i < 3; ++i) summary.Add(ProfiledOp{.name = "lookup", .took = absl::Seconds(1)});
  summary.Add(ProfiledOp{.name = "readdir", .took = absl::Seconds(2)});
  const std::vector<ProfileSummary::Kind> kinds = summary.kinds();
  ASSERT_THAT(kinds, SizeIs(2));
  EXPECT_EQ(kinds[0].name, "lookup");
  EXPECT_EQ(kinds[0].latencies.count(), 3u);
  EXPECT_EQ(summary.time(), absl::Seconds(5));
}

TEST(ProfileSummaryTest, TopFilesAreByWhatIsAskedFor) {
  ProfileSummary summary;
  for (uint64_t i = 1; i <= 3; ++i) {
    summary.Add(ProfiledFile{.node = {i}, .size = 1 << 30, .path = absl::StrCat("f", i)});
  }
  summary.Add(Read({1}, 0, 3000, absl::Milliseconds(1)));
  summary.Add(Read({2}, 0, 1000, absl::Milliseconds(9)));
  for (int i = 0; i < 5; ++i) {
    summary.Add(ProfiledOp{.name = "lookup", .node = {3}, .took = absl::Microseconds(1)});
  }
  EXPECT_THAT(Paths(summary, By::kBytes), ElementsAre("f1", "f2"));
  EXPECT_THAT(Paths(summary, By::kTime), ElementsAre("f2", "f1", "f3"));
  EXPECT_THAT(Paths(summary, By::kRequests), ElementsAre("f3", "f1", "f2"));
  EXPECT_THAT(Paths(summary, By::kTime, 1), ElementsAre("f2"));
}

TEST(ProfileSummaryTest, TheLongestSlowOnesAreKept) {
  ProfileSummary summary;
  summary.Add(ProfiledFile{.node = {5}, .path = "a.jpg"});
  summary.Add(Read({5}, 0, 1, ProfileSummary::kSlow - absl::Nanoseconds(1)));
  EXPECT_THAT(summary.slow(), IsEmpty());
  for (int i = 1; i <= 50; ++i) summary.Add(Read({5}, 0, 1, absl::Seconds(i % 10 + 1)));
  EXPECT_EQ(summary.slow_count(), 50u);
  const std::vector<ProfileSummary::Slow> slow = summary.slow();
  ASSERT_THAT(slow, SizeIs(20));
  EXPECT_EQ(slow[0].op.took, absl::Seconds(10));
  EXPECT_EQ(slow[19].op.took, absl::Seconds(7));
  EXPECT_EQ(slow[0].path, "a.jpg");
}

TEST(ProfileSummaryTest, WhatWasWaitedForDependsOnTheFile) {
  ProfiledOp op = Read({5}, 0, 1, absl::Seconds(1));
  EXPECT_EQ(WaitedFor(op), "");
  op.waited = true;
  EXPECT_THAT(std::string(WaitedFor(op)), HasSubstr("bytes of the store"));
  op.name = "lookup";
  EXPECT_THAT(std::string(WaitedFor(op)), HasSubstr("listing of the store"));
  op.node = kView;
  EXPECT_THAT(std::string(WaitedFor(op)), HasSubstr("annotations"));
}

TEST(ProfileTextTest, SaysAllOfItForPeopleAndPrograms) {
  ProfileSummary summary;
  summary.Add(ProfiledFile{.node = {5}, .size = 1 << 20, .path = "images/a\n.jpg"});
  ProfiledOp slow = Read({5}, 0, 131'072, absl::Milliseconds(250));
  slow.waited = true;
  summary.Add(slow);
  summary.Add(Read({5}, 131'072, 131'072, absl::Microseconds(12)));
  ProfiledOp failed{.name = "lookup", .node = {1}, .took = absl::Microseconds(3), .error = EIO};
  summary.Add(failed);
  summary.Add(ProfileLost{.count = 1234});
  const std::string text = ProfileText("/mnt", summary, absl::Seconds(2));
  EXPECT_THAT(text,
              HasSubstr("/mnt\n  2.0 s, 3 requests (1.5/s), 256 KiB read (128 KiB/s), 1 errors"));
  EXPECT_THAT(text, HasSubstr("1,234 requests came too fast"));
  EXPECT_THAT(text, ::testing::ContainsRegex("read +2 +1\\.0 .* 250\\.0 ms 100\\.0% +0 +256"));
  EXPECT_THAT(text, ::testing::ContainsRegex("lookup +1 .* 1 +\n"));
  EXPECT_THAT(text, HasSubstr("images/a\\n.jpg"));
  EXPECT_THAT(text, HasSubstr("slow operations: 1 of 100 ms or more"));
  EXPECT_THAT(text, HasSubstr("waits for bytes of the store"));

  const JsonDocument json =
      JsonDocument::Parse(ProfileJson("/mnt", summary, absl::Seconds(2))).value();
  EXPECT_EQ(json.root().IntOr("requests", 0), 3);
  EXPECT_EQ(json.root().IntOr("bytes", 0), 262'144);
  EXPECT_EQ(json.root().IntOr("lost", 0), 1234);
  EXPECT_EQ(json.root()["operations"][0].StringOr("name", ""), "read");
  EXPECT_EQ(json.root()["files_by_bytes"][0].StringOr("path", ""), "images/a\n.jpg");
  EXPECT_EQ(json.root()["slow"][0].StringOr("operation", ""), "read");
}

TEST(ProfileTextTest, NothingIsSaidToBeNothing) {
  EXPECT_THAT(ProfileText("/mnt", ProfileSummary(), absl::Seconds(1)),
              HasSubstr("the kernel asked for nothing"));
}

TEST(ProfileTextTest, AnAccessLineHasEveryField) {
  ProfiledOp op = Read({5}, 4096, 131'072, absl::Microseconds(523));
  EXPECT_EQ(AccessLine(op, {4096, 100}, "a\tb"),
            "2023-11-14T22:13:20.123456Z\tread\ta\\tb\t4096\t100\t523\tok\n");
  op.error = ESTALE;
  EXPECT_THAT(AccessLine(op, op.range, "a"), HasSubstr("\t523\tESTALE\n"));
  const JsonDocument json = JsonDocument::Parse(AccessJson(op, op.range, "a")).value();
  EXPECT_EQ(json.root().StringOr("result", ""), "ESTALE");
  EXPECT_EQ(json.root().IntOr("offset", 0), 4096);
  EXPECT_TRUE(json.root()["waits_for"].is_null());
}

TEST(ProfileProtocolTest, LinesAreReadAsTheyAreWritten) {
  const EndedOp ended{.name = "read",
                      .node = kView,
                      .range = {7, 8},
                      .begun = absl::FromUnixNanos(1'700'000'000'123'456'789),
                      .took = absl::Nanoseconds(99),
                      .error = EIO,
                      .waited = true};
  std::string line = OpLine(ended);
  ASSERT_EQ(line.back(), '\n');
  line.pop_back();
  const ProfileLine op_line = ParseProfileLine(line).value();
  const ProfiledOp& op = std::get<ProfiledOp>(op_line);
  EXPECT_EQ(op.name, "read");
  EXPECT_EQ(op.node, ended.node);
  EXPECT_EQ(op.range, ended.range);
  EXPECT_EQ(op.begun, ended.begun);
  EXPECT_EQ(op.took, ended.took);
  EXPECT_EQ(op.error, EIO);
  EXPECT_TRUE(op.waited);

  line = FileLine({.node = kView, .size = 0, .path = "a b\n"});
  line.pop_back();
  const ProfileLine file_line = ParseProfileLine(line).value();
  const ProfiledFile& file = std::get<ProfiledFile>(file_line);
  EXPECT_EQ(file.size, 0u);
  EXPECT_EQ(file.path, "a b\n");
}

TEST(ProfileProtocolTest, APathOfAnyLengthIsALineThatCanBeRead) {
  for (char c : {'a', '\x01', '\n'}) {
    const std::string line = FileLine({.node = {1}, .path = std::string(100'000, c)});
    EXPECT_LE(line.size(), 4096u);
    const absl::StatusOr<ProfileLine> read =
        ParseProfileLine(absl::string_view(line).substr(0, line.size() - 1));
    ASSERT_TRUE(read.ok()) << read.status();
    EXPECT_EQ(std::get<ProfiledFile>(*read).path[0], c);
  }
}

TEST(ProfileProtocolTest, WhatIsBrokenIsAnErrorAndWhatIsNewIsPassedOver) {
  for (const char* broken :
       {"op", "op read", "op read 1 2 3 4 5 6 7", "op read x 0 0 0 0 0 fast", "file 1",
        "file z - a", "file 1 - a\\q", "lost", "lost -1", "op read 1 0 0 0 0 0 fast more"}) {
    EXPECT_TRUE(absl::IsDataLoss(ParseProfileLine(broken).status())) << broken;
  }
  EXPECT_TRUE(std::holds_alternative<std::monostate>(ParseProfileLine("later 1").value()));
  EXPECT_EQ(ParseProfileLine("error no more").status().message(), "no more");
}

}  // namespace
}  // namespace annofs
