// What CountDataset() counts. Numbers of fixtures were counted in their JSON by a Python script;
// those of datasets made here are the sums of what is added.
#include "formats/quality/stats.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "tests/formats/dataset_cases.h"
#include "tests/formats/reading.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::EveryImage;
using ::annofs::testing::EveryShape;
using ::annofs::testing::Finished;
using ::annofs::testing::ReadFixtureWith;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;
using ::testing::SizeIs;

DatasetStats Counted(const Dataset& data) {
  absl::StatusOr<DatasetStats> stats =
      CountDataset(data, [](uint32_t) { return absl::OkStatus(); });
  EXPECT_TRUE(stats.ok()) << stats.status();
  return *std::move(stats);
}

const ClassStats& ClassOf(const DatasetStats& stats, absl::string_view name) {
  for (const ClassStats& one : stats.classes) {
    if (one.name == name) return one;
  }
  ADD_FAILURE() << "no class " << name;
  return stats.classes.front();
}

uint64_t TypeOf(const ClassStats& one, ShapeType type) { return one.by_type[size_t(type)]; }

std::map<std::string, uint64_t> ValuesOf(const ValueCounts& values) {
  std::map<std::string, uint64_t> counts;
  const ValueCounts::Top top = values.MostFrequent(1000);
  for (const ValueCounts::Value& value : top.values) {
    counts[value.text] = value.count;
  }
  return counts;
}

const AttributeStats& AttributeOf(const ClassStats& one, absl::string_view name) {
  for (const AttributeStats& attribute : one.attributes) {
    if (attribute.name == name) return attribute;
  }
  ADD_FAILURE() << "no attribute " << name;
  return one.attributes.front();
}

TEST(StatsTest, CountsOfABackupAreThoseOfItsJson) {
  const auto read = ReadFixtureWith("cvat_backup", "golden/rand_images_00/INPUT/backup.zip");
  const DatasetStats stats = Counted(*read.dataset);
  EXPECT_EQ(stats.frames, 8u);
  EXPECT_EQ(stats.with_image, 0u);
  EXPECT_EQ(stats.with_shapes, 4u);
  EXPECT_EQ(stats.with_tags, 3u);
  EXPECT_EQ(stats.without_annotations, 3u);
  EXPECT_EQ(stats.annotations(), 11u);
  EXPECT_EQ(stats.objects(), 8u);
  EXPECT_EQ(stats.tags(), 3u);
  EXPECT_EQ(stats.by_type[size_t(ShapeType::kRectangle)], 3u);
  EXPECT_EQ(stats.by_type[size_t(ShapeType::kPolygon)], 2u);
  EXPECT_EQ(stats.by_type[size_t(ShapeType::kCuboid)], 1u);
  EXPECT_EQ(stats.flags.occluded, 3u);
  EXPECT_EQ(stats.flags.rotated, 1u);
  EXPECT_EQ(stats.flags.grouped, 1u);
  EXPECT_THAT(ValuesOf(stats.sources),
              ElementsAre(Pair("auto", 3), Pair("manual", 6), Pair("semi-auto", 2)));
  EXPECT_THAT(ValuesOf(stats.image_sizes), ElementsAre(Pair("320x240", 8)));
  EXPECT_THAT(stats.objects_per_frame.counts(), ElementsAre(Pair(0, 4), Pair(1, 2), Pair(3, 2)));
  const ClassStats& truck = ClassOf(stats, "truck");
  EXPECT_EQ(truck.frames, 4u);
  EXPECT_EQ(TypeOf(truck, ShapeType::kPoints), 1u);
  EXPECT_THAT(ValuesOf(AttributeOf(truck, "plate").values),
              ElementsAre(Pair("", 1), Pair("A 1", 1), Pair("línea", 1)));
  EXPECT_THAT(ValuesOf(AttributeOf(truck, "speed").values),
              ElementsAre(Pair("0", 1), Pair("200", 2)));
  EXPECT_EQ(ClassOf(stats, "狗").frames, 3u);
  EXPECT_EQ(ClassOf(stats, "cat & dog").objects(), 3u);
}

TEST(StatsTest, BoxesAreThoseAroundTurnedShapesMasksAndEllipses) {
  const auto read = ReadFixtureWith("cvat_backup", "golden/rand_images_01/INPUT/backup.zip");
  const BoxStats boxes = Counted(*read.dataset).boxes;
  EXPECT_EQ(boxes.boxes, 26u) << "27 shapes, one of them a polyline";
  EXPECT_EQ(boxes.small, 9u);
  EXPECT_EQ(boxes.medium, 10u);
  EXPECT_EQ(boxes.large, 7u);
  EXPECT_THAT(boxes.width.counts(), ElementsAre(0, 0, 0, 1, 1, 5, 5, 9, 3, 2, 0, 0, 0, 0, 0, 0));
  EXPECT_THAT(boxes.aspect.counts(), ElementsAre(1, 1, 0, 1, 0, 1, 11, 5, 1, 2, 1, 1, 1));
  EXPECT_THAT(boxes.area_share.counts(), ElementsAre(0, 0, 0, 0, 0, 3, 1, 6, 6, 2, 3, 2, 3, 0));
  EXPECT_EQ(boxes.centres.outside, 0u);
  uint64_t above = 0, left = 0, all = 0;
  for (int i = 0; i < CentreGrid::kCells * CentreGrid::kCells; ++i) {
    const uint64_t count = boxes.centres.counts[size_t(i)];
    all += count;
    above += i < CentreGrid::kCells * CentreGrid::kCells / 2 ? count : 0;
    left += i % CentreGrid::kCells < CentreGrid::kCells / 2 ? count : 0;
  }
  EXPECT_EQ(all, 26u);
  EXPECT_EQ(above, 13u);
  EXPECT_EQ(left, 14u);
}

TEST(StatsTest, SkeletonsAreOneObjectAndTheirPartsAreInNoSum) {
  const auto read = ReadFixtureWith("cvat_backup", "golden/rand_images_04/INPUT/backup.zip");
  const DatasetStats stats = Counted(*read.dataset);
  EXPECT_EQ(stats.objects(), 35u);
  EXPECT_EQ(stats.by_type[size_t(ShapeType::kSkeleton)], 6u);
  EXPECT_EQ(stats.by_type[size_t(ShapeType::kPoints)], 6u) << "points of skeletons do not count";
  EXPECT_EQ(TypeOf(ClassOf(stats, "skel1"), ShapeType::kSkeleton), 5u);
  uint64_t parts = 0;
  for (const ClassStats& one : stats.classes) parts += one.is_part ? one.annotations() : 0;
  EXPECT_GT(parts, 6u);
  EXPECT_THAT(stats.objects_per_frame.counts(),
              ElementsAre(Pair(6, 1), Pair(8, 1), Pair(9, 1), Pair(12, 1)));
}

TEST(StatsTest, PartsOfSkeletonsAreNamedByBothAndAbsentOnesAreOutside) {
  const DatasetStats stats = Counted(*EveryShape());
  const ClassStats& knee = ClassOf(stats, "person/knee");
  EXPECT_TRUE(knee.is_part);
  EXPECT_EQ(knee.annotations(), 2u);
  EXPECT_EQ(knee.flags.outside, 1u);
  EXPECT_EQ(stats.flags.outside, 0u);
  EXPECT_EQ(stats.annotations(), 13u);
}

TEST(StatsTest, TracksAreCountedWithTheFramesOnWhichTheyAreSeen) {
  DatasetBuilder builder;
  builder.AddTask({.name = "clip", .is_video = true});
  const uint32_t car = builder.AddLabel({.name = "car"});
  const uint32_t bus = builder.AddLabel({.name = "bus"});
  for (uint32_t i = 0; i < 10; ++i) {
    const uint32_t frame = builder.AddFrame({.name = absl::StrCat("f", i), .number = i}).value();
    auto add = [&](Shape shape) { EXPECT_TRUE(builder.AddShape(frame, std::move(shape)).ok()); };
    add({.label = car, .track = 0, .keyframe = i == 0, .points = {0, 0, 4, 4}});
    if (i < 3) add({.label = car, .track = 1, .points = {0, 0, 4, 4}});
    if (i == 3) add({.label = car, .track = 1, .outside = true, .points = {0, 0, 4, 4}});
    if (i < 3) add({.label = bus, .track = 2, .points = {0, 0, 4, 4}});
  }
  const DatasetStats stats = Counted(*Finished(builder));
  EXPECT_EQ(stats.tracks, 3u);
  EXPECT_THAT(stats.track_lengths.counts(), ElementsAre(Pair(3, 2), Pair(10, 1)));
  EXPECT_EQ(ClassOf(stats, "car").tracks, 2u);
  EXPECT_EQ(ClassOf(stats, "bus").tracks, 1u);
  EXPECT_EQ(stats.flags.tracked, 16u);
  EXPECT_EQ(stats.flags.keyframes, 1u);
  EXPECT_EQ(stats.flags.outside, 1u);
  EXPECT_EQ(stats.video_tasks, 1u);
}

TEST(StatsTest, MoreTracksThanAreAskedForAtOnceAreAllCounted) {
  DatasetBuilder builder;
  builder.AddTask({.name = "clip"});
  const uint32_t car = builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "f"}).value();
  for (int32_t i = 0; i < 10000; ++i) {
    ASSERT_TRUE(builder.AddShape(frame, {.label = car, .track = i, .points = {0, 0, 1, 1}}).ok());
  }
  EXPECT_EQ(Counted(*Finished(builder)).tracks, 10000u);
}

TEST(StatsTest, JobsAreGroupedByStageAndStateWithTheFramesOfAny) {
  DatasetBuilder builder;
  builder.AddTask({.name = "t"});
  const auto job = [&](absl::string_view stage, absl::string_view state, Job::Kind kind) {
    return builder.AddJob({.kind = kind, .stage = std::string(stage), .state = std::string(state)});
  };
  const uint32_t first = job("annotation", "new", Job::Kind::kAnnotation);
  const uint32_t second = job("annotation", "new", Job::Kind::kAnnotation);
  const uint32_t third = job("acceptance", "completed", Job::Kind::kAnnotation);
  const uint32_t truth = job("annotation", "new", Job::Kind::kGroundTruth);
  for (uint32_t i = 0; i < 10; ++i) {
    const uint32_t frame = builder.AddFrame({.name = absl::StrCat(i), .number = i}).value();
    ASSERT_TRUE(builder.AddToJob(first, frame).ok());
    if (i < 4) {
      ASSERT_TRUE(builder.AddToJob(second, frame).ok());
    }
    if (i < 3) {
      ASSERT_TRUE(builder.AddToJob(third, frame).ok());
    }
    if (i < 2) {
      ASSERT_TRUE(builder.AddToJob(truth, frame).ok());
    }
  }
  const DatasetStats stats = Counted(*Finished(builder));
  EXPECT_EQ(stats.jobs, 4u);
  ASSERT_THAT(stats.job_groups, SizeIs(3));
  EXPECT_EQ(stats.job_groups[0].stage, "acceptance");
  EXPECT_EQ(stats.job_groups[0].frames, 3u);
  EXPECT_EQ(stats.job_groups[1].jobs, 2u);
  EXPECT_EQ(stats.job_groups[1].frames, 10u) << "frames of two jobs count once";
  EXPECT_EQ(stats.job_groups[2].kind, Job::Kind::kGroundTruth);
}

// Frames of subsets; the first of each has a car.
std::unique_ptr<Dataset> OfSubsets(const std::vector<std::pair<std::string, int>>& subsets) {
  DatasetBuilder builder;
  builder.SetInfo({.name = "subsets"});
  const uint32_t car = builder.AddLabel({.name = "car"});
  for (const auto& [subset, count] : subsets) {
    const uint32_t task = builder.AddTask({.name = subset, .subset = subset});
    for (int i = 0; i < count; ++i) {
      const uint32_t frame = builder
                                 .AddFrame({.name = absl::StrCat("s", subset, "/", i, ".jpg"),
                                            .task = task,
                                            .subset = subset})
                                 .value();
      if (i == 0) {
        EXPECT_TRUE(builder.AddShape(frame, {.label = car, .points = {0, 0, 9, 9}}).ok());
      }
    }
  }
  return Finished(builder);
}

TEST(StatsTest, PartsAreWhatTrainersSeeAndClassesAreCountedByThem) {
  const DatasetStats stats = Counted(*OfSubsets({{"Train", 6}, {"Validation", 2}, {"other", 1}}));
  ASSERT_THAT(stats.parts, SizeIs(3));
  EXPECT_EQ(stats.parts[0].name, "train");
  EXPECT_EQ(stats.parts[0].frames, 6u);
  EXPECT_EQ(stats.parts[0].with_image, 6u);
  EXPECT_EQ(stats.parts[0].annotated, 1u);
  EXPECT_EQ(stats.parts[1].name, "val");
  EXPECT_EQ(stats.parts[2].name, "other");
  EXPECT_THAT(stats.stacked, ElementsAre("train", "val", "other"));
  EXPECT_THAT(ClassOf(stats, "car").by_part, ElementsAre(1, 1, 1));
  ASSERT_THAT(stats.subsets, SizeIs(3));
  EXPECT_EQ(stats.subsets[1].name, "Validation");
}

TEST(StatsTest, PartsBeyondTheEighthAreStackedAsOthers) {
  std::vector<std::pair<std::string, int>> subsets = {{"Train", 2}};
  for (int i = 0; i < 20; ++i) subsets.emplace_back(absl::StrCat("s", i), 2);
  const DatasetStats stats = Counted(*OfSubsets(subsets));
  EXPECT_THAT(stats.parts, SizeIs(22)) << "val is made where there is none";
  ASSERT_THAT(stats.stacked, SizeIs(8));
  EXPECT_EQ(stats.stacked.back(), "others");
  const ClassStats& car = ClassOf(stats, "car");
  uint64_t sum = 0;
  for (uint64_t count : car.by_part) sum += count;
  EXPECT_EQ(sum, car.annotations());
  EXPECT_GT(car.by_part.back(), 10u);
}

TEST(StatsTest, AnEmptyDatasetHasNothing) {
  const DatasetStats stats = Counted(*testing::NoFrames());
  EXPECT_EQ(stats.frames, 0u);
  EXPECT_EQ(stats.annotations(), 0u);
  EXPECT_THAT(stats.classes, IsEmpty());
  EXPECT_THAT(stats.objects_per_frame.counts(), IsEmpty());
}

TEST(StatsTest, BoxesThatAreNotFiniteOrLieOutsideDoNoHarm) {
  DatasetBuilder builder;
  builder.AddTask({.name = "t"});
  const uint32_t car = builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "f", .width = 100, .height = 100}).value();
  const uint32_t unknown = builder.AddFrame({.name = "g"}).value();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const double infinity = std::numeric_limits<double>::infinity();
  auto add = [&](uint32_t to, std::vector<double> points) {
    EXPECT_TRUE(builder.AddShape(to, {.label = car, .points = std::move(points)}).ok());
  };
  add(frame, {nan, 0, 1, 1});
  add(frame, {0, 0, infinity, 1});
  add(frame, {-300, 0, -200, 10});
  add(frame, {5, 5, 5, 9});
  add(unknown, {0, 0, 10, 10});
  const BoxStats boxes = Counted(*Finished(builder)).boxes;
  EXPECT_EQ(boxes.boxes, 3u);
  EXPECT_EQ(boxes.centres.outside, 1u);
  EXPECT_EQ(boxes.empty, 1u);
  EXPECT_EQ(boxes.without_size, 1u);
  EXPECT_EQ(boxes.area_share.total(), 2u);
}

TEST(StatsTest, TenThousandLabelsWithAttributesAreCountedEach) {
  DatasetBuilder builder;
  builder.AddTask({.name = "t"});
  const uint32_t frame = builder.AddFrame({.name = "f", .width = 9, .height = 9}).value();
  for (uint32_t i = 0; i < 10000; ++i) {
    builder.AddLabel({.name = absl::StrCat("label ", i)});
    ASSERT_TRUE(builder
                    .AddShape(frame, {.label = i,
                                      .points = {0, 0, 1, 1},
                                      .attributes = {{"plate", absl::StrCat("value ", i)}}})
                    .ok());
  }
  const DatasetStats stats = Counted(*Finished(builder));
  EXPECT_THAT(stats.classes, SizeIs(10000));
  EXPECT_EQ(stats.annotations(), 10000u);
  EXPECT_THAT(ValuesOf(AttributeOf(stats.classes[77], "plate").values),
              ElementsAre(Pair("value 77", 1)));
}

TEST(StatsTest, HostileDatasetsAreCounted) {
  const DatasetStats stats = Counted(*testing::HostileNames());
  EXPECT_GT(stats.frames, 10u);
  EXPECT_THAT(stats.classes, SizeIs(16));
}

TEST(StatsTest, ErrorsOfTheSourcesAreToldFromDoubts) {
  DatasetBuilder builder;
  builder.AddProblem({.reason = "doubtful"});
  builder.AddProblem(
      {.severity = Problem::Severity::kError, .source = "x.xml", .reason = "ends early"});
  const DatasetStats stats = Counted(*Finished(builder));
  EXPECT_EQ(stats.problems, 2u);
  EXPECT_EQ(stats.errors, 1u);
  EXPECT_EQ(stats.first_error, "x.xml: ends early");
}

TEST(StatsTest, AnErrorOfTheProgressEndsThePass) {
  const auto stats =
      CountDataset(*EveryShape(), [](uint32_t) { return absl::CancelledError("enough"); });
  EXPECT_TRUE(absl::IsCancelled(stats.status()));
}

TEST(StatsSumTest, ClassesPartsAndValuesOfOneNameAreOne) {
  const DatasetStats first = Counted(*OfSubsets({{"Train", 6}, {"Val", 2}}));
  const DatasetStats second = Counted(*OfSubsets({{"Train", 3}, {"Test", 2}, {"Val", 1}}));
  const DatasetStats every = Counted(*EveryShape());
  const DatasetStats sum = SumOf({&first, &second, &every});
  EXPECT_EQ(sum.datasets, 3u);
  EXPECT_EQ(sum.frames, 16u);
  EXPECT_EQ(sum.annotations(), 2u + 3u + 13u);
  ASSERT_GE(sum.stacked.size(), 3u);
  EXPECT_THAT(std::vector<std::string>(sum.stacked.begin(), sum.stacked.begin() + 3),
              ElementsAre("train", "val", "test"));
  const ClassStats& car = ClassOf(sum, "car");
  EXPECT_EQ(car.annotations(), 5u + ClassOf(every, "car").annotations());
  uint64_t by_part = 0;
  for (uint64_t count : car.by_part) by_part += count;
  EXPECT_GE(by_part, car.annotations());
  EXPECT_EQ(car.boxes->boxes, 5u + ClassOf(every, "car").boxes->boxes);
  EXPECT_EQ(sum.boxes.boxes, first.boxes.boxes + second.boxes.boxes + every.boxes.boxes);
  EXPECT_EQ(AttributeOf(car, "color").values.total(), 1u);
  ASSERT_GE(sum.parts.size(), 3u);
  EXPECT_EQ(sum.parts[0].frames, 6u + 3u + every.parts[0].frames);
}

}  // namespace
}  // namespace annofs
