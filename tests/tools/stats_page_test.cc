// The page of `annofs stats --html`, without a browser.
#include "tools/stats_page.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/text.h"
#include "tests/formats/dataset_cases.h"
#include "tests/tools/stats_testing.h"
#include "tools/stats_page_drawing.h"
#include "tools/stats_page_html.h"

namespace annofs {
namespace {

using ::annofs::testing::AnImage;
using ::annofs::testing::HostileDataset;
using ::annofs::testing::ReportOf;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;

size_t CountOf(absl::string_view what, absl::string_view text) {
  size_t count = 0;
  for (size_t at = text.find(what); at != absl::string_view::npos; at = text.find(what, at + 1))
    ++count;
  return count;
}

TEST(StatsPageTest, NamesAreTextWhateverTheyHold) {
  const std::string page = StatsPage(ReportOf(*HostileDataset()));
  EXPECT_TRUE(IsValidUtf8(page));
  EXPECT_EQ(CountOf("<script", page), 0u);
  EXPECT_EQ(CountOf("<img ", page), CountOf("<img loading=\"lazy\" alt=\"", page));
  EXPECT_EQ(CountOf("<b>street", page), 0u);
  EXPECT_EQ(CountOf("<svg onload", page), 0u);
  EXPECT_EQ(CountOf("<title>", page) - CountOf("</title>", page), 0u);
  EXPECT_THAT(page, HasSubstr("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_THAT(page, HasSubstr("&quot;&gt;&lt;img src=x onerror=alert(1)&gt;"));
  for (char c : page) {
    ASSERT_TRUE(uint8_t(c) >= 0x20 || c == '\n') << int(c);
  }
  for (absl::string_view mark : {"\u202E", "\u2066", "\u009B"}) {
    EXPECT_THAT(page, Not(HasSubstr(std::string(mark))));
  }
}

// No script runs and nothing is fetched, also where something escapes us.
TEST(StatsPageTest, NothingIsAskedOfTheNetwork) {
  const std::string page = StatsPage(ReportOf(*HostileDataset()));
  EXPECT_THAT(page, HasSubstr("default-src 'none'; img-src data:; style-src 'unsafe-inline'"));
  for (absl::string_view what : {"http://", "https://", "url(", "@import", "<link", "<iframe"}) {
    EXPECT_THAT(page, Not(HasSubstr(std::string(what))));
  }
  EXPECT_EQ(CountOf(" src=\"", page), CountOf(" src=\"data:image/jpeg;base64,", page));
  EXPECT_EQ(CountOf(" src=\"", page), 12u) << "so many images at most";
}

TEST(StatsPageTest, TheSameReportIsTheSameBytes) {
  EXPECT_EQ(StatsPage(ReportOf(*HostileDataset())), StatsPage(ReportOf(*HostileDataset())));
}

TEST(StatsPageTest, AnEmptyDatasetHasAPage) {
  const std::string page = StatsPage(ReportOf(*testing::NoFrames()));
  EXPECT_THAT(page, HasSubstr("<strong>0</strong><span>frames"));
  EXPECT_THAT(page, Not(HasSubstr("nan")));
  EXPECT_THAT(page, HasSubstr("</html>"));
}

TEST(StatsPageTest, TenThousandLabelsAndTheirImagesStayWithinTheLimit) {
  DatasetBuilder builder;
  builder.AddTask({.name = "t"});
  const std::string long_name(250, '"');
  for (uint32_t i = 0; i < 10000; ++i) {
    builder.AddLabel({.name = absl::StrCat(i, long_name),
                      .attributes = {{.name = absl::StrCat("a", long_name)}}});
  }
  for (uint32_t i = 0; i < 40; ++i) {
    const uint32_t frame =
        builder.AddFrame({.name = absl::StrCat(i, ".jpg"), .width = 99, .height = 99}).value();
    for (uint32_t k = 0; k < 250; ++k) {
      const Shape shape{.label = (i * 250 + k) % 10000,
                        .points = {1.123456, 2.123456, 3.123456, 4.123456},
                        .attributes = {{absl::StrCat("a", long_name), absl::StrCat(k, long_name)}}};
      ASSERT_TRUE(builder.AddShape(frame, shape).ok());
    }
  }
  const auto data = builder
                        .Finish([](const Frame& frame) {
                          return std::optional<Media>(Media{.key = frame.name, .size = 300000});
                        })
                        .value();
  const std::string image = AnImage() + std::string(300000 - AnImage().size(), 'x');
  const std::string page = StatsPage(ReportOf(*data, image));
  EXPECT_LE(page.size(), kMaxPageBytes);
  EXPECT_GT(page.size(), size_t{1} << 20);
  EXPECT_THAT(page, HasSubstr("more classes with"));
  EXPECT_THAT(page, HasSubstr("more attributes are not shown"));
}

TEST(StatsPageTest, ManyDatasetsWithFullPagesOfTheirOwnStayWithinTheLimit) {
  StatsReport report{.source = "s"};
  std::vector<const DatasetStats*> all;
  const auto data = HostileDataset();
  const std::string image = AnImage() + std::string(300000 - AnImage().size(), 'x');
  for (int i = 0; i < 30; ++i)
    report.datasets.push_back(testing::OneOf(*data, i < 3 ? image : AnImage()));
  for (const StatsReport::One& one : report.datasets) all.push_back(&one.stats);
  report.total = SumOf(all);
  const std::string page = StatsPage(report);
  EXPECT_LE(page.size(), kMaxPageBytes);
  EXPECT_THAT(page, HasSubstr("<h1><bdi>30 datasets</bdi></h1>"));
  EXPECT_THAT(page, HasSubstr("10 more datasets have no charts of their own"));
  EXPECT_EQ(CountOf("<script", page), 0u);
}

TEST(StatsPageTest, FindingsOfTheCheckAreShownWithWhatToDo) {
  StatsReport report = ReportOf(*testing::FramesNamed({"a.jpg"}));
  report.datasets[0].quality.findings = {
      {.rule = "some-rule",
       .severity = QualitySeverity::kError,
       .what = "frames with <b>",
       .remedy = "mend them",
       .count = 1234,
       .places = {{.frame = "a<.jpg", .label = "car", .object = "shape 3", .detail = "9 px"}}}};
  const std::string page = StatsPage(report);
  EXPECT_THAT(page, HasSubstr("<span class=\"badge error\">error</span><b>1,234</b> frames with "
                              "&lt;b&gt;"));
  EXPECT_THAT(page, HasSubstr("mend them"));
  EXPECT_THAT(page, HasSubstr("a&lt;.jpg"));
  EXPECT_THAT(page, HasSubstr("1,233 more")) << "beyond the place that is named";
}

TEST(StatsPageTest, EverySectionIsLinkedAndEveryLinkLeadsSomewhere) {
  const std::string page = StatsPage(ReportOf(*HostileDataset()));
  EXPECT_EQ(CountOf("<h2 id=", page), CountOf("<h2", page));
  EXPECT_EQ(CountOf("<a href=\"#", page), CountOf("<h2 id=", page));
  for (absl::string_view id : {"classes", "samples", "findings", "boxes", "attributes"}) {
    EXPECT_THAT(page, HasSubstr(absl::StrCat("<a href=\"#", id, "\">")));
    EXPECT_THAT(page, HasSubstr(absl::StrCat("<h2 id=\"", id, "\">")));
  }
}

TEST(StatsPageTest, PicturesHaveTextsForWhoDoesNotSeeThem) {
  const std::string page = StatsPage(ReportOf(*testing::FramesNamed({"a.jpg", "b.jpg"})));
  EXPECT_THAT(page, HasSubstr("alt=\"a.jpg: 1 car\""));
  EXPECT_EQ(CountOf("<svg class=\"h", page), CountOf("role=\"img\" aria-label=\"", page) -
                                                 CountOf("aria-label=\"what is annotated\"", page));
}

TEST(StatsPageHtmlTest, LongTextsAreCutBetweenCharacters) {
  std::string text;
  for (int i = 0; i < 200; ++i) text += "犬";
  const std::string escaped = Escaped(text);
  EXPECT_TRUE(IsValidUtf8(escaped));
  EXPECT_THAT(escaped, Not(HasSubstr("\uFFFD")));
  EXPECT_TRUE(absl::EndsWith(escaped, "犬…"));
  EXPECT_LE(escaped.size(), kMaxPageText + 3);
}

TEST(StatsPageHtmlTest, NumbersAreShort) {
  EXPECT_EQ(ShortNumber(999), "999");
  EXPECT_EQ(ShortNumber(1000), "1.0k");
  EXPECT_EQ(ShortNumber(9949), "9.9k");
  EXPECT_EQ(ShortNumber(12345), "12k");
  EXPECT_EQ(ShortNumber(999999), "1.0M");
  EXPECT_EQ(ShortNumber(UINT64_MAX), "18E");
}

TEST(StatsPageDrawingTest, EveryTypeHasItsElement) {
  const auto data = testing::EveryShape();
  const Rank rank = *data->FindPath("dir/b 1.png").value();
  const Drawing drawing =
      DrawShapes(data->info(), data->GetFrame(rank).value(), data->Shapes(rank).value());
  for (absl::string_view element : {"<rect ", "<polygon ", "<polyline ", "<circle ", "<ellipse ",
                                    "<path ", "rotate(90 50 15)"}) {
    EXPECT_THAT(drawing.svg, HasSubstr(std::string(element)));
  }
  EXPECT_EQ(drawing.left_out, 0u);
  EXPECT_THAT(drawing.labels, SizeIs(3)) << "car, person, sky";
  EXPECT_THAT(drawing.svg, HasSubstr("stroke=\"#ff0000\""));
}

TEST(StatsPageDrawingTest, CrowdsAndLongOutlinesAreCut) {
  DatasetBuilder builder;
  builder.AddTask({.name = "t"});
  const uint32_t car = builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "f", .width = 99, .height = 99}).value();
  std::vector<double> points;
  for (int i = 0; i < 200000; ++i) points.push_back(i % 99);
  ASSERT_TRUE(
      builder.AddShape(frame, {.type = ShapeType::kPolygon, .label = car, .points = points}).ok());
  for (int i = 0; i < 5000; ++i) {
    ASSERT_TRUE(builder.AddShape(frame, {.label = car, .points = {0, 0, 5, 5}}).ok());
  }
  const auto data = builder.Finish().value();
  const Drawing drawing =
      DrawShapes(data->info(), data->GetFrame(0).value(), data->Shapes(0).value());
  EXPECT_LE(drawing.svg.size(), kMaxDrawingBytes);
  EXPECT_EQ(drawing.left_out, 5001u - kMaxDrawn);
}

TEST(StatsPageDrawingTest, SkeletonsWithVeryManyElementsAreDrawnInPart) {
  DatasetBuilder builder;
  builder.AddTask({.name = "t"});
  const uint32_t pose = builder.AddLabel({.name = "pose", .type = "skeleton"});
  const uint32_t part =
      builder.AddLabel({.name = "part", .type = "points", .parent = int32_t(pose)});
  const uint32_t frame = builder.AddFrame({.name = "f", .width = 99, .height = 99}).value();
  Shape skeleton{.type = ShapeType::kSkeleton, .label = pose};
  skeleton.elements.resize(100000, {.type = ShapeType::kPoints, .label = part, .points = {1, 2}});
  ASSERT_TRUE(builder.AddShape(frame, skeleton).ok());
  const auto data = builder.Finish().value();
  const Drawing drawing =
      DrawShapes(data->info(), data->GetFrame(0).value(), data->Shapes(0).value());
  EXPECT_EQ(CountOf("<circle", drawing.svg), 200u);
}

}  // namespace
}  // namespace annofs
