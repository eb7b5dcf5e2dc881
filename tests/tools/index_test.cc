// `annofs index` without a network: what it says, files, and local directories.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "tests/testing/fake_clock.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"
#include "tools/command.h"
#include "tools/index_text.h"
#include "tools/options.h"
#include "tools/people.h"
#include "tools/progress_line.h"

namespace annofs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(PeopleTest, NumbersAndTimesAreReadable) {
  EXPECT_EQ(Grouped(0), "0");
  EXPECT_EQ(Grouped(999), "999");
  EXPECT_EQ(Grouped(1000), "1,000");
  EXPECT_EQ(Grouped(12345678), "12,345,678");
  EXPECT_EQ(RoughTime(absl::Seconds(-5)), "0 s");
  EXPECT_EQ(RoughTime(absl::Seconds(119)), "119 s");
  EXPECT_EQ(RoughTime(absl::Minutes(90)), "90 min");
  EXPECT_EQ(RoughTime(absl::Hours(47)), "47 h");
  EXPECT_EQ(RoughTime(absl::Hours(24 * 9)), "9 days");
}

TEST(IndexTextTest, RequestsAreARangeWhereTheNumberOfObjectsIsKnown) {
  EXPECT_THAT(RequestsText("b2://b", 25000, 10000), HasSubstr("takes 3 list requests"));
  const RequestRange range = IndexRequests(10'000'000, 1000);
  EXPECT_THAT(RequestsText("s3://b", 10'000'000, 1000),
              HasSubstr(absl::StrCat(Grouped(range.least), " to ", Grouped(range.most))));
  EXPECT_THAT(RequestsText("s3://b", 0, 1000), HasSubstr("for each 1,000 names"));
  EXPECT_THAT(RequestsText("b2://b", 0, 10000), HasSubstr("for each 10,000 names"));
}

TEST(IndexTextTest, ProgressHasTheTimeLeftWhereItCanBeKnown) {
  IndexProgress progress{.objects = 50000,
                         .requests = 70,
                         .expected = 100000,
                         .ranges_done = 3,
                         .ranges = 8,
                         .elapsed = absl::Seconds(10)};
  EXPECT_EQ(ProgressText(progress), "50,000 objects, 5,000/s, 50 %, 10 s left, 70 requests");
  progress.expected = 0;
  EXPECT_EQ(ProgressText(progress), "50,000 objects, 5,000/s, 3 of 8 ranges, 70 requests");
  progress.resumed = true;
  EXPECT_THAT(ProgressText(progress), Not(HasSubstr("/s")));
}

TEST(IndexTextTest, ReadingAnnotationsSaysOfWhichDatasetHowFarAndHowFast) {
  DatasetsProgress progress{.read = 3, .all = 12, .name = "street"};
  EXPECT_EQ(DatasetsText(progress),
            "annotations of 3 of 12 datasets read; street: waiting for its turn");
  progress.build = {.phase = BuildProgress::Phase::kReading,
                    .source_bytes = 120 << 20,
                    .source_size = 340 << 20,
                    .frames = 1200,
                    .shapes = 30000};
  progress.elapsed = absl::Seconds(2);
  EXPECT_EQ(DatasetsText(progress),
            "annotations of 3 of 12 datasets read; street: reading 120 MiB of 340 MiB, 1,200 "
            "frames, 30,000 annotations, 60 MiB/s");
  progress.build.phase = BuildProgress::Phase::kMatching;
  EXPECT_EQ(DatasetsText(progress),
            "annotations of 3 of 12 datasets read; street: matching images: 1200 frames, 30000 "
            "annotations");
}

TEST(IndexTextTest, TheResultHasALineForEachDatasetAndBrokenOnesAreNamed) {
  const DatasetSummary whole{.name = "street", .frames = 1200, .annotations = 30000};
  const DatasetSummary broken{.name = "cut",
                              .frames = 3,
                              .annotations = 4,
                              .problems = 5,
                              .errors = 2,
                              .first_error = "a.xml: ends\nearly"};
  IndexResult result{.source = "b2://b"};
  result.datasets = {whole, broken};
  EXPECT_THAT(ResultText(result),
              HasSubstr("; 2 datasets\n  street: 1,200 frames, 30,000 annotations\n"
                        "  cut: 3 frames, 4 annotations, 5 problems, 2 of them errors"));
  const auto json = JsonDocument::Parse(ResultJson(result));
  ASSERT_TRUE(json.ok());
  EXPECT_EQ(json->root().IntOr("datasets", 0), 2);
  EXPECT_THAT(ResultJson(result),
              HasSubstr(R"({"name":"cut","frames":3,"annotations":4,"problems":5,"errors":2})"));
  EXPECT_EQ(BrokenText({whole}), "");
  EXPECT_THAT(BrokenText({whole, broken}), HasSubstr("dataset 'cut' is not shown whole: 2 errors"));
  EXPECT_THAT(BrokenText({whole, broken}), Not(HasSubstr("street")));
  EXPECT_THAT(BrokenText({broken}), Not(HasSubstr("ends\nearly"))) << "a line is one line";
  EXPECT_THAT(BrokenText(std::vector<DatasetSummary>(50, broken)), HasSubstr("30 more"));
}

TEST(IndexTextTest, AMountSaysHowOldItsIndexIs) {
  SnapshotInfo index{.number = 7,
                     .kind = SnapshotInfo::Kind::kIndex,
                     .completed = absl::FromUnixSeconds(1000),
                     .objects = 10'000'000};
  const std::string text = UsedIndexText("b2://b", index, absl::FromUnixSeconds(1000 + 7200));
  EXPECT_EQ(text,
            "using the index of b2://b (2 h old, 10,000,000 objects, snapshot 7); `annofs index` "
            "renews it");
}

TEST(ProgressLineTest, IsShownAfterASecondAndOnATerminalOnly) {
  testing::FakeClock clock;
  std::ostringstream out;
  {
    ProgressLine line(out, ProgressLine::Output::kTerminal, clock);
    line.Show("early");
    EXPECT_EQ(out.str(), "");
    clock.Advance(absl::Seconds(1));
    line.Show("late");
    EXPECT_TRUE(absl::EndsWith(out.str(), "late"));
    ProgressLine other(out, ProgressLine::Output::kOther, clock);
    clock.Advance(absl::Seconds(1));
    other.Show("never");
    EXPECT_FALSE(absl::StrContains(out.str(), "never"));
  }
  EXPECT_FALSE(absl::EndsWith(out.str(), "late")) << "the line is taken away at the end";
}

class IndexCommandTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"a.jpg", "d/b.jpg", "d/e/c.jpg"}) {
      ASSERT_TRUE(testing::WriteFile(source_ / name, "x").ok());
    }
  }

  int Annofs(std::vector<std::string> arguments, const std::string& cache = "cache") {
    out_.str("");
    err_.str("");
    arguments.insert(arguments.end(), {"--cache", other_ / cache});
    return RunAnnofs(arguments, {out_, err_});
  }

  testing::TempDir source_;
  testing::TempDir other_;
  std::ostringstream out_, err_;
};

TEST_F(IndexCommandTest, SaysWhatItHasListedAndALaterCommandUsesIt) {
  ASSERT_EQ(Annofs({"index", source_.path()}), kDone) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("3 objects in 3 directories"));
  EXPECT_THAT(out_.str(), HasSubstr("0 datasets"));
  ASSERT_TRUE(testing::WriteFile(source_ / "new.jpg", "x").ok());
  ASSERT_EQ(Annofs({"ls", source_.path()}), kDone) << err_.str();
  EXPECT_THAT(out_.str(), Not(HasSubstr("new.jpg")));
  ASSERT_EQ(Annofs({"ls", source_.path(), "--index-age", "0"}), kDone) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("new.jpg"));
}

TEST_F(IndexCommandTest, SaysOfEachDatasetWhatItHoldsAndNamesWhatIsBrokenOrNotRead) {
  const std::string xml =
      "<annotations><version>1.1</version><meta><task><name>good</name></task></meta>"
      "<image id=\"0\" name=\"a.jpg\" width=\"10\" height=\"20\"></image></annotations>";
  ASSERT_TRUE(testing::WriteFile(source_ / "good.xml", xml).ok());
  ASSERT_TRUE(testing::WriteFile(source_ / "cut.xml", xml.substr(0, xml.size() - 20)).ok());
  ASSERT_TRUE(testing::WriteFile(source_ / "random.bin", "\x01\x02").ok());
  ASSERT_EQ(Annofs({"index", source_.path(), "--annotations", "good.xml", "--annotations",
                    "cut.xml", "--annotations", "random.bin", "--annotations", "nope.zip"}),
            kDone)
      << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr(": 1 frames, 0 annotations"));
  EXPECT_THAT(err_.str(), HasSubstr("is not shown whole"));
  EXPECT_THAT(err_.str(), HasSubstr("does not read 'random.bin': no reader knows it"));
  EXPECT_THAT(err_.str(), HasSubstr("found no object 'nope.zip', which --annotations names"));
}

TEST_F(IndexCommandTest, JsonHasTheNumbers) {
  ASSERT_EQ(Annofs({"index", source_.path(), "--json", "--no-views"}), kDone) << err_.str();
  const auto json = JsonDocument::Parse(out_.str());
  ASSERT_TRUE(json.ok()) << out_.str();
  EXPECT_EQ(json->root().IntOr("objects", 0), 3);
  EXPECT_EQ(json->root().IntOr("directories", 0), 3);
  EXPECT_GT(json->root().IntOr("snapshot", 0), 0);
  EXPECT_GT(json->root().IntOr("list_requests", 0), 0);
}

TEST_F(IndexCommandTest, ASnapshotIsShownByItsNumberAndAnUnknownOneIsRefusedWithThoseThereAre) {
  ASSERT_EQ(Annofs({"index", source_.path(), "--json"}), kDone) << err_.str();
  const int64_t number = JsonDocument::Parse(out_.str())->root().IntOr("snapshot", 0);
  ASSERT_TRUE(testing::WriteFile(source_ / "new.jpg", "x").ok());
  ASSERT_EQ(Annofs({"index", source_.path()}), kDone) << err_.str();
  ASSERT_EQ(Annofs({"ls", source_.path(), "--snapshot", absl::StrCat(number)}), kDone)
      << err_.str();
  EXPECT_THAT(out_.str(), Not(HasSubstr("new.jpg")));
  EXPECT_EQ(Annofs({"ls", source_.path(), "--snapshot", "999"}), kFailed);
  EXPECT_THAT(err_.str(), HasSubstr(absl::StrCat(number, " (")));
}

TEST_F(IndexCommandTest, AnIndexFileGivesAnotherCacheTheSameInodes) {
  const std::string file = other_ / "index.file";
  ASSERT_EQ(Annofs({"index", source_.path(), "--export", file}), kDone) << err_.str();
  EXPECT_THAT(err_.str(), HasSubstr("there is no index"));
  ASSERT_EQ(Annofs({"ls", "-l", source_.path()}), kDone);
  const std::string here = out_.str();
  ASSERT_TRUE(testing::WriteFile(source_ / "new.jpg", "x").ok());
  ASSERT_EQ(Annofs({"index", source_.path(), "--export", file}), kDone);
  EXPECT_EQ(err_.str(), "") << "an index that is there is written as it is";
  ASSERT_EQ(Annofs({"index", source_.path(), "--import", file}, "cache2"), kDone) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("3 objects"));
  ASSERT_EQ(Annofs({"ls", "-l", source_.path()}, "cache2"), kDone);
  EXPECT_EQ(out_.str(), here);
}

TEST_F(IndexCommandTest, AFileOfAnotherSourceIsRefusedWithBothNames) {
  testing::TempDir elsewhere;
  const std::string file = other_ / "index.file";
  ASSERT_EQ(Annofs({"index", source_.path(), "--export", file}), kDone) << err_.str();
  EXPECT_EQ(Annofs({"index", elsewhere.path(), "--import", file}), kFailed);
  EXPECT_THAT(err_.str(), HasSubstr(source_.path()));
  EXPECT_THAT(err_.str(), HasSubstr(elsewhere.path()));
}

TEST_F(IndexCommandTest, ImportNeedsNoKeys) {
  EXPECT_EQ(Annofs({"index", "b2://b", "--import", other_ / "absent"}), kFailed);
  EXPECT_THAT(err_.str(), HasSubstr(other_ / "absent"));
}

TEST_F(IndexCommandTest, OptionsThatContradictEachOtherAreWrongUsageAndNamed) {
  const std::vector<std::vector<std::string>> wrong = {
      {"mount", "b2://b", "/m", "--follow", "--at", "2026-05-01"},
      {"mount", "b2://b", "/m", "--follow", "--snapshot", "3"},
      {"mount", "b2://b", "/m", "--follow", "--offline"},
      {"mount", "b2://b", "/m", "-o", "follow,offline"},
      {"ls", "b2://b", "--snapshot", "3", "--at", "2026-05-01"},
      {"ls", "b2://b", "--index-age", "1h", "--at", "2026-05-01"},
      {"ls", "b2://b", "--index-age", "1h", "--snapshot", "3"},
      {"index", "b2://b", "--export", "x", "--import", "y"},
  };
  for (const std::vector<std::string>& arguments : wrong) {
    EXPECT_EQ(Annofs(arguments), kWrongUsage);
    EXPECT_THAT(err_.str(), HasSubstr("exclude each other"));
  }
}

TEST(IndexOptionsTest, AgesAreWrittenAsOtherToolsWriteThem) {
  for (const auto& [text, age] :
       std::vector<std::pair<std::string, absl::Duration>>{{"30m", absl::Minutes(30)},
                                                           {"12h", absl::Hours(12)},
                                                           {"7d", absl::Hours(7 * 24)},
                                                           {"1h30m", absl::Minutes(90)},
                                                           {"0", absl::ZeroDuration()}}) {
    Settings settings;
    ASSERT_TRUE(ApplyMountOptions("index-age=" + text, settings).ok()) << text;
    EXPECT_EQ(settings.index_age, age) << text;
  }
  for (const char* text : {"", "7", "-1h", "inf", "soon", "1y", "nand"}) {
    Settings settings;
    EXPECT_FALSE(ApplyMountOptions(absl::StrCat("index-age=", text), settings).ok()) << text;
  }
  Settings settings;
  ASSERT_TRUE(ApplyMountOptions("snapshot=12", settings).ok());
  EXPECT_EQ(settings.snapshot, 12u);
  for (const char* text : {"snapshot=0", "snapshot=-1", "snapshot=x", "snapshot="}) {
    EXPECT_FALSE(ApplyMountOptions(text, settings).ok()) << text;
  }
}

}  // namespace
}  // namespace annofs
