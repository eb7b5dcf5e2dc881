// A dataset made of others is what they are, but for what its configuration says.
#include "formats/dataset_copy.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/copying.h"
#include "tests/formats/counting_dataset.h"
#include "tests/formats/dataset_cases.h"
#include "tests/formats/same_dataset.h"

namespace annofs {
namespace {

using ::annofs::testing::Copied;
using ::annofs::testing::CopyResult;
using ::annofs::testing::CountOfShapes;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Pushed;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

// Everything that a reader may push, in an order that is none of ranks or of z.
std::unique_ptr<Dataset> Everything() {
  DatasetBuilder builder;
  builder.AddTask({.id = 7, .name = "images", .subset = "Train", .size = 5, .overlap = 1});
  builder.AddTask({.id = 8, .name = "video", .is_video = true, .video = {.name = "v.mp4"}});
  builder.AddTask({.id = 9, .name = "lidar", .is_3d = true});
  builder.AddLabel({.name = "car",
                    .color = "#112233",
                    .type = "any",
                    .attributes = {{.name = "color",
                                    .input_type = "select",
                                    .default_value = "red",
                                    .values = {"red", "blue"}}}});
  builder.AddLabel({.name = "person", .type = "skeleton", .svg = "<circle/>"});
  builder.AddLabel({.name = "nose", .type = "points", .parent = 1});
  builder.AddLabel({.name = "car", .color = "#445566"});  // the same name again
  builder.AddLabel({.name = "knee", .type = "points", .parent = 1});
  builder.AddJob({.id = 3, .task = 0, .stage = "annotation", .state = "new", .start = 0});
  builder.AddJob({.id = 4, .task = 1, .kind = Job::Kind::kGroundTruth, .state = "completed"});
  const InnerMedia inner{.header_offset = 5, .size = 6, .crc32 = 7};
  for (uint32_t i = 0; i < 30; ++i) {
    Frame frame{.name = absl::StrCat("d", i % 4, "/", (i * 7) % 30, ".png"),
                .number = (30 - i) / 2,
                .task = i % 3,
                .width = 64,
                .height = i,
                .subset = i % 5 == 0 ? "Test" : "Train"};
    if (i % 3 == 0) frame.inner = inner;
    if (i % 4 == 0) {
      frame.related = {"b.png", "a.png"};
      frame.related_inner = {inner, std::nullopt};
    }
    const uint32_t number = builder.AddFrame(frame).value();
    if (i % 9 == 0) EXPECT_TRUE(builder.AddToPart("val", number).ok());
    if (i % 2 == 0) EXPECT_TRUE(builder.AddToJob(i % 4 == 0, number).ok());
    auto add = [&](Shape shape) { EXPECT_TRUE(builder.AddShape(number, shape).ok()); };
    for (int32_t k = 0; k < int32_t(i % 7); ++k) {
      const int32_t z = (k * 5 + int32_t(i)) % 3 - 1;
      add({.label = 0, .z_order = z, .source = absl::StrCat("static", k), .points = {1, 2, 3, 4}});
      add({.label = 3, .z_order = -z, .track = 5 - k, .keyframe = true, .points = {1, 2, 3, 5}});
      add({.label = 3, .z_order = z, .track = 9 - k, .outside = true, .points = {0, 0, 1, 1}});
      add({.type = ShapeType::kTag, .label = uint32_t(k % 2 * 3), .source = absl::StrCat(k)});
    }
    Shape skeleton{.type = ShapeType::kSkeleton, .label = 1, .z_order = -2, .group = 4};
    skeleton.elements = {{.type = ShapeType::kPoints, .label = 4, .points = {1, 2}},
                         {.type = ShapeType::kPoints, .label = 2, .outside = true}};
    add(skeleton);
  }
  for (int i = 0; i < 1500; ++i) {  // more than have a line
    builder.AddProblem({.source = "a.zip!x", .position = absl::StrCat("line ", i), .reason = "x"});
  }
  return Pushed(builder);
}

std::unique_ptr<Dataset> Boxes(const std::string& label, const std::vector<std::string>& frames) {
  DatasetBuilder builder;
  builder.AddTask({.name = "of " + label});
  builder.AddLabel({.name = label});
  for (const std::string& name : frames) {
    const uint32_t frame = builder.AddFrame({.name = name, .width = 10, .height = 10}).value();
    EXPECT_TRUE(builder.AddShape(frame, {.source = label, .points = {1, 1, 5, 5}}).ok());
  }
  return Pushed(builder);
}

TEST(DatasetCopy, WithoutConfigurationIsTheSameDataset) {
  const std::unique_ptr<Dataset> data = Everything();
  const CopyResult copy = Copied(*data);
  testing::ExpectSame(*data, *copy.dataset);
  EXPECT_EQ(copy.left_out.frames, 0u);
  EXPECT_EQ(copy.left_out.shapes, 0u);
}

TEST(DatasetCopy, ListsDivideAnewWhatIsDivided) {
  const std::unique_ptr<Dataset> data = Everything();
  ASSERT_FALSE(data->With(FrameTerm::OfPart("val"))->empty());
  const CopyResult copy = Copied(*data, {.lists = {{.part = "test", .frames = {"d0/0.png"}}}});
  EXPECT_THAT(copy.FramesWith(FrameTerm::OfPart("val")), IsEmpty());
  EXPECT_THAT(copy.FramesWith(FrameTerm::OfPart("test")), ElementsAre("d0/0.png"));
}

TEST(DatasetCopy, TheOtherValuesOfAttributesAreToldOnce) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  const Attribute note{"note", std::string(300, 'x')};
  ASSERT_TRUE(builder.AddShape(frame, {.points = {1, 1, 5, 5}, .attributes = {note}}).ok());
  const std::unique_ptr<Dataset> data = Pushed(builder);
  ASSERT_EQ(data->Problems()->size(), 1u);
  testing::ExpectSame(*data, *Copied(*data).dataset);
}

class DatasetCopyCases : public ::testing::TestWithParam<testing::DatasetCase> {
 protected:
  const std::unique_ptr<Dataset> data_ = GetParam().make();

  // With the media of the dataset.
  CopyResult CopyWithMedia() const {
    Rank rank = 0;
    return Copied({data_.get()}, {}, [&](const Frame&) { return data_->GetMedia(rank++); });
  }
};

TEST_P(DatasetCopyCases, EveryFileOfEveryViewIsTheSame) {
  const CopyResult copy = CopyWithMedia();
  for (const std::unique_ptr<Writer>& writer : NewWriters()) {
    SCOPED_TRACE(std::string(writer->Info().name));
    Layout of_data, of_copy;
    ASSERT_TRUE(writer->Describe(*data_, of_data).ok());
    ASSERT_TRUE(writer->Describe(*copy.dataset, of_copy).ok());
    EXPECT_EQ(FilesOf(of_data, *data_), FilesOf(of_copy, *copy.dataset));
  }
}

TEST_P(DatasetCopyCases, ProblemsAreTheSame) {
  const CopyResult copy = Copied(*data_);
  const std::vector<Problem> before = data_->Problems().value(),
                             after = copy.dataset->Problems().value();
  ASSERT_EQ(before.size(), after.size());
  for (size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(before[i].severity, after[i].severity);
    EXPECT_EQ(before[i].position, after[i].position);
    EXPECT_EQ(before[i].frame, after[i].frame);
    EXPECT_EQ(before[i].reason, after[i].reason);
  }
}

// Of every kind of rule one.
std::vector<DatasetConfig> Configurations() {
  std::vector<DatasetConfig> all(9);
  all[1].labels.keep = {"car", "label3"};
  all[2].labels.drop = {"car", "label3", "person"};
  all[3].labels.merge["thing"] = {"car", "sky", "label1", "label2"};
  all[4].where.types = {ShapeType::kRectangle, ShapeType::kTag};
  all[5].where = {.occluded = false, .min_area = 60};
  all[5].frames = FramesKept::kLabelled;
  all[6].where.sources = {"car", "manual"};
  all[6].frames = FramesKept::kAnnotated;
  all[7].where.attributes["text"] = {"t"};
  all[7].lists = {{.part = "train", .frames = {"a.jpg", "*.png"}}};
  all[8].where.job_states = {"completed"};
  return all;
}

TEST_P(DatasetCopyCases, WhatIsNotThereIsCounted) {
  for (const DatasetConfig& config : Configurations()) {
    const CopyResult copy = Copied(*data_, config);
    EXPECT_EQ(copy.dataset->frame_count() + copy.left_out.frames, data_->frame_count());
    EXPECT_EQ(CountOfShapes(*copy.dataset) + copy.left_out.shapes, CountOfShapes(*data_));
  }
}

TEST_P(DatasetCopyCases, WithAnotherOneNothingIsLost) {
  const std::unique_ptr<Dataset> other = Everything();
  const CopyResult copy = Copied({data_.get(), other.get(), data_.get()});
  EXPECT_EQ(copy.dataset->frame_count(), 2 * data_->frame_count() + other->frame_count());
  EXPECT_EQ(CountOfShapes(*copy.dataset), 2 * CountOfShapes(*data_) + CountOfShapes(*other));
}

INSTANTIATE_TEST_SUITE_P(Datasets, DatasetCopyCases, testing::EveryDataset(), testing::CaseName);

TEST(DatasetCopy, TasksJobsAndFramesOfOneDatasetFollowThoseOfTheOneBefore) {
  const std::unique_ptr<Dataset> first = Everything(), second = Everything();
  const CopyResult copy = Copied({first.get(), second.get()});
  ASSERT_EQ(copy.info().tasks.size(), 6u);
  EXPECT_EQ(copy.info().tasks[4].name, "video");
  ASSERT_EQ(copy.info().jobs.size(), 4u);
  EXPECT_EQ(copy.info().jobs[3].task, 4u);
  for (uint32_t position = 0; position < copy.dataset->frame_count(); ++position) {
    const uint32_t in_part = position % first->frame_count();
    const bool is_second = position >= first->frame_count();
    const Frame original = first->GetFrame(first->InOrder(in_part).value()).value();
    const Frame frame = copy.dataset->GetFrame(copy.dataset->InOrder(position).value()).value();
    EXPECT_EQ(frame.name, original.name);
    EXPECT_EQ(frame.task, original.task + (is_second ? 3 : 0));
  }
  EXPECT_EQ(copy.FramesWith(FrameTerm::OfJob(3)).size(), first->With(FrameTerm::OfJob(1))->size());
}

TEST(DatasetCopy, FramesWithoutTaskAreOfNoTaskOfAnotherDataset) {
  DatasetBuilder builder;
  builder.SetInfo({.name = "loose"});
  builder.AddFrame({.name = "a.jpg"}).value();
  const std::unique_ptr<Dataset> loose = Pushed(builder), boxes = Boxes("car", {"b.jpg"});
  const CopyResult copy = Copied({loose.get(), boxes.get()});
  ASSERT_EQ(copy.info().tasks.size(), 2u);
  EXPECT_EQ(copy.info().tasks[0].name, "loose");
  EXPECT_THAT(copy.FramesWith(FrameTerm::OfTask(0)), ElementsAre("a.jpg"));
  EXPECT_THAT(copy.FramesWith(FrameTerm::OfTask(1)), ElementsAre("b.jpg"));
}

TEST(DatasetCopy, FramesOfOneNameHavePathsOfTheirOwn) {
  const std::unique_ptr<Dataset> cars = Boxes("car", {"a.jpg"}), dogs = Boxes("dog", {"a.jpg"});
  const CopyResult copy = Copied({cars.get(), dogs.get()});
  EXPECT_THAT(copy.Frames(), ElementsAre("a.jpg", "a.jpg"));
  EXPECT_NE(copy.dataset->Names(0)->path, copy.dataset->Names(1)->path);
  EXPECT_NE(copy.dataset->Names(0)->stem, copy.dataset->Names(1)->stem);
}

TEST(DatasetCopy, WhatLiesInASourceTellsInWhichOne) {
  const std::unique_ptr<Dataset> first = Boxes("car", {"a.jpg"}), second = Everything();
  const CopyResult copy = Copied({first.get(), second.get()});
  int inner = 0, related = 0;
  for (Rank rank = 0; rank < copy.dataset->frame_count(); ++rank) {
    const Frame frame = copy.dataset->GetFrame(rank).value();
    if (frame.inner) EXPECT_EQ((++inner, frame.inner->source), 1u);
    if (frame.related_inner.empty()) continue;
    EXPECT_EQ((++related, frame.related_inner[0]->source), 1u);
    EXPECT_FALSE(frame.related_inner[1]);
  }
  EXPECT_EQ(inner, 10);
  EXPECT_EQ(related, 8);
}

std::unique_ptr<Dataset> FourFrames() {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  builder.AddLabel({.name = "car"});
  builder.AddLabel({.name = "dog"});
  builder.AddJob({.state = "completed"});
  builder.AddJob({.state = "in progress"});
  for (uint32_t i = 0; i < 4; ++i) {
    const std::string name = absl::StrCat(i, ".jpg");
    const uint32_t frame = builder.AddFrame({.name = name, .number = i}).value();
    EXPECT_TRUE(builder.AddToJob(i / 2, frame).ok());
    if (i % 2 == 1)
      EXPECT_TRUE(builder.AddShape(frame, {.label = i / 2, .points = {1, 1, 5, 5}}).ok());
  }
  return Pushed(builder);
}

TEST(DatasetCopy, AllFramesStayUnlessItIsSaidOtherwise) {
  const CopyResult copy = Copied(*FourFrames(), {.labels = {.keep = {"dog"}}});
  EXPECT_THAT(copy.Frames(), ElementsAre("0.jpg", "1.jpg", "2.jpg", "3.jpg"));
  EXPECT_EQ(copy.left_out.shapes, 1u);
}

TEST(DatasetCopy, LabelledFramesAreThoseWithSomethingThatIsLeft) {
  const CopyResult copy =
      Copied(*FourFrames(), {.labels = {.keep = {"dog"}}, .frames = FramesKept::kLabelled});
  EXPECT_THAT(copy.Frames(), ElementsAre("3.jpg"));
  EXPECT_EQ(copy.left_out.frames, 3u);
  EXPECT_EQ(copy.left_out.shapes, 1u);
}

TEST(DatasetCopy, AnnotatedFramesAreAlsoThoseOfCompletedJobs) {
  const CopyResult copy =
      Copied(*FourFrames(), {.labels = {.drop = {"dog"}}, .frames = FramesKept::kAnnotated});
  EXPECT_THAT(copy.Frames(), ElementsAre("0.jpg", "1.jpg"));
  EXPECT_EQ(copy.left_out.frames, 2u);
  EXPECT_EQ(copy.left_out.shapes, 1u);
}

TEST(DatasetCopy, JobsHaveTheFramesThatStay) {
  const CopyResult copy = Copied(*FourFrames(), {.frames = FramesKept::kLabelled});
  EXPECT_THAT(copy.FramesWith(FrameTerm::OfJob(0)), ElementsAre("1.jpg"));
  EXPECT_THAT(copy.FramesWith(FrameTerm::OfJob(1)), ElementsAre("3.jpg"));
}

// Its third frame cannot be read.
class Damaged : public testing::CountingDataset {
 public:
  using CountingDataset::CountingDataset;
  absl::StatusOr<FrameShapes> Shapes(Rank rank) const override {
    if (rank == 2) return absl::InternalError("damaged");
    return CountingDataset::Shapes(rank);
  }
};

TEST(DatasetCopy, AnErrorOfADatasetEndsIt) {
  const std::unique_ptr<Dataset> data = FourFrames();
  DatasetBuilder builder;
  CopyCounts left_out;
  const absl::Status status =
      CopyDatasets({std::make_unique<Damaged>(*data).get()}, {}, {}, builder, left_out);
  EXPECT_EQ(status, absl::InternalError("damaged"));
  EXPECT_EQ(Pushed(builder)->frame_count(), 2u);
}

// Takes two frames.
class FullSink : public DatasetBuilder {
 public:
  absl::StatusOr<uint32_t> AddFrame(Frame frame) override {
    if (frame.number == 2) return absl::ResourceExhaustedError("full");
    return DatasetBuilder::AddFrame(std::move(frame));
  }
};

TEST(DatasetCopy, AnErrorOfTheSinkEndsIt) {
  const std::unique_ptr<Dataset> data = FourFrames();
  FullSink sink;
  CopyCounts left_out;
  EXPECT_EQ(CopyDatasets({data.get()}, {}, {}, sink, left_out),
            absl::ResourceExhaustedError("full"));
}

TEST(DatasetCopy, OfNothingIsNothing) {
  const CopyResult copy = Copied(std::vector<const Dataset*>());
  EXPECT_EQ(copy.dataset->frame_count(), 0u);
  EXPECT_THAT(copy.Reasons(), IsEmpty());
}

}  // namespace
}  // namespace annofs
