// What a bad or hostile backup may say: a problem that says where, everything else kept.
#include "formats/backup_reading.h"
#include "formats/track.h"
#include "formats/zip_directory.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/backup_maker.h"
#include "tests/formats/reading.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

std::string TrackOf(absl::string_view shapes, absl::string_view more = "") {
  return absl::StrCat(R"({"label":"car","frame":0,"shapes":[)", shapes, "]", more, "}");
}

TEST(HostileBackup, KeyframesOnOneFrameAreSaid) {
  const ReadResult result =
      ReadAnnotations("", "", TrackOf(R"({"type":"rectangle","frame":0,"points":[1,2,3,4]},
                 {"type":"rectangle","frame":0,"points":[5,6,7,8]})"));
  EXPECT_THAT(result.Problems(),
              ElementsAre("job 0 track 0||a second keyframe on frame 0: left out"));
  EXPECT_EQ(result.Total(), 3);
}

TEST(HostileBackup, AKeyframeFarBehindTheEndOnlyPulls) {
  const ReadResult result =
      ReadAnnotations("", "", TrackOf(R"({"type":"rectangle","frame":0,"points":[0,0,1,1]},
                 {"type":"rectangle","frame":2000000000,"points":[0,0,1,1]})"));
  EXPECT_EQ(result.Total(), 3);
  EXPECT_THAT(result.Problems(), IsEmpty());
}

TEST(HostileBackup, FramesOutOfRangeAreLeftOut) {
  const ReadResult result = ReadAnnotations(R"({"label":"car","frame":1000000000000000000})",
                                            absl::StrCat(BoxOn(3), ",", BoxOn(-1), ",", BoxOn(2)),
                                            R"({"label":"car","frame":-5,"shapes":[]},
         {"label":"car","frame":0,"shapes":[{"type":"rectangle","frame":1e18,"points":[1,2,3,4]}]})");
  EXPECT_EQ(result.Total(), 1);
  EXPECT_THAT(result.Problems(),
              ElementsAre("job 0 tag 0||left out: frame 1000000000000000000 is out of range",
                          "job 0 shape 0||left out: the task has no frame 3",
                          "job 0 shape 1||left out: frame -1 is out of range",
                          "job 0 track 0||left out: frame -5 is out of range",
                          HasSubstr("job 0 track 1||keyframe 0 left out")));
}

TEST(HostileBackup, SkeletonsInSkeletonsAreNotFollowed) {
  std::string nested = R"({"type":"points","label":"nose","frame":0,"points":[1,2]})";
  for (int i = 0; i < 20; ++i) {
    nested = absl::StrCat(R"({"type":"skeleton","label":"pose","frame":0,"points":[],"elements":[)",
                          nested, "]}");
  }
  const ReadResult result = ReadAnnotations("", nested);
  EXPECT_TRUE(result.status.ok()) << result.status;
  for (const Shape& shape : result.ShapesOf("a.jpg").shapes) {
    for (const Shape& element : shape.elements) EXPECT_THAT(element.elements, IsEmpty());
  }
  std::string track = TrackOf("");
  for (int i = 0; i < 20; ++i) track = TrackOf("", absl::StrCat(R"(,"elements":[)", track, "]"));
  EXPECT_TRUE(ReadAnnotations("", "", track).status.ok());
}

TEST(HostileBackup, CoordinatesThatAreNoNumbersAreLeftOut) {
  const ReadResult result =
      ReadAnnotations("",
                      R"({"type":"rectangle","label":"car","frame":0,"points":[1,2,3,1e308]},
         {"type":"rectangle","label":"car","frame":0,"points":[1,2,3,null]})");
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.Problems(), ElementsAre(HasSubstr("job 0 shape 0||left out"),
                                             HasSubstr("job 0 shape 1||left out")));
  const ReadResult not_json = ReadAnnotations(
      "", absl::StrCat(R"({"type":"rectangle","label":"car","frame":0,"points":[1,2,3,NaN]},)",
                       BoxOn(0)));
  EXPECT_TRUE(not_json.status.ok()) << not_json.status;
  EXPECT_THAT(not_json.Problems(), Contains(HasSubstr("job 0 shape 0||left out")));
  EXPECT_EQ(not_json.Total(), 1);
}

TEST(HostileBackup, JobsWithAbsurdRangesKeepTheirAnnotations) {
  for (const char* bounds :
       {R"("start_frame":5,"stop_frame":2)", R"("start_frame":-9223372036854775808,"stop_frame":0)",
        R"("start_frame":0,"stop_frame":9223372036854775807)",
        R"("start_frame":1000000000000000000,"stop_frame":1000000000000000000)"}) {
    const ReadResult result = ReadParts(
        {.task = absl::StrCat(R"({"name":"t","labels":[{"name":"car"}],"data":{},"jobs":[{)",
                              bounds, "},{", bounds, "}]}"),
         .annotations = absl::StrCat("[{\"shapes\":[", BoxOn(0), "]},{\"shapes\":[", BoxOn(1),
                                     "],\"tracks\":[",
                                     TrackOf(R"({"type":"rectangle","frame":2,)"
                                             R"("points":[1,2,3,4]})"),
                                     "]}]")});
    EXPECT_TRUE(result.status.ok()) << result.status;
    EXPECT_EQ(result.Total(), 3) << bounds;
  }
}

TEST(HostileBackup, JobsOutOfOrderAreSaid) {
  const ReadResult result =
      ReadParts({.task = R"({"name":"t","labels":[{"name":"car"}],"data":{},
                   "jobs":[{"start_frame":0,"stop_frame":0},{"start_frame":1,"stop_frame":2}]})",
                 .annotations = absl::StrCat("{\"1\":{\"shapes\":[", BoxOn(1),
                                             "]},\"0\":{\"shapes\":[", BoxOn(0), "]}}")});
  EXPECT_EQ(result.Total(), 1);
  EXPECT_THAT(result.Problems(),
              ElementsAre("job 0 shape 0||left out: the jobs do not stand in their order"));
}

TEST(HostileBackup, WhatWasReadBeforeAFaultIsMergedAndEndsWhereTheNextJobBegins) {
  const ReadResult result = ReadParts(
      {.task = R"({"name":"t","labels":[{"name":"car"}],"data":{},
                   "jobs":[{"start_frame":0,"stop_frame":1},{"start_frame":1,"stop_frame":2}]})",
       .annotations = absl::StrCat("[{\"shapes\":[", BoxOn(1), "],\"tracks\":[",
                                   TrackOf(R"({"type":"rectangle","frame":0,"points":[1,2,3,4]})"),
                                   "]},{\"shapes\":[")});
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.Problems(), Contains(HasSubstr("byte ")));
  EXPECT_THAT(result.ShapesOf("a.jpg").shapes, SizeIs(1));
  EXPECT_THAT(result.ShapesOf("b.jpg").shapes, SizeIs(2));
  EXPECT_THAT(result.ShapesOf("c.jpg").shapes, SizeIs(0));
}

// Counts, and stores nothing.
class CountingSink : public DatasetSink {
 public:
  uint32_t AddTask(Task) override { return 0; }
  uint32_t AddLabel(Label) override { return labels_++; }
  void SpecifyAttributes(uint32_t, std::vector<AttributeSpec>) override {}
  uint32_t AddJob(Job) override { return 0; }
  absl::StatusOr<uint32_t> AddFrame(Frame) override { return frames_++; }
  absl::Status AddToJob(uint32_t, uint32_t) override { return absl::OkStatus(); }
  absl::Status AddToPart(absl::string_view, uint32_t) override { return absl::OkStatus(); }
  absl::Status AddShape(uint32_t, Shape) override {
    ++shapes;
    return absl::OkStatus();
  }
  void AddProblem(Problem problem) override {
    problems.push_back(absl::StrCat(problem.position, "|", problem.reason));
  }

  uint32_t frames() const { return frames_; }

  uint64_t shapes = 0;
  std::vector<std::string> problems;

 private:
  uint32_t labels_ = 0, frames_ = 0;
};

// A polygon of many points that is held for 100,000 frames: a million bytes for 320 GB.
TEST(HostileBackup, AFewBytesDoNotFillTheDisk) {
  std::string points = "0,0";
  for (int i = 1; i < 200000; ++i) absl::StrAppend(&points, ",", i % 100, ",", i % 7);
  std::string tracks =
      TrackOf(absl::StrCat(R"({"type":"polygon","frame":0,"points":[)", points, "]}"));
  absl::StrAppend(&tracks, ",", TrackOf(R"({"type":"rectangle","frame":0,"points":[1,2,3,4]})"));
  MemorySource source(
      "t.zip", MakeBackup({.task = R"({"name":"t","labels":[{"name":"car"}],
                              "data":{"start_frame":0,"stop_frame":99999},"jobs":[]})",
                           .annotations = absl::StrCat("[{\"tracks\":[", tracks, "],\"shapes\":[",
                                                       BoxOn(7), "]}]"),
                           .manifest = VideoManifest(R"("resolution":[4,3],"length":100000)")}));
  const ZipDirectory directory = ZipDirectory::Read(source).value();
  const BackupZip zip(directory, "t.zip");
  const BackupFolder folder(zip, "");
  BackupTask task = ParseBackupTask(folder.ReadJson("task.json").value().root());
  task.task.is_video = true;
  CountingSink sink;
  LabelTable labels(sink);
  labels.Add(task.labels);
  BackupBounds left{.tracked_bytes = uint64_t{1} << 30};
  const absl::Status status = ReadBackupTask(task, 0, folder, labels, sink, left);
  EXPECT_TRUE(status.ok()) << status;
  // 3.2 MB a frame; and the box.
  EXPECT_GT(sink.shapes, 330u);
  EXPECT_LT(sink.shapes, 340u);
  EXPECT_THAT(sink.problems,
              ElementsAre(HasSubstr("job 0 track 0|left out, and all tracks behind it")));
}

TEST(HostileBackup, HonestTracksAreFarFromTheBound) {
  // 100,000 frames of 1,000 boxes with two attributes.
  const Shape box{
      .type = ShapeType::kRectangle,
      .source = "manual",
      .points = {1, 2, 3, 4},
      .attributes = {{.name = "colour", .value = "yellow"}, {.name = "parked", .value = "false"}}};
  EXPECT_GT(kMaxTrackedBytes, uint64_t{100000} * 1000 * BytesOf(box));
}

TEST(HostileBackup, AZipOfATaskCutAnywhereKeepsNothingAndSaysSo) {
  for (const char* path : {"backups_derived/project_2tasks.zip",
                           "cvat/backups/task_30_backup_pre_consensus_replica_removal.zip"}) {
    const std::string whole = FixtureText(path);
    for (size_t percent = 0; percent < 100; ++percent) {
      MemorySource source("t.zip", whole.substr(0, whole.size() * percent / 100));
      EXPECT_TRUE(absl::IsInvalidArgument(ReadWith(kBackupReader, source).status)) << percent;
    }
  }
}

TEST(HostileBackup, VideosOfAllTasksShareTheFramesThatANumberMayClaim) {
  MemorySource source(
      "t.zip", MakeBackup({.task = R"({"name":"t","labels":[{"name":"car"}],"data":{},"jobs":[]})",
                           .manifest = VideoManifest(R"("resolution":[4,3],"length":100)")}));
  const ZipDirectory directory = ZipDirectory::Read(source).value();
  const BackupZip zip(directory, "t.zip");
  const BackupFolder folder(zip, "");
  BackupTask task = ParseBackupTask(folder.ReadJson("task.json").value().root());
  task.task.is_video = true;
  CountingSink sink;
  LabelTable labels(sink);
  BackupBounds left{.numbered_frames = 150};
  EXPECT_TRUE(ReadBackupTask(task, 0, folder, labels, sink, left).ok());
  EXPECT_THAT(sink.problems, IsEmpty());
  EXPECT_TRUE(ReadBackupTask(task, 1, folder, labels, sink, left).ok());
  EXPECT_THAT(sink.problems, ElementsAre(HasSubstr("more than 4194304 frames")));
  EXPECT_EQ(sink.frames(), 100u);
}

TEST(HostileBackup, ALongSourceOnATrackOfAllFramesDoesNotFillTheDisk) {
  const std::string track =
      TrackOf(R"({"type":"rectangle","frame":0,"points":[1,2,3,4]})",
              absl::StrCat(R"(,"source":")", std::string(2 << 20, 's'), "\""));
  MemorySource source(
      "t.zip", MakeBackup({.task = R"({"name":"t","labels":[{"name":"car"}],
                              "data":{"start_frame":0,"stop_frame":99999},"jobs":[]})",
                           .annotations = absl::StrCat("[{\"tracks\":[", track, "]}]"),
                           .manifest = VideoManifest(R"("resolution":[4,3],"length":100000)")}));
  const ZipDirectory directory = ZipDirectory::Read(source).value();
  const BackupZip zip(directory, "t.zip");
  const BackupFolder folder(zip, "");
  BackupTask task = ParseBackupTask(folder.ReadJson("task.json").value().root());
  task.task.is_video = true;
  CountingSink sink;
  LabelTable labels(sink);
  labels.Add(task.labels);
  BackupBounds left{.tracked_bytes = uint64_t{1} << 30};
  EXPECT_TRUE(ReadBackupTask(task, 0, folder, labels, sink, left).ok());
  // 1 GiB of 2 MiB each.
  EXPECT_GT(sink.shapes, 500u);
  EXPECT_LT(sink.shapes, 513u);
  EXPECT_THAT(sink.problems,
              ElementsAre(HasSubstr("job 0 track 0|left out, and all tracks behind it")));
}

// Every part of a backup, cut at each percent.
TEST(HostileBackup, PartsCutAnywhereAreErrorsThatNameThem) {
  MemorySource whole = FixtureSource("backups_derived/task_video_2jobs_overlap2.zip");
  ZipDirectory zip = ZipDirectory::Read(whole).value();
  const Parts good{.task = zip.ReadAll(*zip.Find("task.json"), 1 << 20).value(),
                   .annotations = zip.ReadAll(*zip.Find("annotations.json"), 1 << 20).value(),
                   .manifest = zip.ReadAll(*zip.Find("data/manifest.jsonl"), 1 << 20).value()};
  for (size_t percent = 0; percent < 100; ++percent) {
    auto cut = [percent](const std::string& text) {
      return text.substr(0, text.size() * percent / 100);
    };
    Parts parts = good;
    parts.annotations = cut(good.annotations);
    const ReadResult result = ReadParts(parts);
    EXPECT_TRUE(result.status.ok()) << result.status;
    const std::vector<Problem> problems = result.dataset->Problems().value();
    const auto fault = std::find_if(problems.begin(), problems.end(), [](const Problem& problem) {
      return problem.severity == Problem::Severity::kError;
    });
    ASSERT_NE(fault, problems.end()) << percent;
    EXPECT_EQ(fault->source, "b/t.zip!annotations.json");
    EXPECT_THAT(fault->position, HasSubstr("byte "));
    EXPECT_EQ(result.dataset->frame_count(), 19u);
    parts = good;
    parts.task = cut(good.task);
    EXPECT_THAT(ReadParts(parts).status.message(), HasSubstr("task.json: ")) << percent;
    parts = good;
    parts.manifest = cut(good.manifest);
    // Only the rows of key frames may be missing.
    const ReadResult shorter = ReadParts(parts);
    EXPECT_TRUE(shorter.status.ok() || absl::IsInvalidArgument(shorter.status)) << shorter.status;
  }
}

TEST(HostileBackup, JobsThatAnnotationsJsonDoesNotHaveAreSaid) {
  const std::string task = R"({"name":"t","labels":[{"name":"car"}],"data":{},
      "jobs":[{"start_frame":0,"stop_frame":1},{"start_frame":2,"stop_frame":2}]})";
  EXPECT_THAT(ReadParts({.task = task, .annotations = "[]"}).Problems(),
              ElementsAre("||annotations.json has 0 of 2 jobs"));
  const ReadResult one = ReadParts(
      {.task = task, .annotations = absl::StrCat("[{\"version\":0,\"shapes\":[", BoxOn(0), "]}]")});
  EXPECT_EQ(one.Total(), 1);
  EXPECT_THAT(one.Problems(), ElementsAre("||annotations.json has 1 of 2 jobs"));
  EXPECT_THAT(
      ReadParts({.task = task, .annotations = "[{\"version\":0},{\"version\":0}]"}).Problems(),
      IsEmpty());
}

TEST(HostileBackup, OfEntriesOfOneNameTheLastIsReadAndTheOthersAreSaid) {
  const ReadResult result =
      ReadParts({.annotations = absl::StrCat("[{\"shapes\":[", BoxOn(0), ",", BoxOn(1), "]}]"),
                 .more = {{.name = "annotations.json",
                           .content = absl::StrCat("[{\"shapes\":[", BoxOn(2), "]}]")}}});
  EXPECT_EQ(result.Total(), 1);
  const std::vector<Problem> problems = result.dataset->Problems().value();
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].source, "b/t.zip!annotations.json");
  EXPECT_EQ(problems[0].reason, "a later entry of the zip has the same name: this one is not read");
}

TEST(HostileBackup, PathsThatLeaveTheFolderAreNoMedia) {
  Parts parts;
  parts.manifest =
      "{\"version\":\"1.1\"}\n{\"type\":\"images\"}\n"
      "{\"name\":\"../task\",\"extension\":\".json\",\"width\":1,\"height\":1}\n"
      "{\"name\":\"a/../b\",\"extension\":\".jpg\",\"width\":1,\"height\":1}\n"
      "{\"name\":\"c\",\"extension\":\".jpg\",\"width\":1,\"height\":1}\n";
  parts.more = {{.name = "data/../task.json", .content = "x"},
                {.name = "data/a/../b.jpg", .content = "x"},
                {.name = "data/c.jpg", .content = "x"}};
  const ReadResult result = ReadParts(parts);
  ASSERT_EQ(result.dataset->frame_count(), 3u);
  for (Rank rank = 0; rank < 3; ++rank) {
    const Frame frame = result.FrameAt(rank);
    EXPECT_EQ(frame.inner.has_value(), frame.name == "c.jpg") << frame.name;
  }
}

// A box on each of the three frames, and a track through them.
Parts PartsWithShapes() {
  return {.annotations = absl::StrCat(
              "[{\"shapes\":[", BoxOn(0), ",", BoxOn(1), ",", BoxOn(2), "],\"tracks\":[",
              TrackOf(R"({"type":"rectangle","frame":0,"points":[1,2,3,4]})"), "]}]")};
}

ReadResult ReadWithManifest(const ZipFile& manifest) {
  const Parts parts = PartsWithShapes();
  MemorySource source("b/t.zip",
                      MakeZip({manifest,
                               {.name = "task.json", .content = parts.task},
                               {.name = "annotations.json", .content = parts.annotations}}));
  return ReadWith(kBackupReader, source);
}

TEST(HostileBackup, AFaultAtTheEndOfTheManifestKeepsAllAnnotations) {
  const ReadResult result = ReadWithManifest(
      {.name = "data/manifest.jsonl", .content = Parts().manifest, .crc32 = 0xbad});
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Total(), 6);
  const std::vector<Problem> problems = result.dataset->Problems().value();
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_EQ(problems[0].severity, Problem::Severity::kError);
  EXPECT_EQ(problems[0].source, "b/t.zip!data/manifest.jsonl");
  EXPECT_THAT(problems[0].reason, HasSubstr("fails its checksum"));
}

TEST(HostileBackup, AManifestThatBreaksOffKeepsWhatIsOnTheFramesBefore) {
  const std::string whole = Parts().manifest;
  const std::string two_rows = whole.substr(0, whole.rfind("{\"name\":\"c\""));
  const ReadResult result =
      ReadWithManifest({.name = "data/manifest.jsonl", .content = two_rows, .crc32 = 0xbad});
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Total(), 4);
  EXPECT_FALSE(result.ShapesOf("b.jpg").shapes.back().keyframe);
  EXPECT_THAT(result.Problems(),
              Contains("||1 annotations left out: nothing says the names of their frames, from "
                       "frame 2 on"));
}

TEST(HostileBackup, ARowOfTheManifestThatIsTooLongTakesOnlyItsOwnFrame) {
  Parts parts = PartsWithShapes();
  parts.manifest = absl::StrCat(
      "{\"version\":\"1.1\"}\n{\"type\":\"images\"}\n{\"name\":\"a\",\"extension\":\".jpg\"}\n{"
      "\"name\":\"",
      std::string(2 << 20, 'x'), "\"}\n{\"name\":\"c\",\"extension\":\".jpg\"}\n");
  const ReadResult result = ReadParts(parts);
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Total(), 4);
  EXPECT_THAT(result.Problems(), Contains("line 4||a row of more than 1 MiB"));
}

TEST(HostileBackup, WithoutAManifestOneProblemSaysThatFramesHaveNoNames) {
  const ReadResult result = ReadWithManifest({.name = "data/other", .content = ""});
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.info().jobs.size(), 1u);
  EXPECT_THAT(result.Problems(),
              ElementsAre("||the backup has no data/manifest.jsonl",
                          "||the task has 3 frames, the manifest 0",
                          "||4 annotations left out: nothing says the names of their frames, from "
                          "frame 0 on"));
}

TEST(HostileBackup, WithoutAManifestFramesAreThoseThatJobsName) {
  Parts parts = PartsWithShapes();
  MemorySource source(
      "t.zip", MakeZip({{.name = "task.json", .content = R"({"name":"t","labels":[{"name":"car"}],
                  "data":{"start_frame":10,"stop_frame":14,"frame_filter":"step=2"},
                  "jobs":[{"start_frame":0,"stop_frame":2,"files":["x.jpg","d/y.jpg","z.jpg"]}]})"},
                        {.name = "annotations.json", .content = parts.annotations}}));
  const ReadResult result = ReadWith(kBackupReader, source);
  EXPECT_THAT(result.Names(), ElementsAre("x.jpg", "d/y.jpg", "z.jpg"));
  EXPECT_EQ(result.FrameAt(result.ByNumber()[2]).number, 14u);
  EXPECT_EQ(result.Total(), 6);
}

}  // namespace
}  // namespace annofs::testing
