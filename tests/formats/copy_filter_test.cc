// Which tags and shapes a configuration keeps.
#include "formats/copy_filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/copying.h"

namespace annofs {
namespace {

using ::annofs::testing::Copied;
using ::annofs::testing::CopyResult;
using ::annofs::testing::Pushed;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// A car has a colour, which is red unless a shape says another one.
std::unique_ptr<Dataset> OneFrame(const std::vector<Shape>& shapes, bool is_3d = false) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task", .is_3d = is_3d});
  builder.AddLabel({.name = "car",
                    .attributes = {{.name = "color",
                                    .input_type = "select",
                                    .default_value = "red",
                                    .values = {"red", "blue"}}}});
  builder.AddLabel({.name = "sky"});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg", .width = 99, .height = 99}).value();
  for (const Shape& shape : shapes) EXPECT_TRUE(builder.AddShape(frame, shape).ok());
  return Pushed(builder);
}

// What stays of them: their sources, which are their names here.
std::string Staying(const Where& where, const std::vector<Shape>& shapes, bool is_3d = false) {
  const CopyResult copy = Copied(*OneFrame(shapes, is_3d), {.where = where});
  const std::string names = copy.NamesOn("a.jpg");
  EXPECT_EQ(copy.left_out.shapes + testing::CountOfShapes(*copy.dataset), shapes.size());
  return names;
}

TEST(CopyFilter, TypesAreThoseThatAreNamed) {
  EXPECT_EQ(Staying({.types = {ShapeType::kTag, ShapeType::kEllipse}},
                    {{.type = ShapeType::kTag, .source = "tag"},
                     {.source = "rectangle", .points = {1, 1, 2, 2}},
                     {.type = ShapeType::kEllipse, .source = "ellipse", .points = {5, 5, 6, 4}}}),
            "tag ellipse");
}

TEST(CopyFilter, WhatIsHiddenIsAskedOfEachShape) {
  const std::vector<Shape> shapes = {
      {.type = ShapeType::kTag, .source = "tag"},
      {.source = "seen", .points = {1, 1, 2, 2}},
      {.occluded = true, .source = "hidden", .points = {1, 1, 2, 2}}};
  EXPECT_EQ(Staying({.occluded = true}, shapes), "hidden");
  EXPECT_EQ(Staying({.occluded = false}, shapes), "tag seen");
  EXPECT_EQ(Staying({}, shapes), "tag seen hidden");
}

TEST(CopyFilter, AreasAreOfWhatIsCovered) {
  EXPECT_DOUBLE_EQ(*AreaInPixels({.points = {1, 1, 5, 4}}), 12);
  EXPECT_DOUBLE_EQ(*AreaInPixels({.rotation = 30, .points = {5, 4, 1, 1}}), 12);
  EXPECT_DOUBLE_EQ(*AreaInPixels({.type = ShapeType::kPolygon, .points = {0, 0, 4, 0, 0, 4}}), 8);
  EXPECT_NEAR(*AreaInPixels({.type = ShapeType::kEllipse, .points = {5, 5, 7, 2}}), 18.8496, 1e-4);
  // Runs of 1, 2, 3, 4, of which 2 and 4 are foreground, in a box of 5 x 2.
  EXPECT_DOUBLE_EQ(
      *AreaInPixels({.type = ShapeType::kMask, .points = {1, 2, 3, 4, 10, 10, 14, 11}}), 6);
  EXPECT_DOUBLE_EQ(*AreaInPixels({.type = ShapeType::kCuboid,
                                  .points = {0, 0, 0, 4, 4, 0, 4, 4, 6, 1, 6, 5, 2, 1, 2, 5}}),
                   30);
  EXPECT_DOUBLE_EQ(
      *AreaInPixels(
          {.type = ShapeType::kSkeleton,
           .elements = {{.type = ShapeType::kPoints, .points = {1, 1}},
                        {.type = ShapeType::kPoints, .points = {3, 6}},
                        {.type = ShapeType::kPoints, .outside = true, .points = {90, 90}}}}),
      10);
  for (ShapeType type : {ShapeType::kTag, ShapeType::kPoints, ShapeType::kPolyline}) {
    EXPECT_EQ(AreaInPixels({.type = type, .points = {1, 1, 5, 5, 1, 5}}), std::nullopt);
  }
}

TEST(CopyFilter, WhatIsSmallerGoesAndWhatHasNoAreaStays) {
  EXPECT_EQ(Staying({.min_area = 9},
                    {{.type = ShapeType::kTag, .source = "tag"},
                     {.source = "just", .points = {1, 1, 4, 4}},
                     {.source = "less", .points = {1, 1, 4, 3.9}},
                     {.type = ShapeType::kPoints, .source = "points", .points = {1, 1}}}),
            "tag just points");
}

TEST(CopyFilter, InSpaceNothingHasAnAreaInPixels) {
  const Shape cuboid{.type = ShapeType::kCuboid,
                     .source = "cuboid",
                     .points = {1, 2, 3, 0, 0, 0.5, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0}};
  EXPECT_EQ(Staying({.min_area = 1e6}, {cuboid}, true), "cuboid");
}

TEST(CopyFilter, SourcesAreThoseThatAreNamed) {
  EXPECT_EQ(Staying({.sources = {"auto", "manual"}}, {{.source = "manual", .points = {1, 1, 2, 2}},
                                                      {.source = "file", .points = {1, 1, 2, 2}},
                                                      {.type = ShapeType::kTag, .source = "auto"}}),
            "auto manual");
}

TEST(CopyFilter, AnAttributeThatIsNotSaidHasTheLabelsDefault) {
  const std::vector<Shape> shapes = {
      {.source = "silent", .points = {1, 1, 2, 2}},
      {.source = "red", .points = {1, 1, 2, 2}, .attributes = {{"color", "red"}}},
      {.source = "blue", .points = {1, 1, 2, 2}, .attributes = {{"color", "blue"}}},
      {.label = 1, .source = "sky", .points = {1, 1, 2, 2}}};
  EXPECT_EQ(Staying({.attributes = {{"color", {"red"}}}}, shapes), "silent red");
  EXPECT_EQ(Staying({.attributes = {{"color", {"blue", "red"}}}}, shapes), "silent red blue");
}

TEST(CopyFilter, AllAttributesThatAreNamedMustFit) {
  EXPECT_EQ(
      Staying({.attributes = {{"a", {"1"}}, {"b", {"2", "3"}}}},
              {{.source = "both", .points = {1, 1, 2, 2}, .attributes = {{"a", "1"}, {"b", "3"}}},
               {.source = "one", .points = {1, 1, 2, 2}, .attributes = {{"a", "1"}}}}),
      "both");
}

TEST(CopyFilter, FramesOfATrackAreChosenOneByOne) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  for (uint32_t i = 0; i < 3; ++i) {
    const uint32_t frame = builder.AddFrame({.name = absl::StrCat(i, ".jpg"), .number = i}).value();
    const Shape shape{.track = 0,
                      .occluded = i == 1,
                      .keyframe = true,
                      .source = absl::StrCat("at", i),
                      .points = {1, 1, 2, 2}};
    ASSERT_TRUE(builder.AddShape(frame, shape).ok());
  }
  const CopyResult copy = Copied(*Pushed(builder), {.where = {.occluded = false}});
  EXPECT_EQ(copy.NamesOn("0.jpg"), "at0");
  EXPECT_EQ(copy.NamesOn("1.jpg"), "");
  EXPECT_EQ(copy.NamesOn("2.jpg"), "at2");
}

TEST(CopyFilter, WhereATrackEndsStaysWithIt) {
  const Shape end{
      .track = 4, .occluded = true, .outside = true, .source = "x", .points = {1, 1, 2, 2}};
  const std::unique_ptr<Dataset> data = OneFrame({end});
  auto count = [&](const DatasetConfig& config) {
    return Copied(*data, config).ShapesOf("a.jpg").outside.size();
  };
  EXPECT_EQ(count({}), 1u);
  EXPECT_EQ(count({.where = {.occluded = false, .min_area = 100}}), 1u);
  EXPECT_EQ(count({.where = {.types = {ShapeType::kPolygon}}}), 0u);
  EXPECT_EQ(count({.labels = {.drop = {"car"}}}), 0u);
}

struct JobCase {
  Job job;
  std::vector<uint32_t> frames;
};

// Frame i has a box that is called after it.
std::unique_ptr<Dataset> WithJobs(const std::vector<JobCase>& jobs) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  builder.AddLabel({.name = "car"});
  for (uint32_t i = 0; i < 4; ++i) {
    const uint32_t frame = builder.AddFrame({.name = absl::StrCat(i, ".jpg"), .number = i}).value();
    EXPECT_TRUE(builder.AddShape(frame, {.source = absl::StrCat(i), .points = {1, 1, 2, 2}}).ok());
  }
  for (const JobCase& one : jobs) {
    const uint32_t job = builder.AddJob(one.job);
    for (uint32_t frame : one.frames) EXPECT_TRUE(builder.AddToJob(job, frame).ok());
  }
  return Pushed(builder);
}

std::vector<std::string> Labelled(const Dataset& data, const Where& where) {
  return Copied(data, {.where = where, .frames = FramesKept::kLabelled}).Frames();
}

TEST(CopyFilter, ShapesAreOnFramesOfAJobInTheState) {
  const std::unique_ptr<Dataset> data =
      WithJobs({{{.state = "new"}, {0, 1}}, {{.state = "completed"}, {1, 2}}});
  EXPECT_THAT(Labelled(*data, {.job_states = {"completed"}}), ElementsAre("1.jpg", "2.jpg"));
  EXPECT_THAT(Labelled(*data, {.job_states = {"completed", "new"}}),
              ElementsAre("0.jpg", "1.jpg", "2.jpg"));
}

TEST(CopyFilter, OneJobIsInTheStateAndTheStage) {
  const std::unique_ptr<Dataset> data =
      WithJobs({{{.stage = "acceptance", .state = "new"}, {0, 1}},
                {{.stage = "annotation", .state = "completed"}, {0}},
                {{.stage = "acceptance", .state = "completed"}, {2}}});
  EXPECT_THAT(Labelled(*data, {.job_states = {"completed"}, .job_stages = {"acceptance"}}),
              ElementsAre("2.jpg"));
}

TEST(CopyFilter, AGroundTruthJobCountsWhereNoJobAnnotates) {
  const std::unique_ptr<Dataset> data =
      WithJobs({{{.state = "new"}, {0, 1}},
                {{.kind = Job::Kind::kGroundTruth, .state = "completed"}, {1, 3}}});
  EXPECT_THAT(Labelled(*data, {.job_states = {"completed"}}), ElementsAre("3.jpg"));
}

TEST(CopyFilter, WhatNothingHasIsTold) {
  const std::unique_ptr<Dataset> data = WithJobs({{{.state = "new"}, {0}}});
  EXPECT_THAT(Copied(*data, {.where = {.sources = {"0", "nobody"},
                                       .attributes = {{"colour", {"red"}}},
                                       .job_states = {"new", "old"},
                                       .job_stages = {"last"}}})
                  .Reasons(),
              ElementsAre("where.source of the configuration: no tag or shape has 'nobody'",
                          "where.attribute of the configuration: nothing has an attribute 'colour'",
                          "where.job_state of the configuration: no job has 'old'",
                          "where.job_stage of the configuration: no job has 'last'"));
}

TEST(CopyFilter, AValueThatNoShapeHasIsTold) {
  const std::unique_ptr<Dataset> data = OneFrame({{.source = "x", .points = {1, 1, 2, 2}}});
  EXPECT_THAT(Copied(*data, {.where = {.attributes = {{"color", {"red", "blue"}}}}}).Reasons(),
              ElementsAre("where.attribute of the configuration: no 'color' is 'blue'"));
}

TEST(CopyFilter, WhatOneOfSeveralDatasetsHasIsNotTold) {
  const std::unique_ptr<Dataset> jobs = WithJobs({}), one = OneFrame({});
  const CopyResult copy = Copied({jobs.get(), one.get()}, {.where = {.sources = {"3"}}});
  EXPECT_THAT(copy.Reasons(), IsEmpty());
}

}  // namespace
}  // namespace annofs
