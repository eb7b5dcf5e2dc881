// Datasets in the form of CVAT's REST API. Where the test data have a backup of the same task both
// must give the same dataset, to the last digit.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/directory_source.h"
#include "tests/formats/job_recorder.h"

namespace annofs::testing {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

using Counts = std::map<std::string, int>;

constexpr absl::string_view kReader = "cvat_rest";

DirectorySource Golden(absl::string_view name) {
  return FixtureDirectory(absl::StrCat("golden/", name, "/INPUT"),
                          {"annotations.rest.json", "labels.rest.json", "data_meta.json"});
}

ReadResult ReadGolden(absl::string_view name) {
  DirectorySource source = Golden(name);
  ReadResult result = ReadWith(kReader, source);
  EXPECT_TRUE(result.status.ok()) << name << ": " << result.status;
  return result;
}

class RestAndBackup : public ::testing::TestWithParam<std::string> {};

TEST_P(RestAndBackup, AreTheSameDataset) {
  MemorySource zip = FixtureSource(absl::StrCat("golden/", GetParam(), "/INPUT/backup.zip"));
  const ReadResult backup = ReadWith("cvat_backup", zip);
  const ReadResult rest = ReadGolden(GetParam());
  ASSERT_TRUE(backup.status.ok()) << backup.status;
  EXPECT_EQ(rest.Problems(), backup.Problems());
  EXPECT_THAT(rest.Problems(), Each(HasSubstr("on deleted frames")));
  ASSERT_EQ(rest.info().labels.size(), backup.info().labels.size());
  for (size_t i = 0; i < rest.info().labels.size(); ++i) {
    const Label &a = rest.info().labels[i], &b = backup.info().labels[i];
    SCOPED_TRACE(a.name);
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.color, b.color);
    EXPECT_EQ(a.type, b.type);
    EXPECT_EQ(a.parent, b.parent);
    EXPECT_EQ(a.svg, b.svg);
    EXPECT_EQ(a.attributes, b.attributes);
  }
  EXPECT_EQ(rest.info().tasks[0].is_video, backup.info().tasks[0].is_video);
  EXPECT_EQ(rest.info().tasks[0].subset, backup.info().tasks[0].subset);
  ASSERT_EQ(rest.dataset->frame_count(), backup.dataset->frame_count());
  for (Rank rank = 0; rank < rest.dataset->frame_count(); ++rank) {
    const Frame a = rest.FrameAt(rank), b = backup.FrameAt(rank);
    SCOPED_TRACE(a.name);
    EXPECT_EQ(a.name, b.name);
    EXPECT_EQ(a.number, b.number);
    EXPECT_EQ(a.width, b.width);
    EXPECT_EQ(a.height, b.height);
    EXPECT_EQ(a.subset, b.subset);
    EXPECT_TRUE(rest.ShapesAt(rank).tags == backup.ShapesAt(rank).tags);
    EXPECT_TRUE(rest.ShapesAt(rank).shapes == backup.ShapesAt(rank).shapes);
  }
}

INSTANTIATE_TEST_SUITE_P(Random, RestAndBackup,
                         ::testing::Values("rand_images_00", "rand_images_01", "rand_images_02",
                                           "rand_images_03", "rand_images_04", "rand_images_05",
                                           "rand_video_00", "rand_video_01", "rand_video_02"));

TEST(CvatRest, AnAnswerOfTheServerWithItsTask) {
  const ReadResult result = ReadGolden("cvat_task_22");
  EXPECT_THAT(result.Problems(), IsEmpty());
  ASSERT_EQ(result.info().tasks.size(), 1u);
  EXPECT_EQ(result.info().tasks[0].id, 22);
  EXPECT_EQ(result.info().tasks[0].name, "task3_with_gt_job");
  EXPECT_EQ(result.info().tasks[0].subset, "Train");
  EXPECT_EQ(result.dataset->frame_count(), 11u);
  // Counted in the JSON with Python: all on frame 0.
  EXPECT_EQ(result.Total(), 35);
  EXPECT_EQ(result.ShapesOf("30.png").shapes.size(), 35u);
}

TEST(CvatRest, EveryGoldenCaseIsReadWithoutAProblem) {
  for (absl::string_view name :
       {"cvat_task_2", "cvat_task_14", "cvat_task_22", "cvat_job_28", "synth_images"}) {
    EXPECT_THAT(ReadGolden(name).Problems(), IsEmpty()) << name;
  }
  // One of a track, one of an element, on the deleted frame.
  EXPECT_THAT(
      ReadGolden("synth_video").Problems(),
      ElementsAre("||left out, as in CVAT's exports: 2 keyframes of tracks on deleted frames"));
}

TEST(CvatRest, FramesOfAVideoHaveTheNumbersOfItsSource) {
  const ReadResult result = ReadGolden("synth_video");
  EXPECT_TRUE(result.info().tasks[0].is_video);
  const std::vector<std::string> names = result.Names();
  ASSERT_EQ(names.size(), 19u);  // frame 10 of 20 is deleted
  EXPECT_EQ(names[0], "frame_000002");
  EXPECT_EQ(names[9], "frame_000047");
  EXPECT_EQ(names[10], "frame_000057");
  EXPECT_EQ(result.FrameAt(result.ByNumber()[18]).number, 97u);
  EXPECT_EQ(result.FrameAt(0).width, 400u);
}

TEST(CvatRest, AMergedTaskOfTwoJobsKnowsItsJobs) {
  DirectorySource source =
      FixtureDirectory("golden/synth_video_2jobs_overlap2/INPUT",
                       {"annotations.merged.rest.json", "labels.rest.json", "data_meta.json"});
  const ReadResult result = ReadWith(kReader, source);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(
      result.Problems(),
      ElementsAre("||left out, as in CVAT's exports: 7 keyframes of tracks on deleted frames"));
  ASSERT_EQ(result.info().jobs.size(), 2u);
  EXPECT_EQ(result.info().jobs[1].id, 2);
  std::set<int32_t> tracks;
  for (Rank rank = 0; rank < result.dataset->frame_count(); ++rank) {
    for (const Shape& shape : result.ShapesAt(rank).shapes) tracks.insert(shape.track);
  }
  tracks.erase(-1);
  EXPECT_EQ(*tracks.rbegin(), 16);  // 17 tracks after the merge
}

TEST(CvatRest, PointCloudsAreFramesOfA3dTask) {
  DirectorySource source = FixtureDirectory(
      "golden/synth_3d/INPUT", {"annotations.rest.json", "labels.rest.json", "frames.json"});
  const ReadResult result = ReadWith(kReader, source);
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.Problems(), IsEmpty());
  EXPECT_TRUE(result.info().tasks[0].is_3d);
  EXPECT_THAT(result.Names(), ElementsAre("pointcloud/000001.pcd", "pointcloud/000002.pcd",
                                          "pointcloud/000003.pcd", "pointcloud/000004.pcd"));
  EXPECT_EQ(result.FrameAt(0).width, 60u);
  EXPECT_GT(result.Total(), 0);
}

TEST(CvatRest, ProbingNamesTheFilesBesideIt) {
  DirectorySource source = Golden("cvat_task_22");
  const auto found = FindReader(kReader)->Probe(source);
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->name, "task3_with_gt_job");
  EXPECT_EQ((*found)->number, "task 22");
  EXPECT_THAT((*found)->companions, UnorderedElementsAre("labels.rest.json", "data_meta.json"));
}

TEST(CvatRest, AFailureOfTheStoreIsNoAnswerOfAProbe) {
  const absl::Status failure = absl::UnavailableError("gone");
  for (const bool is_open : {true, false}) {
    DirectorySource source = Golden("cvat_task_22");
    source.FailSiblings(is_open ? failure : absl::OkStatus(), is_open ? absl::OkStatus() : failure);
    EXPECT_EQ(FindReader(kReader)->Probe(source).status().code(), absl::StatusCode::kUnavailable);
  }
  // One that is listed and not there any more is.
  DirectorySource source = Golden("cvat_task_22");
  source.FailSiblings(absl::NotFoundError("gone"), absl::OkStatus());
  const auto found = FindReader(kReader)->Probe(source);
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->number, "");
}

// Small answers for the cases that the golden files do not have.
constexpr absl::string_view kLabels = R"([
  {"id": 1, "name": "car", "color": "#aabbcc", "type": "any", "parent_id": null, "task_id": 5,
   "attributes": [{"id": 7, "name": "plate", "input_type": "text", "default_value": "",
                   "values": [""]}]},
  {"id": 4, "name": "pose", "type": "skeleton", "svg": "<circle data-label-id=\"6\"></circle>",
   "project_id": 9, "sublabels": [{"id": 6, "name": "a & b", "type": "points"}]}])";

std::map<std::string, std::string> Files(std::string annotations, std::string meta) {
  return {{"annotations.json", std::move(annotations)},
          {"labels.json", std::string(kLabels)},
          {"data_meta.json", std::move(meta)}};
}

std::string Box(int frame, int label = 1, absl::string_view more = "") {
  return absl::StrCat(R"({"type": "rectangle", "points": [1, 2, 3, 4], "frame": )", frame,
                      R"(, "label_id": )", label, more, "}");
}

std::string Shapes(absl::string_view shapes) {
  return absl::StrCat(R"({"version": 0, "tags": [], "tracks": [], "shapes": [)", shapes, "]}");
}

constexpr absl::string_view kTwoFrames =
    R"({"frames": [{"name": "a.jpg", "width": 9, "height": 8}, {"name": "b.jpg"}]})";

ReadResult Read(std::map<std::string, std::string> files) {
  DirectorySource source("dir", "annotations.json", std::move(files));
  return ReadWith(kReader, source);
}

TEST(CvatRest, LabelsAndAttributesAreFoundByNumberAndTemplatesNameTheirNodes) {
  const ReadResult result =
      Read(Files(Shapes(Box(0, 1, R"(, "attributes": [{"spec_id": 7, "value": "AB"}])")),
                 std::string(kTwoFrames)));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.ShapesOf("a.jpg").shapes[0].attributes,
              ElementsAre(Attribute{.name = "plate", .value = "AB"}));
  ASSERT_EQ(result.info().labels.size(), 3u);
  EXPECT_EQ(result.info().labels[1].svg, "<circle data-label-name=\"a &amp; b\"></circle>");
  EXPECT_EQ(result.info().labels[2].parent, 1);
}

TEST(CvatRest, WhatIsUnknownIsLeftOutAndSaid) {
  const ReadResult result = Read(Files(
      Shapes(absl::StrCat(Box(0), ",", Box(0, 77), ",", Box(5), ",", Box(-1), ",", Box(0, 6), ",",
                          Box(1, 1, R"(, "attributes": [{"spec_id": 99, "value": "x"}])"))),
      std::string(kTwoFrames)));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Total(), 2);
  EXPECT_THAT(result.Problems(),
              UnorderedElementsAre("||the size of 1 frames is not given",
                                   "shape 1||left out: label 77 is not known",
                                   "shape 2||left out: there is no frame 5",
                                   "shape 3||left out: frame -1 is out of range",
                                   "shape 4||left out: label 6 is a part of a skeleton",
                                   "shape 5||attribute 99 is not known: left out"));
}

TEST(CvatRest, OtherOwnersLabelsAreNotThoseOfTheTask) {
  std::map<std::string, std::string> files = Files(Shapes(Box(0)), std::string(kTwoFrames));
  files["tasks.json"] =
      R"({"count": 1, "next": null, "previous": null,
          "results": [{"id": 5, "name": "five", "mode": "annotation", "size": 2, "subset": "val",
                       "project_id": null}]})";
  const ReadResult result = Read(std::move(files));
  ASSERT_TRUE(result.status.ok()) << result.status;
  ASSERT_EQ(result.info().labels.size(), 1u);
  EXPECT_EQ(result.info().labels[0].name, "car");
  EXPECT_EQ(result.info().tasks[0].name, "five");
  EXPECT_EQ(result.FrameAt(0).subset, "val");
}

// Counted in annotations.rest.json.
TEST(CvatRest, WhatIsOnDeletedFramesIsCounted) {
  EXPECT_THAT(ReadGolden("rand_images_05").Problems(),
              ElementsAre("||left out, as in CVAT's exports: 4 tags and shapes on deleted frames"));
  EXPECT_THAT(
      ReadGolden("rand_video_02").Problems(),
      ElementsAre("||left out, as in CVAT's exports: 1 keyframes of tracks on deleted frames"));
}

TEST(CvatRest, AVideoIsListedAsOneFrame) {
  std::map<std::string, std::string> files =
      Files(Shapes(Box(2)), R"({"size": 3, "start_frame": 4, "stop_frame": 8,
                                "frame_filter": "step = 2", "deleted_frames": [1],
                                "frames": [{"name": "v.mp4", "width": 64, "height": 48}]})");
  const ReadResult result = Read(std::move(files));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_TRUE(result.info().tasks[0].is_video);
  EXPECT_THAT(result.Names(), ElementsAre("frame_000004", "frame_000008"));
  EXPECT_EQ(result.ShapesOf("frame_000008").shapes.size(), 1u);
  EXPECT_EQ(result.FrameAt(0).width, 64u);
}

TEST(CvatRest, OneJobsFramesBeginWhereTheJobDoes) {
  std::map<std::string, std::string> files =
      Files(Shapes(absl::StrCat(Box(10), ",", Box(11))),
            R"({"start_frame": 20, "stop_frame": 22, "frame_filter": "step=2",
                "frames": [{"name": "k.jpg"}, {"name": "l.jpg"}]})");
  files["job.json"] = R"({"id": 3, "task_id": 5, "type": "annotation", "stage": "validation",
                          "state": "rejected", "assignee": {"username": "ann"},
                          "start_frame": 10, "stop_frame": 11})";
  DirectorySource source("dir", "annotations.json", files);
  const auto found = FindReader(kReader)->Probe(source);
  ASSERT_TRUE(found.ok() && found->has_value());
  EXPECT_EQ((*found)->number, "job 3");
  const ReadResult result = Read(std::move(files));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.ShapesOf("k.jpg").shapes.size(), 1u);
  EXPECT_EQ(result.ShapesOf("l.jpg").shapes.size(), 1u);
  EXPECT_EQ(result.FrameAt(0).number, 20u);
  ASSERT_EQ(result.info().jobs.size(), 1u);
  EXPECT_EQ(result.info().jobs[0].stage, "validation");
  EXPECT_EQ(result.info().jobs[0].state, "rejected");
  EXPECT_EQ(result.info().jobs[0].assignee, "ann");
}

TEST(CvatRest, FramesThatAreNotOfTheJobAreLeftOut) {
  const ReadResult result =
      Read(Files(Shapes(Box(1)), R"({"start_frame": 0, "stop_frame": 2, "included_frames": [1],
          "frames": [{"name": "placeholder.jpg"}, {"name": "b.jpg"}, {"name": "placeholder.jpg"}]})"));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.Names(), ElementsAre("b.jpg"));
  EXPECT_EQ(result.Total(), 1);
}

TEST(CvatRest, HoneypotsAreShownInTheirPoolOnly) {
  std::map<std::string, std::string> files = Files(Shapes(absl::StrCat(Box(1), ",", Box(2))),
                                                   R"({"size": 3, "task": {"id": 5},
                "frames": [{"name": "a.jpg"}, {"name": "p.jpg"}, {"name": "p.jpg"}]})");
  files["tasks.json"] = R"({"id": 5, "name": "t", "validation_mode": "gt_pool", "size": 3})";
  files["jobs.json"] = R"({"results": [
      {"id": 2, "task_id": 5, "type": "ground_truth", "start_frame": 2, "stop_frame": 2},
      {"id": 1, "task_id": 5, "type": "annotation", "start_frame": 0, "stop_frame": 1}]})";
  const ReadResult result = Read(std::move(files));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.Names(), ElementsAre("a.jpg", "p.jpg"));
  EXPECT_EQ(result.FrameAt(1).number, 2u);
  EXPECT_EQ(result.Total(), 1);
  ASSERT_EQ(result.info().jobs.size(), 2u);
  EXPECT_EQ(result.info().jobs[1].kind, Job::Kind::kGroundTruth);
}

TEST(CvatRest, WithoutFramesNothingIsRead) {
  const ReadResult frames =
      Read({{"annotations.json", Shapes(Box(0))}, {"labels.json", std::string(kLabels)}});
  EXPECT_EQ(frames.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(frames.status.message()), HasSubstr("data_meta.json"));
  const ReadResult video = Read(Files(Shapes(Box(0)), R"({"video": {"path": "v.mp4"}})"));
  EXPECT_EQ(video.status.code(), absl::StatusCode::kInvalidArgument);
  EXPECT_THAT(std::string(video.status.message()), HasSubstr("its frames are not known"));
}

TEST(CvatRest, WithoutLabelsTheFramesAreShownAndWhatIsLeftOutIsSaidOnce) {
  const ReadResult result =
      Read({{"annotations.json",
             Shapes(absl::StrCat(Box(0, 1, R"(, "attributes": [{"spec_id": 7, "value": "x"}])"),
                                 ",", Box(1, 2), ",", Box(1, 1)))},
            {"data_meta.json",
             R"({"frames": [{"name": "a.jpg", "width": 9, "height": 8},
                       {"name": "b.jpg", "width": 9, "height": 8}]})"}});
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.Names(), ElementsAre("a.jpg", "b.jpg"));
  EXPECT_EQ(result.Total(), 0);
  EXPECT_THAT(result.Problems(),
              ElementsAre(HasSubstr("||its labels are not known: put the server's answer"),
                          "shape 0||left out: its label is not known; so are 3 in all"));
}

TEST(CvatRest, OfACutListOfLabelsTheFirstOnesAreKept) {
  std::map<std::string, std::string> files =
      Files(Shapes(absl::StrCat(Box(0, 1), ",", Box(1, 4))), std::string(kTwoFrames));
  files["labels.json"].resize(kLabels.find(R"({"id": 4)") + 20);
  const size_t end = files["labels.json"].size();
  const ReadResult result = Read(std::move(files));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Counts(), (Counts{{"car rectangle", 1}}));
  const std::vector<Problem> problems = result.dataset->Problems().value();
  ASSERT_EQ(problems.size(), 3u);
  EXPECT_EQ(problems[0].source, "dir/labels.json");
  EXPECT_EQ(problems[0].severity, Problem::Severity::kError);
  EXPECT_LE(problems[0].position, absl::StrCat("byte ", end));
  EXPECT_THAT(problems[0].position, HasSubstr("byte "));
  EXPECT_EQ(problems[2].position, "shape 1");
}

TEST(CvatRest, OfACutListOfFramesTheFirstOnesAreKept) {
  std::map<std::string, std::string> files =
      Files(Shapes(absl::StrCat(Box(0), ",", Box(1), ",", Box(2))),
            R"({"size": 3, "frames": [{"name": "a.jpg", "width": 9, "height": 8}, {"name": "b)");
  const ReadResult result = Read(std::move(files));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_FALSE(result.info().tasks[0].is_video);
  EXPECT_THAT(result.Names(), ElementsAre("a.jpg"));
  EXPECT_EQ(result.Total(), 1);
  EXPECT_THAT(result.Problems(),
              ElementsAre(HasSubstr("byte 76||"), "||there should be 3 frames, the list has 1",
                          "shape 1||left out: its frame is not known; so are 2 in all"));
  EXPECT_EQ(result.dataset->Problems().value()[0].source, "dir/data_meta.json");
}

TEST(CvatRest, LabelsHaveABound) {
  std::string labels = R"({"id": 0, "name": "c"})";
  for (int i = 1; i < 100002; ++i) {
    absl::StrAppend(&labels, R"(, {"id": )", i, R"(, "name": "c)", i, "\"}");
  }
  std::map<std::string, std::string> files =
      Files(Shapes(absl::StrCat(Box(0, 99999), ",", Box(0, 100000), ",", Box(0, 100001))),
            R"({"frames": [{"name": "a.jpg", "width": 9, "height": 8}]})");
  files["labels.json"] = absl::StrCat("[", labels, "]");
  const ReadResult result = Read(std::move(files));
  EXPECT_EQ(result.info().labels.size(), 100000u);
  EXPECT_EQ(result.Counts(), (Counts{{"c99999 rectangle", 1}}));
  EXPECT_THAT(result.Problems(),
              ElementsAre(HasSubstr("more than 100000 labels"),
                          "shape 1||left out: its label is not known; so are 2 in all"));
}

TEST(CvatRest, OfAFrameOfManyJobsThe64FirstAreKept) {
  std::string jobs = R"({"id": 1, "start_frame": 1, "stop_frame": 1})";
  for (int i = 2; i <= 100; ++i) {
    absl::StrAppend(&jobs, R"(, {"id": )", i, R"(, "start_frame": 0, "stop_frame": )",
                    i <= 60 ? 0 : 2, "}");
  }
  DirectorySource source("dir", "annotations.json",
                         Files(Shapes(Box(0)), absl::StrCat(R"({"jobs": [)", jobs, R"(], "frames": [
          {"name": "a.jpg", "width": 9, "height": 8}, {"name": "b.jpg", "width": 9, "height": 8},
          {"name": "c.jpg", "width": 9, "height": 8}]})")));
  JobRecorder recorder;
  ASSERT_TRUE(FindReader(kReader)->Read(source, recorder).ok());
  // Of frame 0 are 99 jobs, from 2 on; of these 2 to 65 are kept, and 61 to 65 go on with job 1.
  EXPECT_THAT(recorder.FramesOf(0), ElementsAre(1));
  EXPECT_THAT(recorder.FramesOf(1), ElementsAre(0));
  EXPECT_THAT(recorder.FramesOf(60), ElementsAre(0, 1, 2));
  EXPECT_THAT(recorder.FramesOf(64), ElementsAre(0, 1, 2));
  EXPECT_THAT(recorder.FramesOf(65), IsEmpty());
  const std::vector<Problem> problems = recorder.Finish().value()->Problems().value();
  ASSERT_EQ(problems.size(), 1u);
  EXPECT_THAT(problems[0].reason, HasSubstr("frame 0 is of more than 64 jobs"));
}

TEST(CvatRest, FramesThatNobodyNamesAreCalledByNumber) {
  const ReadResult result = Read({{"annotations.json", Shapes(Box(1))},
                                  {"labels.json", std::string(kLabels)},
                                  {"task.json", R"({"id": 5, "name": "five", "size": 2})"}});
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.Names(), ElementsAre("frame_000000", "frame_000001"));
  ASSERT_EQ(result.Problems().size(), 1u);
  EXPECT_THAT(result.Problems()[0], HasSubstr("names and sizes of the frames are not given"));
}

TEST(CvatRest, SkeletonsThatContainEachOtherAreLabelsOfTheirOwn) {
  std::map<std::string, std::string> files = Files(Shapes(Box(0)), std::string(kTwoFrames));
  files["labels.json"] = R"([{"id": 1, "name": "car", "parent_id": 2},
                             {"id": 2, "name": "bus", "parent_id": 1},
                             {"id": 2, "name": "again"}, {"id": 3}, 7])";
  const ReadResult result = Read(std::move(files));
  ASSERT_TRUE(result.status.ok()) << result.status;
  ASSERT_EQ(result.info().labels.size(), 2u);
  EXPECT_EQ(result.info().labels[0].parent, -1);
  EXPECT_EQ(result.info().labels[1].parent, -1);
  EXPECT_EQ(result.Total(), 1);
  EXPECT_EQ(result.Problems().size(), 6u);
}

TEST(CvatRest, HostileNumbersAreProblems) {
  EXPECT_EQ(Read(Files(Shapes(""), R"({"size": 99999999999, "frames": [{"name": "v.mp4"}]})"))
                .status.code(),
            absl::StatusCode::kInvalidArgument);
  EXPECT_EQ(Read(Files(Shapes(""), R"({"start_frame": 4294967295, "frame_filter": "step=99",
                                       "frames": [{"name": "a"}, {"name": "b"}]})"))
                .status.code(),
            absl::StatusCode::kInvalidArgument);
  const ReadResult result = Read(
      Files(Shapes(absl::StrCat(Box(0), R"(, {"type": "rectangle", "points": [1, 2, 3], "frame": 0,
                                        "label_id": 1},
                                       {"type": "rectangle", "points": [1, 2, 3, 1e308], "frame": 0,
                                        "label_id": 1},
                                       {"type": "mask", "points": [1, -2, 0, 0, 9, 9], "frame": 0,
                                        "label_id": 1},
                                       {"type": "hexagon", "frame": 0, "label_id": 1}, 7)")),
            std::string(kTwoFrames)));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Total(), 1);
  EXPECT_EQ(result.Problems().size(), 6u);
}

TEST(CvatRest, ValuesThatCannotBeKeptAreSaid) {
  std::map<std::string, std::string> files =
      Files(Shapes(Box(0, 1, ", \"x\": \"\xff\"")),
            "{\"subset\": \"\xff\", \"frames\": [{\"name\": \"\xff.jpg\", \"width\": 1, "
            "\"height\": 1}]}");
  files["labels.json"] = "[{\"id\": 1, \"name\": \"c\xff\"}]";
  const ReadResult result = Read(std::move(files));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Total(), 1);
  EXPECT_THAT(result.Problems(),
              UnorderedElementsAre(HasSubstr("shapes/0 at byte"), HasSubstr("subset at byte"),
                                   HasSubstr("frames/0 at byte"), HasSubstr("0 at byte 1|")));
}

TEST(CvatRest, CutShortAnywhereWhatCameBeforeIsKept) {
  const std::map<std::string, std::string> whole = {
      {"annotations.json", FixtureText("golden/synth_images/INPUT/annotations.rest.json")},
      {"labels.json", FixtureText("golden/synth_images/INPUT/labels.rest.json")},
      {"data_meta.json", FixtureText("golden/synth_images/INPUT/data_meta.json")}};
  int last = 0;
  std::map<std::string, int> last_beside;
  for (size_t percent = 1; percent < 100; ++percent) {
    std::map<std::string, std::string> files = whole;
    std::string& text = files["annotations.json"];
    text.resize(text.size() * percent / 100);
    const ReadResult result = Read(files);
    EXPECT_TRUE(result.status.ok()) << percent << result.status;
    EXPECT_EQ(ErrorsOf(result).size(), 1u) << percent;
    EXPECT_GE(result.Total(), last) << percent;
    last = result.Total();
    for (const char* name : {"labels.json", "data_meta.json"}) {
      files = whole;
      files[name].resize(files[name].size() * percent / 100);
      const ReadResult beside = Read(files);
      EXPECT_TRUE(beside.status.ok()) << name << percent << beside.status;
      EXPECT_EQ(ErrorsOf(beside).size(), 1u) << name << percent;
      EXPECT_GE(beside.Total(), last_beside[name]) << name << percent;
      last_beside[name] = beside.Total();
    }
  }
  EXPECT_GT(last, 10);
  for (const auto& [name, total] : last_beside) EXPECT_GT(total, 10) << name;
}

TEST(CvatRest, OtherJsonIsNotTheServers) {
  for (absl::string_view text :
       {R"({"shapes": [{"label": "a", "points": [], "shape_type": "polygon"}], "imagePath": "x"})",
        R"([{"version": 0, "tags": [], "shapes": [], "tracks": []}])",
        R"({"images": [], "annotations": [], "categories": []})", "nothing", ""}) {
    MemorySource source("dir/annotations.json", std::string(text));
    const auto found = FindReader(kReader)->Probe(source);
    ASSERT_TRUE(found.ok()) << found.status();
    EXPECT_FALSE(found->has_value()) << text;
  }
}

}  // namespace
}  // namespace annofs::testing
