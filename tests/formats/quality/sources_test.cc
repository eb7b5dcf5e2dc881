// What sources and jobs say of themselves.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/quality/checking.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using testing::FindingOf;
using testing::Made;
using testing::PlacesOf;

TEST(QualitySourcesTest, ProblemsKeepTheirSeverityAndHowOftenTheyAre) {
  Made made;
  made.builder().AddProblem({.severity = Problem::Severity::kError,
                             .source = "a.zip!x.json",
                             .position = "line 3",
                             .frame = "f.jpg",
                             .reason = "broken"});
  made.builder().AddProblem({.source = "b.zip", .reason = "odd (and 4 more like it)"});
  const QualityReport report = made.Checked();
  EXPECT_THAT(PlacesOf(FindingOf(report, "source-error")),
              ElementsAre("f.jpg||a.zip!x.json, line 3|broken"));
  EXPECT_EQ(FindingOf(report, "source-warning").count, 5u);
  EXPECT_THAT(PlacesOf(FindingOf(report, "source-warning")),
              ElementsAre("||b.zip|odd (and 4 more like it)"));
}

TEST(QualitySourcesTest, AFrameWithoutAnImageIsToldOnce) {
  Made made;
  made.NextFrame();
  const QualityReport report =
      made.Checked({}, [](const Frame&) { return std::optional<Media>(); });
  EXPECT_EQ(FindingOf(report, "missing-media").count, 1u);
  EXPECT_EQ(FindingOf(report, "source-warning").count, 0u);
}

TEST(QualitySourcesTest, JobsThatAreNotCompletedAndSpecialOnesAreNamed) {
  Made made;
  const uint32_t frame = made.NextFrame();
  made.builder().AddJob({.id = 11, .state = "completed"});
  made.builder().AddJob(
      {.id = 12, .stage = "annotation", .state = "in progress", .assignee = "ann"});
  made.builder().AddJob({.id = 13, .kind = Job::Kind::kGroundTruth, .state = "new"});
  made.builder().AddJob({.id = 14, .kind = Job::Kind::kReplica});
  made.builder().AddJob({});
  ASSERT_TRUE(made.builder().AddToJob(1, frame).ok());
  const QualityReport report = made.Checked();
  EXPECT_THAT(PlacesOf(FindingOf(report, "job-not-completed")),
              ElementsAre("||job 12 of task 'task'|annotation, in progress, ann, 1 frame"));
  EXPECT_THAT(PlacesOf(FindingOf(report, "ground-truth-job")),
              ElementsAre("||job 13 of task 'task'|new, 0 frames"));
  EXPECT_THAT(PlacesOf(FindingOf(report, "replica-job")),
              ElementsAre("||job 14 of task 'task'|0 frames"));
}

}  // namespace
}  // namespace annofs
