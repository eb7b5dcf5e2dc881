// The index in LMDB is the dataset it was written from.
#include "fs/dataset_index.h"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <random>
#include <set>

#include "absl/strings/match.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "formats/shape_codec.h"
#include "gmock/gmock.h"
#include "tests/cache/faulty_lmdb.h"
#include "tests/formats/same_dataset.h"
#include "tests/formats/sample_data.h"
#include "tests/fs/written_index.h"
#include "tests/testing/memory_growth.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

const IndexVersion kVersion(16, 'v');

std::unique_ptr<Lmdb> OpenIn(const TempDir& directory) {
  return OpenCacheDir({.path = directory / "cache", .block_bytes = uint64_t{16} << 20})
      .value()
      .catalog;
}

absl::StatusOr<std::optional<MatchedMedia>> MatchEvery(const Frame& frame) {
  return std::optional<MatchedMedia>(
      MatchedMedia{.row = 100 + frame.number,
                   .version = "v1",
                   .media = {.key = absl::StrCat("bucket/", frame.name), .size = 7}});
}

absl::StatusOr<std::optional<MatchedMedia>> MatchNone(const Frame&) {
  return std::optional<MatchedMedia>();
}

// Frames in directories, subsets and tasks, more than one block holds.
std::unique_ptr<Dataset> Large() {
  DatasetBuilder builder;
  builder.SetInfo({.name = "large",
                   .sources = {{"a.zip", "v1", "cvat_backup"}},
                   .other_sources = {{"b.xml", "v2", "cvat_images_xml"}}});
  builder.AddTask({.name = "one", .subset = "train"});
  builder.AddTask({.name = "two", .is_3d = true});
  uint32_t car = builder.AddLabel(
      {.name = "car", .attributes = {{"color", true, "select", "red", {"red", "blue"}}}});
  builder.AddLabel({.name = "never"});
  for (uint32_t i = 0; i < 3000; ++i) {
    Frame frame{.name = absl::StrCat("d", i % 7, "/e", i % 3, "/", i, ".jpg"),
                .number = i,
                .task = i % 2,
                .subset = i % 2 == 0 ? "train" : ""};
    uint32_t index = builder.AddFrame(std::move(frame)).value();
    if (i % 5 == 0) {
      EXPECT_TRUE(builder.AddShape(index, {.label = car, .points = {1, 2, 3, 4}}).ok());
    }
  }
  builder.AddProblem({.severity = Problem::Severity::kError,
                      .source = "a.zip!x",
                      .position = "line 3",
                      .frame = "f",
                      .reason = "bad\tthing"});
  builder.AddProblem({.reason = "doubtful"});
  return Finished(builder);
}

class DatasetIndexTest : public ::testing::Test {
 protected:
  std::shared_ptr<const IndexedDataset> Written(const Dataset& data) {
    EXPECT_TRUE(WriteAnnotationIndex(*lmdb_, kVersion, data).ok());
    return OpenDataset(*lmdb_, kVersion, MatchEvery).value();
  }
  TempDir directory_;
  std::unique_ptr<Lmdb> lmdb_ = OpenIn(directory_);
};

TEST_F(DatasetIndexTest, EveryShapeIsKept) {
  std::unique_ptr<Dataset> data = EveryShape();
  ExpectSame(*Written(*data), *data);
}

TEST_F(DatasetIndexTest, ManyFramesAreKept) {
  std::unique_ptr<Dataset> data = Large();
  ExpectSame(*Written(*data), *data);
}

TEST_F(DatasetIndexTest, AnEmptyDatasetIsKept) {
  DatasetBuilder builder;
  builder.SetInfo({.name = "empty"});
  std::unique_ptr<Dataset> data = Finished(builder);
  ExpectSame(*Written(*data), *data);
}

TEST_F(DatasetIndexTest, HostileNamesAreKept) {
  std::unique_ptr<Dataset> data = FramesNamed(
      {"../a.jpg", "a.jpg", "A.JPG", "a.png", "b\n.jpg", std::string(400, 'x') + ".jpg", "", "/"});
  ExpectSame(*Written(*data), *data);
}

TEST_F(DatasetIndexTest, TheRowBehindAnImageIsKept) {
  std::unique_ptr<Dataset> data = FramesNamed({"a.jpg"});
  EXPECT_EQ(Written(*data)->MediaRow(0).value(), std::optional<RowId>(100));
}

TEST_F(DatasetIndexTest, WritingAgainIsHarmless) {
  std::unique_ptr<Dataset> data = EveryShape();
  std::shared_ptr<const IndexedDataset> first = Written(*data);
  std::shared_ptr<const IndexedDataset> second = Written(*data);
  ExpectSame(*first, *second);
  EXPECT_EQ(first->info().id, second->info().id);
}

TEST_F(DatasetIndexTest, TheIdIsThatOfItsSourcesAndMedia) {
  std::unique_ptr<Dataset> data = FramesNamed({"a.jpg", "b.jpg"});
  std::string id = Written(*data)->info().id;
  auto other_version = [](const Frame& frame) {
    absl::StatusOr<std::optional<MatchedMedia>> matched = MatchEvery(frame);
    (*matched)->version = "v2";
    return matched;
  };
  EXPECT_NE(OpenDataset(*lmdb_, kVersion, other_version).value()->info().id, id);
  EXPECT_NE(OpenDataset(*lmdb_, kVersion, MatchNone).value()->info().id, id);
  // Row numbers are a host's own.
  auto other_row = [](const Frame& frame) {
    absl::StatusOr<std::optional<MatchedMedia>> matched = MatchEvery(frame);
    (*matched)->row += 50;
    return matched;
  };
  std::shared_ptr<const IndexedDataset> moved = OpenDataset(*lmdb_, kVersion, other_row).value();
  EXPECT_EQ(moved->info().id, id);
  EXPECT_EQ(moved->MediaRow(0).value(), std::optional<RowId>(150));
}

TEST_F(DatasetIndexTest, WhatTheMatcherReportsIsAProblemAndPartOfTheVersion) {
  std::unique_ptr<Dataset> data = FramesNamed({"a.jpg", "b.jpg"});
  ASSERT_TRUE(WriteAnnotationIndex(*lmdb_, kVersion, *data).ok());
  auto silent = OpenDataset(*lmdb_, kVersion, MatchNone).value();
  EXPECT_TRUE(silent->WithMedia().value().empty());
  EXPECT_EQ(silent->GetMedia(0).value().has_value(), false);
  auto matched = OpenDataset(*lmdb_, kVersion, MatchNone, {.problems = [] {
                   return std::vector<Problem>{{.reason = "two are as good"}};
                 }}).value();
  ASSERT_EQ(matched->Problems().value().size(), 1u);
  EXPECT_EQ(matched->Problems().value()[0].reason, "two are as good");
  EXPECT_NE(matched->info().id, silent->info().id);
}

TEST_F(DatasetIndexTest, AnImageInsideTheSourceCountsAsMedia) {
  DatasetBuilder builder;
  builder.SetInfo({.name = "d", .sources = {{"x.zip", "v1", "cvat_backup"}}});
  builder.AddTask({.name = "task"});
  builder.AddFrame({.name = "a.jpg"}).value();
  builder.AddFrame({.name = "b.jpg", .inner = InnerMedia{.header_offset = 9, .size = 77}}).value();
  std::unique_ptr<Dataset> data = Finished(builder, nullptr);
  ASSERT_TRUE(WriteAnnotationIndex(*lmdb_, kVersion, *data).ok());
  auto matched = OpenDataset(*lmdb_, kVersion, MatchNone).value();
  EXPECT_FALSE(matched->GetMedia(0).value().has_value());
  ASSERT_TRUE(matched->GetMedia(1).value().has_value());
  EXPECT_EQ(matched->GetMedia(1).value()->size, 77u);
  EXPECT_FALSE(matched->MediaRow(1).value().has_value());
  EXPECT_EQ(matched->WithMedia().value().size(), 1u);
}

TEST_F(DatasetIndexTest, AMatcherThatFailsLeavesNothingOpened) {
  std::unique_ptr<Dataset> data = FramesNamed({"a.jpg", "b.jpg"});
  ASSERT_TRUE(WriteAnnotationIndex(*lmdb_, kVersion, *data).ok());
  auto fails = [](const Frame& frame) -> absl::StatusOr<std::optional<MatchedMedia>> {
    if (frame.name == "b.jpg") return absl::UnavailableError("no network");
    return MatchEvery(frame);
  };
  EXPECT_TRUE(absl::IsUnavailable(OpenDataset(*lmdb_, kVersion, fails).status()));
  EXPECT_TRUE(OpenDataset(*lmdb_, kVersion, MatchEvery).ok());
}

// Numbers of the parts that have records.
std::set<uint32_t> Parts(Lmdb& lmdb) {
  std::set<uint32_t> parts;
  EXPECT_TRUE(lmdb.View([&](const LmdbReader& reader) {
                    reader.Scan(kDatasetDataTable, "",
                                [&](absl::string_view key, absl::string_view) {
                                  parts.insert(ReadKey32(key));
                                  return true;
                                });
                    return absl::OkStatus();
                  })
                  .ok());
  return parts;
}

TEST_F(DatasetIndexTest, AnAbortedWriteIsNotVisibleAndItsRecordsGoWithTheNext) {
  std::unique_ptr<Dataset> data = EveryShape();
  FaultyLmdb faulty(*lmdb_);
  // Its number was taken, its records are written, it is about to be shown.
  faulty.SetHook([](int update, FaultyLmdb::When when) {
    return update == 3 && when == FaultyLmdb::When::kBeforeCommit ? absl::DataLossError("broken")
                                                                  : absl::OkStatus();
  });
  EXPECT_TRUE(absl::IsDataLoss(WriteAnnotationIndex(faulty, kVersion, *data)));
  EXPECT_THAT(Parts(*lmdb_), ElementsAre(1));
  EXPECT_FALSE(HasAnnotationIndex(*lmdb_, kVersion).value());
  EXPECT_FALSE(OpenDataset(*lmdb_, kVersion, MatchEvery).ok());
  ExpectSame(*Written(*data), *data);
  EXPECT_THAT(Parts(*lmdb_), ElementsAre(2, 3));  // annotations, media
}

TEST_F(DatasetIndexTest, TheFirstOfTwoBuildsOfOneVersionStays) {
  std::unique_ptr<Dataset> data = FramesNamed({"a.jpg"}), other = FramesNamed({"b.jpg"});
  ASSERT_TRUE(WriteAnnotationIndex(*lmdb_, kVersion, *data).ok());
  ASSERT_TRUE(WriteAnnotationIndex(*lmdb_, kVersion, *other).ok());
  ExpectSame(*OpenDataset(*lmdb_, kVersion, MatchEvery).value(), *data);
  EXPECT_THAT(Parts(*lmdb_), ElementsAre(1, 3));  // the media's build has removed the second
}

TEST(DatasetIndex, AWriterThatIsKilledLeavesNothingVisibleAndItsRecordsGoWithTheNext) {
  TempDir directory;
  std::unique_ptr<Dataset> data = EveryShape();
  pid_t child = fork();
  if (child == 0) {
    std::unique_ptr<Lmdb> lmdb = OpenIn(directory);
    FaultyLmdb faulty(*lmdb);
    faulty.SetHook([](int update, FaultyLmdb::When when) {
      if (update == 2 && when == FaultyLmdb::When::kAfter) _exit(7);
      return absl::OkStatus();
    });
    (void)WriteAnnotationIndex(faulty, kVersion, *data);
    _exit(1);
  }
  int state = 0;
  ASSERT_EQ(waitpid(child, &state, 0), child);
  ASSERT_TRUE(WIFEXITED(state) && WEXITSTATUS(state) == 7);
  std::unique_ptr<Lmdb> lmdb = OpenIn(directory);
  EXPECT_FALSE(HasAnnotationIndex(*lmdb, kVersion).value());
  EXPECT_THAT(Parts(*lmdb), ElementsAre(1));
  ASSERT_TRUE(WriteAnnotationIndex(*lmdb, kVersion, *data).ok());
  EXPECT_THAT(Parts(*lmdb), ElementsAre(2));
  ExpectSame(*OpenDataset(*lmdb, kVersion, MatchEvery).value(), *data);
}

TEST_F(DatasetIndexTest, APartThatAnotherProcessStillWritesIsLeftAlone) {
  std::unique_ptr<PartWriter> other = PartWriter::Begin(*lmdb_).value();
  ASSERT_TRUE(other->Put(RecordKind::kInfo, "", "half").ok());
  std::unique_ptr<Dataset> data = FramesNamed({"a.jpg"});
  ASSERT_TRUE(WriteAnnotationIndex(*lmdb_, kVersion, *data).ok());
  ASSERT_TRUE(other->Publish(IndexVersion(16, 'w')).ok());
  ASSERT_TRUE(RemoveAbandonedParts(*lmdb_).ok());
  EXPECT_THAT(Parts(*lmdb_), ElementsAre(1, 2));
}

TEST_F(DatasetIndexTest, AFloodOfOneKindOfProblemLeavesRoomForOthersAndIsCounted) {
  IndexBuilder builder(*lmdb_);
  for (int i = 0; i < 200000; ++i) {
    builder.AddProblem({.source = "a.xml",
                        .position = absl::StrCat("line ", i),
                        .reason = absl::StrCat("a box of ", i, " points")});
  }
  builder.AddProblem({.source = "a.xml", .reason = "something else"});
  ASSERT_TRUE(builder.Finish(kVersion, {}).ok());
  MediaMatchHooks hooks{.problems = [] {
    return std::vector<Problem>(1001, {.frame = "a.jpg", .reason = "no image of that name"});
  }};
  std::vector<Problem> problems =
      OpenDataset(*lmdb_, kVersion, MatchEvery, hooks).value()->Problems().value();
  ASSERT_EQ(problems.size(), 1002u + 1001u);
  EXPECT_EQ(problems[999].position, "line 999");
  EXPECT_EQ(problems[1000].reason, "something else");
  EXPECT_EQ(problems[1001].reason, "199000 more like this: a box of 0 points");
  EXPECT_EQ(problems[1002].reason, "no image of that name");
  EXPECT_EQ(problems[2002].reason, "1 more like this: no image of that name");
}

TEST_F(DatasetIndexTest, TooManyFramesAreRefusedAndTheFirstKept) {
  IndexBuilder builder(*lmdb_, nullptr, {.max_frames = 2});
  ASSERT_TRUE(builder.AddFrame({.name = "a.jpg"}).ok());
  ASSERT_TRUE(builder.AddFrame({.name = "b.jpg"}).ok());
  EXPECT_TRUE(absl::IsInvalidArgument(builder.AddFrame({.name = "c.jpg"}).status()));
  ASSERT_TRUE(builder.Finish(kVersion, {}).ok());
  EXPECT_EQ(OpenDataset(*lmdb_, kVersion, MatchEvery).value()->frame_count(), 2u);
}

TEST_F(DatasetIndexTest, ShapesThatOneFrameHasNoRoomForAreAProblemAndCountForNothing) {
  IndexBuilder builder(*lmdb_, nullptr, {.frame_bytes = 5000});
  builder.AddLabel({.name = "car"});
  builder.AddLabel({.name = "late"});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  Shape large{.type = ShapeType::kPolygon, .points = std::vector<double>(1000, 0.123)};
  ASSERT_TRUE(builder.AddShape(frame, large).ok());  // itself too large
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(builder.AddShape(frame, {.points = {1.1111, 2.1111, 3.1111, 4.1111}}).ok());
  }
  ASSERT_TRUE(builder.AddShape(frame, {.type = ShapeType::kTag, .label = 1}).ok());
  ASSERT_TRUE(builder.Finish(kVersion, {}).ok());
  auto data = OpenDataset(*lmdb_, kVersion, MatchEvery).value();
  const size_t kept = data->Shapes(0)->shapes.size();
  EXPECT_GT(kept, 20u);
  EXPECT_LT(kept, 5000 / sizeof(Shape));
  EXPECT_EQ(data->info().label_counts[0][size_t(ShapeType::kRectangle)], kept);
  EXPECT_EQ(data->info().shape_counts[size_t(ShapeType::kRectangle)], kept);
  EXPECT_EQ(data->info().shape_counts[size_t(ShapeType::kTag)], 0u);
  EXPECT_TRUE(data->WithLabel(1)->empty());
  std::vector<Problem> problems = data->Problems().value();
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_EQ(problems[0].frame, "a.jpg");
  EXPECT_THAT(problems[0].reason, HasSubstr(absl::StrCat(102 - kept, " shapes are left out")));
}

TEST_F(DatasetIndexTest, AFrameOfTagsOfFewBytesEachIsBoundedByTheMemoryTheyTake) {
  IndexBuilder builder(*lmdb_);
  builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  constexpr uint64_t kTags = 500000;
  for (uint64_t i = 0; i < kTags; ++i) {
    ASSERT_TRUE(builder.AddShape(frame, {.type = ShapeType::kTag}).ok());
  }
  ASSERT_TRUE(builder.Finish(kVersion, {}).ok());
  auto data = OpenDataset(*lmdb_, kVersion, MatchEvery).value();
  const uint64_t kept = data->Shapes(0)->tags.size();
  EXPECT_LE(kept * sizeof(Shape), uint64_t{32} << 20);
  EXPECT_GT(kept * sizeof(Shape), uint64_t{31} << 20);
  ASSERT_EQ(data->Problems()->size(), 1u);
  EXPECT_THAT(data->Problems()->at(0).reason, HasSubstr(absl::StrCat(kTags - kept, " shapes")));
}

TEST_F(DatasetIndexTest, LabelsBeyondTheBoundAreLeftOutWithTheirShapes) {
  IndexBuilder builder(*lmdb_, nullptr, {.max_labels = 2});
  builder.AddLabel({.name = "person", .type = "skeleton"});
  builder.AddLabel({.name = "nose", .parent = 0});
  const uint32_t knee = builder.AddLabel({.name = "knee", .parent = 0});
  const uint32_t late = builder.AddLabel({.name = "late"});
  EXPECT_EQ(late, 3u);
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  Shape skeleton{.type = ShapeType::kSkeleton};
  for (uint32_t label : {1u, knee}) {
    skeleton.elements.push_back({.type = ShapeType::kPoints, .label = label, .points = {1, 1}});
  }
  ASSERT_TRUE(builder.AddShape(frame, skeleton).ok());
  ASSERT_TRUE(builder.AddShape(frame, {.label = late, .points = {1, 1, 2, 2}}).ok());
  ASSERT_TRUE(builder.Finish(kVersion, {}).ok());
  auto data = OpenDataset(*lmdb_, kVersion, MatchEvery).value();
  EXPECT_EQ(data->info().labels.size(), 2u);
  ASSERT_EQ(data->Shapes(0)->shapes.size(), 1u);
  ASSERT_EQ(data->Shapes(0)->shapes[0].elements.size(), 1u);
  EXPECT_EQ(data->Shapes(0)->shapes[0].elements[0].label, 1u);
  const std::vector<Problem> problems = data->Problems().value();
  ASSERT_EQ(problems.size(), 2u);
  EXPECT_THAT(problems[0].reason, HasSubstr("more than 2 labels: 'knee'"));
  EXPECT_EQ(problems[1].reason, "a shape of a label that is left out (and 1 more like it)");
}

TEST_F(DatasetIndexTest, JobsBeyondTheBoundAreLeftOutAndTheirFramesKept) {
  IndexBuilder builder(*lmdb_, nullptr, {.max_jobs = 1});
  builder.AddTask({.name = "t"});
  const uint32_t first = builder.AddJob({.id = 5}), second = builder.AddJob({.id = 6});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  ASSERT_TRUE(builder.AddToJob(first, frame).ok());
  ASSERT_TRUE(builder.AddToJob(second, frame).ok());
  ASSERT_TRUE(builder.Finish(kVersion, {}).ok());
  auto data = OpenDataset(*lmdb_, kVersion, MatchEvery).value();
  EXPECT_EQ(data->info().jobs.size(), 1u);
  EXPECT_EQ(data->frame_count(), 1u);
  EXPECT_EQ(data->With(FrameTerm::OfJob(0))->size(), 1u);
  EXPECT_TRUE(data->With(FrameTerm::OfJob(1))->empty());
  ASSERT_EQ(data->Problems()->size(), 1u);
  EXPECT_THAT(data->Problems()->at(0).reason, HasSubstr("more than 1 jobs"));
}

TEST_F(DatasetIndexTest, AFrameOfATaskBeyondTheBoundEndsReading) {
  IndexBuilder builder(*lmdb_, nullptr, {.max_tasks = 1});
  builder.AddTask({.name = "kept"});
  const uint32_t late = builder.AddTask({.name = "late"});
  ASSERT_TRUE(builder.AddFrame({.name = "a.jpg"}).ok());
  const absl::Status status = builder.AddFrame({.name = "b.jpg", .task = late}).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  ASSERT_TRUE(builder.Finish(kVersion, {}).ok());
  EXPECT_EQ(OpenDataset(*lmdb_, kVersion, MatchEvery).value()->info().tasks.size(), 1u);
}

TEST_F(DatasetIndexTest, AttributesWithTooManyValuesAreAProblem) {
  IndexBuilder builder(*lmdb_, nullptr, {.attributes = {.values_of_one = 3}});
  builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  for (int i = 0; i < 5; ++i) {
    Shape shape{.points = {0, 0, 1, 1}};
    shape.attributes = {{"plate", absl::StrCat(i)}, {"color", "red"}};
    ASSERT_TRUE(builder.AddShape(frame, shape).ok());
  }
  ASSERT_TRUE(builder.Finish(kVersion, {}).ok());
  auto data = OpenDataset(*lmdb_, kVersion, MatchEvery).value();
  EXPECT_THAT(TermsFrom(*data, FrameTerm::FirstOf(FrameTerm::Kind::kAttribute)),
              ElementsAre(FrameTerm::OfAttribute(0, "color", "red")));
  ASSERT_EQ(data->Problems()->size(), 1u);
  EXPECT_THAT(data->Problems()->at(0).reason, HasSubstr("'plate'"));
}

// A full disk as the process sees it: files may not grow further.
TEST(DatasetIndex, AFullDiskWhileSortingIsSaidSo) {
  TempDir directory;
  pid_t child = fork();
  if (child == 0) {
    std::unique_ptr<Lmdb> lmdb = OpenIn(directory);
    signal(SIGXFSZ, SIG_IGN);
    rlimit limit{.rlim_cur = 4 << 20, .rlim_max = 4 << 20};
    if (setrlimit(RLIMIT_FSIZE, &limit) != 0) _exit(1);
    IndexBuilder builder(*lmdb, nullptr, {.sorter = {.buffer_bytes = 1 << 20}});
    builder.AddLabel({.name = "car"});
    const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
    absl::Status status;
    for (int i = 0; i < 1000000 && status.ok(); ++i) {
      status = builder.AddShape(frame, {.points = {i * 0.1111, 0.2222, 0.3333, 0.4444}});
    }
    const bool is_told =
        absl::IsResourceExhausted(status) && absl::StrContains(status.message(), "make room");
    _exit(is_told ? 7 : 2);
  }
  int state = 0;
  ASSERT_EQ(waitpid(child, &state, 0), child);
  EXPECT_TRUE(WIFEXITED(state) && WEXITSTATUS(state) == 7) << WEXITSTATUS(state);
}

TEST(DatasetIndex, MemoryIsBoundedHoweverManyShapesThereAre) {
  TempDir directory;
  std::unique_ptr<Lmdb> lmdb = OpenIn(directory);
  ::annofs::testing::MemoryGrowth growth;
  {
    IndexBuilder builder(
        *lmdb, nullptr,
        {.sorter = {.buffer_bytes = 2 << 20, .merge_bytes = 1 << 20}, .posting_bytes = 1 << 20});
    builder.AddLabel({.name = "car"});
    for (int i = 0; i < 1000; ++i) {
      ASSERT_TRUE(builder.AddFrame({.name = absl::StrCat(i, ".jpg")}).ok());
    }
    // Some 120 MB, track after track: the worst order.
    for (int track = 0; track < 200; ++track) {
      for (uint32_t frame = 0; frame < 1000; ++frame) {
        Shape shape{.track = track, .points = {0, 0, 1, 1}};
        shape.attributes = {{"note", absl::StrCat(track, " ", frame, std::string(600, 'x'))}};
        ASSERT_TRUE(builder.AddShape(frame, std::move(shape)).ok());
      }
    }
    ASSERT_TRUE(builder.Finish(kVersion, {}).ok());
  }
  EXPECT_LT(growth.mib(), 48u);
}

// Every record damaged in turn, and everything asked: what is answered is right, or an error.
TEST_F(DatasetIndexTest, ADamagedRecordIsAnErrorAndNeverAWrongAnswer) {
  std::unique_ptr<Dataset> data = EveryShape();
  Written(*data);
  std::vector<std::pair<std::string, std::string>> records;
  ASSERT_TRUE(lmdb_
                  ->View([&](const LmdbReader& reader) {
                    reader.Scan(kDatasetDataTable, "",
                                [&](absl::string_view key, absl::string_view value) {
                                  records.emplace_back(key, value);
                                  return true;
                                });
                    return absl::OkStatus();
                  })
                  .ok());
  std::mt19937 random(1);
  auto put = [&](const std::string& key, const std::string& value) {
    return lmdb_->Update(
        [&](LmdbWriter& writer) { return writer.Put(kDatasetDataTable, key, value); });
  };
  auto check = [](const absl::Status& status) {
    EXPECT_TRUE(status.ok() || absl::IsInternal(status)) << status;
    return status.ok();
  };
  int errors = 0;
  for (const auto& [key, value] : records) {
    for (int round = 0; round < 4 && !value.empty(); ++round) {
      std::string damaged = value;
      damaged[random() % damaged.size()] ^= char(1 + random() % 255);
      ASSERT_TRUE(put(key, damaged).ok());
      auto opened = OpenDataset(*lmdb_, kVersion, MatchEvery);
      if (!check(opened.status())) {
        ++errors;
        continue;
      }
      for (Rank rank = 0; rank < data->frame_count(); ++rank) {
        const FrameNames names = data->Names(rank).value();
        auto shapes = (*opened)->Shapes(rank);
        if (check(shapes.status())) {
          EXPECT_EQ(EncodeShapes(*shapes), EncodeShapes(data->Shapes(rank).value()));
        }
        auto media = (*opened)->GetMedia(rank);
        if (check(media.status()) && media->has_value()) {
          EXPECT_EQ((*media)->key, data->GetMedia(rank).value()->key);
        }
        for (auto found : {(*opened)->FindPath(names.path), (*opened)->FindSidecar(names.sidecar()),
                           (*opened)->FindStem(names.stem)}) {
          if (check(found.status())) {
            EXPECT_EQ(*found, std::optional<Rank>(rank));
          }
        }
      }
      check((*opened)->Directory(0).status());
      check((*opened)->FindDirectory("dir").status());
      check((*opened)->With(FrameTerm::OfLabel(0)).status());
      check((*opened)->WithMedia().status());
      check((*opened)->Problems().status());
      check((*opened)->Terms(FrameTerm::FirstOf(FrameTerm::Kind::kAttribute),
                             [](const FrameTerm&) { return true; }));
      for (size_t kind = 0; kind < kTermKindCount; ++kind) {
        check((*opened)->TermCount(FrameTerm::Kind(kind)).status());
        check((*opened)->TermAt(FrameTerm::Kind(kind), 0).status());
      }
      check((*opened)->TermNumber(FrameTerm::OfLabel(0)).status());
    }
    ASSERT_TRUE(put(key, value).ok());
  }
  EXPECT_GT(errors, 0);
}

// They are read in batches: also where the last one is full.
TEST(DatasetTerms, EachIsListedOnceHoweverManyThereAre) {
  for (uint32_t count : {1, 2, 5, 21, 85, 341, 342, 597}) {
    TempDir directory;
    CacheDir cache =
        OpenCacheDir({.path = directory / "c", .block_bytes = uint64_t{16} << 20}).value();
    DatasetBuilder builder;
    builder.AddTask({});
    for (uint32_t i = 0; i < count; ++i) {
      builder.AddFrame({.name = absl::StrCat(i, ".jpg"), .subset = absl::StrCat(10000 + i)})
          .value();
    }
    const std::unique_ptr<Dataset> data = Finished(builder);
    const IndexVersion version(16, 'n');
    ASSERT_TRUE(WriteAnnotationIndex(*cache.catalog, version, *data).ok());
    auto none = [](const Frame&) -> absl::StatusOr<std::optional<MatchedMedia>> {
      return std::optional<MatchedMedia>();
    };
    const auto opened = OpenDataset(*cache.catalog, version, none).value();
    const std::vector<FrameTerm> terms =
        TermsFrom(*opened, FrameTerm::FirstOf(FrameTerm::Kind::kSubset));
    EXPECT_EQ(terms.size(), count);
    EXPECT_EQ(terms, TermsFrom(*data, FrameTerm::FirstOf(FrameTerm::Kind::kSubset)));
  }
}

}  // namespace
}  // namespace annofs::testing
