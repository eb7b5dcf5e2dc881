// The table of rules, and what a report is.
#include "formats/quality/findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/ascii.h"
#include "tests/formats/quality/checking.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using testing::FindingOf;
using ::testing::HasSubstr;
using testing::Made;

TEST(QualityRulesTest, EachHasANameOfItsOwnAndSaysWhatItIsAndWhatToDo) {
  std::set<absl::string_view> ids;
  for (const QualityRule& rule : QualityRules()) {
    EXPECT_TRUE(ids.insert(rule.id).second) << rule.id;
    EXPECT_FALSE(rule.id.empty());
    for (char c : rule.id) EXPECT_TRUE(absl::ascii_islower(uint8_t(c)) || c == '-') << rule.id;
    EXPECT_FALSE(rule.what.empty()) << rule.id;
    EXPECT_FALSE(rule.remedy.empty()) << rule.id;
  }
  // What Datumaro's validators report, by their names (reference/training-tools.md §4).
  for (absl::string_view id :
       {"missing-label-categories", "missing-annotation", "multi-label", "missing-attribute",
        "undefined-label", "undefined-attribute", "label-defined-but-not-found",
        "attribute-defined-but-not-found", "only-one-label", "only-one-attribute-value",
        "few-samples-in-label", "few-samples-in-attribute", "imbalanced-labels",
        "imbalanced-attribute", "imbalanced-dist-in-label", "negative-length", "invalid-value",
        "far-from-label-mean"}) {
    EXPECT_TRUE(ids.contains(id)) << id;
  }
}

// 30 boxes of which 3 are outside, a label without annotations.
Made ThreeOutside() {
  Made made;
  const uint32_t car = made.Label("car");
  made.Label("bus");
  for (int i = 0; i < 30; ++i) {
    made.NextFrame();
    const double x = i % 10 == 0 ? 200 : 20;
    made.Box(car, {x, 10, x + 20, 30});
  }
  return made;
}

TEST(QualityReportTest, CountsAllAndNamesTheFirstPlaces) {
  const QualityReport report = ThreeOutside().Checked({.places = 2});
  EXPECT_EQ(report.dataset, "made");
  EXPECT_EQ(report.frames, 30u);
  EXPECT_EQ(report.annotations, 30u);
  const QualityFinding out = FindingOf(report, "out-of-frame");
  EXPECT_EQ(out.count, 3u);
  EXPECT_EQ(out.severity, QualitySeverity::kError);
  ASSERT_EQ(out.places.size(), 2u);
  EXPECT_EQ(out.places[0].frame, "0.jpg");
  EXPECT_EQ(out.places[1].frame, "10.jpg") << "in CVAT's order";
  EXPECT_TRUE(out.places[1].rank.has_value());
  EXPECT_EQ(report.CountOf(QualitySeverity::kError), 3u);
  EXPECT_TRUE(report.HasAtLeast(QualitySeverity::kError));
}

TEST(QualityReportTest, ErrorsComeFirstAndWhatFindsNothingIsNotThere) {
  const QualityReport report = ThreeOutside().Checked();
  ASSERT_FALSE(report.findings.empty());
  for (size_t i = 0; i < report.findings.size(); ++i) {
    EXPECT_GT(report.findings[i].count, 0u);
    if (i > 0) EXPECT_LE(report.findings[i].severity, report.findings[i - 1].severity);
  }
  EXPECT_EQ(FindingOf(report, "partly-out-of-frame").count, 0u);
}

TEST(QualityReportTest, IsTheSameEachTime) {
  JsonWriter one, other;
  WriteFindings(ThreeOutside().Checked(), 1000, one);
  WriteFindings(ThreeOutside().Checked(), 1000, other);
  EXPECT_EQ(one.Take(), other.Take());
}

TEST(QualityReportTest, JsonHasTheMembersThatAreNotEmptyAndSoManyPlaces) {
  QualityReport report{.findings = {{.rule = "a-rule",
                                     .severity = QualitySeverity::kInfo,
                                     .what = "things",
                                     .remedy = "do",
                                     .count = 7,
                                     .places = {{.frame = "a.jpg", .detail = "1 px"},
                                                {.label = "car", .object = "shape 0"},
                                                {.frame = "third.jpg"}}}}};
  JsonWriter json;
  WriteFindings(report, 2, json);
  EXPECT_EQ(json.Take(),
            R"([{"rule":"a-rule","severity":"info","what":"things","remedy":"do","count":7,)"
            R"("places":[{"frame":"a.jpg","detail":"1 px"},{"label":"car","object":"shape 0"}]}])");
}

TEST(QualityReportTest, ProgressIsToldAndItsErrorEndsTheWork) {
  Made made;
  const uint32_t car = made.Label("car");
  for (int i = 0; i < 3000; ++i) {
    made.NextFrame();
    made.Box(car, {10, 10, 30, 30});
  }
  const std::unique_ptr<Dataset> data = testing::Finished(made.builder());
  std::vector<std::pair<uint64_t, uint64_t>> told;
  absl::StatusOr<QualityReport> report = CheckQuality(*data, {}, [&](const QualityProgress& now) {
    told.emplace_back(now.done, now.all);
    return absl::OkStatus();
  });
  ASSERT_TRUE(report.ok());
  EXPECT_THAT(told,
              ElementsAre(std::pair(1024u, 3000u), std::pair(2048u, 3000u), std::pair(3072u, 6000u),
                          std::pair(4096u, 6000u), std::pair(5120u, 6000u)));
  report = CheckQuality(*data, {},
                        [](const QualityProgress&) { return absl::CancelledError("interrupted"); });
  EXPECT_TRUE(absl::IsCancelled(report.status()));
}

TEST(QualityReportTest, AnEmptyDatasetIsSaidToBeOne) {
  DatasetBuilder builder;
  const std::unique_ptr<Dataset> data = testing::Finished(builder);
  const QualityReport report = testing::Check(*data);
  EXPECT_EQ(FindingOf(report, "no-frames").count, 1u);
  EXPECT_EQ(FindingOf(report, "missing-label-categories").count, 1u);
  EXPECT_EQ(report.findings.size(), 2u);
}

TEST(QualityReportTest, FramesWithoutAnnotationsOrSizeAreNamed) {
  Made made;
  const uint32_t car = made.Label("car");
  made.NextFrame();
  made.NextFrame({.width = 100});
  made.Tag(car);
  made.NextFrame();
  made.Box(car, {1, 1, 30, 30});
  const QualityReport report = made.Checked();
  EXPECT_THAT(testing::PlacesOf(FindingOf(report, "missing-annotation")), ElementsAre("0.jpg|||"));
  EXPECT_THAT(testing::PlacesOf(FindingOf(report, "unknown-frame-size")), ElementsAre("1.jpg|||"));
}

}  // namespace
}  // namespace annofs
