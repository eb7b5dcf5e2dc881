// Jobs, media and context images of backups, and what old versions and other kinds of tasks say.
#include "cache/base/json.h"
#include "formats/zip_directory.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/backup_maker.h"
#include "tests/formats/reading.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::SizeIs;

// Keeps what a dataset does not tell: which frames are of which job.
class JobRecorder : public DatasetSink {
 public:
  uint32_t AddTask(Task task) override { return builder_->AddTask(std::move(task)); }
  uint32_t AddLabel(Label label) override { return builder_->AddLabel(std::move(label)); }
  void SpecifyAttributes(uint32_t label, std::vector<AttributeSpec> attributes) override {
    builder_->SpecifyAttributes(label, std::move(attributes));
  }
  uint32_t AddJob(Job job) override {
    jobs.push_back(job);
    frames.emplace_back();
    return builder_->AddJob(std::move(job));
  }
  absl::StatusOr<uint32_t> AddFrame(Frame frame) override {
    names.push_back(frame.name);
    return builder_->AddFrame(std::move(frame));
  }
  absl::Status AddToJob(uint32_t job, uint32_t frame) override {
    frames[job].push_back(names[frame]);
    return builder_->AddToJob(job, frame);
  }
  absl::Status AddToPart(absl::string_view part, uint32_t frame) override {
    return builder_->AddToPart(part, frame);
  }
  absl::Status AddShape(uint32_t frame, Shape shape) override {
    return builder_->AddShape(frame, std::move(shape));
  }
  void AddProblem(Problem problem) override {
    problems.push_back(absl::StrCat(problem.position, "|", problem.reason));
  }

  std::vector<Job> jobs;
  std::vector<std::vector<std::string>> frames;  // names, by job
  std::vector<std::string> names, problems;

 private:
  std::unique_ptr<DatasetBuilder> builder_ = std::make_unique<DatasetBuilder>();
};

JobRecorder ReadJobs(Source& source) {
  JobRecorder recorder;
  EXPECT_TRUE(FindReader(kBackupReader)->Read(source, recorder).ok());
  return recorder;
}

JobRecorder ReadJobs(absl::string_view jobs, absl::string_view data = "") {
  const std::string list = absl::StrCat("[", jobs, "]");
  // An empty object for each.
  std::string annotations;
  for (size_t i = 0; i < JsonDocument::Parse(list).value().root().size(); ++i) {
    absl::StrAppend(&annotations, i > 0 ? "," : "", R"({"version":0})");
  }
  MemorySource source("t.zip",
                      MakeBackup({.task = absl::StrCat(R"({"name":"t","labels":[],"data":{)", data,
                                                       R"(},"jobs":)", list, "}"),
                                  .annotations = absl::StrCat("[", annotations, "]")}));
  return ReadJobs(source);
}

TEST(BackupJobs, JobsHaveTheirFrames) {
  const JobRecorder result = ReadJobs(R"({"type":"annotation","start_frame":0,"stop_frame":1},
                  {"type":"annotation","start_frame":1,"stop_frame":2})");
  EXPECT_THAT(result.frames,
              ElementsAre(ElementsAre("a.jpg", "b.jpg"), ElementsAre("b.jpg", "c.jpg")));
  EXPECT_THAT(result.problems, IsEmpty());
}

TEST(BackupJobs, DeletedFramesAreOfNoJob) {
  const JobRecorder result =
      ReadJobs(R"({"start_frame":0,"stop_frame":2})", "\"deleted_frames\":[1]");
  EXPECT_THAT(result.frames, ElementsAre(ElementsAre("a.jpg", "c.jpg")));
}

TEST(BackupJobs, GroundTruthHasItsOwnFramesAndReplicasAreKnown) {
  const JobRecorder result = ReadJobs(
      R"({"type":"annotation","start_frame":0,"stop_frame":2},
         {"type":"consensus_replica","start_frame":0,"stop_frame":2},
         {"type":"ground_truth","start_frame":0,"stop_frame":2,"frames":[0,2]})");
  ASSERT_THAT(result.jobs, SizeIs(3));
  EXPECT_EQ(result.jobs[0].kind, Job::Kind::kAnnotation);
  EXPECT_EQ(result.jobs[1].kind, Job::Kind::kReplica);
  EXPECT_EQ(result.jobs[2].kind, Job::Kind::kGroundTruth);
  EXPECT_THAT(result.frames[2], ElementsAre("a.jpg", "c.jpg"));
}

TEST(BackupJobs, StatusSaysStageAndStateWhereItsMeaningIsClear) {
  const JobRecorder result = ReadJobs(R"({"status":"annotation"},{"status":"validation"},
                                         {"status":"completed"},{})");
  std::vector<std::string> said;
  for (const Job& job : result.jobs) said.push_back(absl::StrCat(job.stage, "/", job.state));
  EXPECT_THAT(said, ElementsAre("annotation/", "/", "acceptance/completed", "/"));
}

TEST(BackupJobs, OfTheRealBackupTheFramesOfThePoolAreOfTheGroundTruthJob) {
  MemorySource source =
      FixtureSource("cvat/backups/task_30_backup_pre_consensus_replica_removal.zip");
  const JobRecorder result = ReadJobs(source);
  ASSERT_THAT(result.jobs, SizeIs(9));
  EXPECT_EQ(result.jobs[8].kind, Job::Kind::kGroundTruth);
  EXPECT_THAT(result.frames[0], ElementsAre("30.png", "31.png", "34.png"));
  EXPECT_THAT(result.frames[4], ElementsAre("33.png"));
  EXPECT_THAT(result.frames[8], ElementsAre("32.png", "35.png"));
}

TEST(BackupJobs, JobsOfAProjectAreOfTheirTasks) {
  MemorySource source = FixtureSource("backups_derived/project_2tasks.zip");
  const JobRecorder result = ReadJobs(source);
  std::vector<uint32_t> tasks;
  for (const Job& job : result.jobs) tasks.push_back(job.task);
  EXPECT_THAT(tasks, ElementsAre(0, 1, 1));
  EXPECT_THAT(result.frames[0], SizeIs(4));
  // 11 and 11 frames; the deleted one is of both.
  EXPECT_THAT(result.frames[1], SizeIs(10));
  EXPECT_THAT(result.frames[2], SizeIs(10));
}

TEST(BackupJobs, JobsWithoutOrBeyondFramesAreSaid) {
  const JobRecorder result = ReadJobs(
      R"({"start_frame":2,"stop_frame":1},{"start_frame":-9,"stop_frame":1000000000000000000},
         {"start_frame":1e300,"stop_frame":"x"})");
  EXPECT_THAT(result.problems, ElementsAre("job 0|it ends on frame 1 before it starts on 2",
                                           "job 1|it ends on frame 1099511627776, the task has 3 "
                                           "frames"));
  EXPECT_THAT(result.frames,
              ElementsAre(IsEmpty(), ElementsAre("a.jpg", "b.jpg", "c.jpg"), ElementsAre("a.jpg")));
}

TEST(BackupJobs, NoMoreFramesAreOfJobsThanCvatCanMake) {
  std::string jobs = R"({"start_frame":0,"stop_frame":2})";
  for (int i = 0; i < 1000; ++i) absl::StrAppend(&jobs, R"(,{"start_frame":0,"stop_frame":2})");
  const JobRecorder result = ReadJobs(jobs);
  EXPECT_THAT(result.problems,
              ElementsAre("job 32|it and those behind it have more frames than jobs can have"));
}

TEST(BackupMedia, ImagesOfAFullBackupAreRangesOfItsZip) {
  MemorySource source = FixtureSource("backups_derived/task_images_full.zip");
  const ReadResult result = ReadWith(kBackupReader, source);
  for (Rank rank = 0; rank < result.dataset->frame_count(); ++rank) {
    const Frame frame = result.FrameAt(rank);
    ASSERT_TRUE(frame.inner) << frame.name;
    ZipDirectory zip = ZipDirectory::Read(source).value();
    const ZipEntry* entry = zip.Find("data/" + frame.name);
    ASSERT_NE(entry, nullptr) << frame.name;
    EXPECT_EQ(frame.inner->header_offset, entry->header_offset);
    EXPECT_EQ(frame.inner->size, entry->size);
    EXPECT_EQ(frame.inner->crc32, entry->crc32);
  }
}

TEST(BackupMedia, ALightweightBackupHasNone) {
  MemorySource source = FixtureSource("backups_derived/task_images_lightweight.zip");
  const ReadResult result = ReadWith(kBackupReader, source);
  for (Rank rank = 0; rank < result.dataset->frame_count(); ++rank) {
    EXPECT_FALSE(result.FrameAt(rank).inner);
  }
}

TEST(BackupMedia, ACompressedImageIsNoRange) {
  const ReadResult result =
      ReadParts({.more = {{.name = "data/a.jpg", .content = std::string(99, 'x'), .deflated = true},
                          {.name = "data/b.jpg", .content = "x"}}});
  EXPECT_FALSE(result.FrameAt(0).inner);
  EXPECT_TRUE(result.FrameAt(1).inner);
}

Frame OnlyFrame(const Parts& parts) {
  const ReadResult result = ReadParts(parts);
  EXPECT_EQ(result.dataset->frame_count(), 1u);
  return result.FrameAt(0);
}

std::string ManifestOf(absl::string_view row) {
  return absl::StrCat("{\"version\":\"1.1\"}\n{\"type\":\"images\"}\n", row, "\n");
}

TEST(BackupMedia, ContextImagesStandInTheManifest) {
  const Frame frame = OnlyFrame(
      {.manifest = ManifestOf(
           R"({"name":"a","extension":".png","width":1,"height":1,"meta":{"related_images":["related_images/a_png/1.jpg",7,"x/2.jpg"]}})")});
  EXPECT_THAT(frame.related, ElementsAre("related_images/a_png/1.jpg", "x/2.jpg"));
}

TEST(BackupMedia, ContextImagesAreFoundByWhereTheyLie) {
  const Frame frame =
      OnlyFrame({.manifest = ManifestOf(R"({"name":"d/a","extension":".png"})"),
                 .more = {{.name = "data/d/related_images/a_png/1.jpg", .content = "x"},
                          {.name = "data/d/related_images/b_png/1.jpg", .content = "x"}}});
  EXPECT_THAT(frame.related, ElementsAre("d/related_images/a_png/1.jpg"));
}

TEST(BackupMedia, APointCloudIsShownAsTheFileThatItWas) {
  const Frame frame = OnlyFrame(
      {.manifest = ManifestOf(
           R"({"name":"d/velodyne_points/data/1","extension":".pcd","meta":{"original_name":"d/velodyne_points/data/1.bin"}})"),
       .more = {{.name = "data/d/velodyne_points/data/1.bin", .content = "xyz"},
                {.name = "data/d/image_00/data/1.png", .content = "x"}}});
  EXPECT_EQ(frame.name, "d/velodyne_points/data/1.bin");
  ASSERT_TRUE(frame.inner);
  EXPECT_EQ(frame.inner->size, 3u);
  EXPECT_THAT(frame.related, ElementsAre("d/image_00/data/1.png"));
}

TEST(BackupVersions, GroundTruthOfItsOwnJobIsNoPartOfTheTask) {
  const std::string annotations =
      absl::StrCat("[{\"shapes\":[", BoxOn(0), "]},{\"shapes\":[", BoxOn(1), "]}]");
  auto count = [&](absl::string_view layout) {
    return ReadParts({.task = absl::StrCat(
                          R"({"name":"t","labels":[{"name":"car"}],"data":{"validation_layout":)",
                          layout, R"(},"jobs":[{"start_frame":0,"stop_frame":0},
                              {"type":"ground_truth","start_frame":1,"stop_frame":2}]})"),
                      .annotations = annotations})
        .Total();
  };
  EXPECT_EQ(count(R"({"mode":"gt","frames":["b.jpg"]})"), 1);
  EXPECT_EQ(count(R"({"mode":"gt_pool","frames":["b.jpg"]})"), 2);
}

TEST(BackupVersions, OldBackupsAreRead) {
  const ReadResult result =
      ReadParts({.task = R"({"name":"t","consensus_replicas":0,"labels":[{"name":"car"}],
                   "data":{"start_frame":0,"stop_frame":2},
                   "jobs":[{"status":"annotation","start_frame":0,"stop_frame":2}]})",
                 .annotations = absl::StrCat("[{\"version\":0,\"shapes\":[", BoxOn(1), "]}]"),
                 .more = {{.name = "data/index.json", .content = "{\"0\": 1}"},
                          {.name = "task/notes.txt", .content = "x"},
                          {.name = "annotation_guide.md", .content = "x"}}});
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.Total(), 1);
  EXPECT_THAT(result.Problems(), IsEmpty());
}

TEST(BackupProjects, ATaskThatCannotBeReadDoesNotTakeTheOthersWithIt) {
  const Parts good;
  MemorySource source(
      "p.zip",
      MakeZip({{.name = "project.json", .content = R"({"name":"p","labels":[{"name":"car"}]})"},
               {.name = "task_0/task.json", .content = "{"},
               {.name = "task_2/task.json", .content = good.task},
               {.name = "task_2/annotations.json",
                .content = absl::StrCat("[{\"shapes\":[", BoxOn(0), "]}]")},
               {.name = "task_2/data/manifest.jsonl", .content = good.manifest},
               {.name = "task_10/task.json", .content = good.task},
               {.name = "task_x/task.json", .content = "no task"}}));
  const ReadResult result = ReadWith(kBackupReader, source);
  EXPECT_TRUE(absl::IsInvalidArgument(result.status));
  EXPECT_THAT(result.status.message(), ::testing::HasSubstr("task_0/task.json: "));
  EXPECT_EQ(result.Total(), 1);
  EXPECT_EQ(result.info().tasks.size(), 2u);
  EXPECT_THAT(result.Problems(), ElementsAre("||the backup has no task_10/data/manifest.jsonl",
                                             "||the task has 3 frames, the manifest 0",
                                             "||the backup has no task_10/annotations.json"));
}

TEST(BackupProjects, TracksAreNumberedPerTask) {
  const Parts good;
  const std::string annotations =
      R"([{"tracks":[{"label":"car","frame":0,"shapes":[{"type":"rectangle","frame":0,"points":[1,2,3,4]}]}]}])";
  std::vector<ZipFile> files = {
      {.name = "project.json", .content = R"({"name":"p","labels":[{"name":"car"}]})"}};
  for (const char* task : {"task_0/", "task_1/"}) {
    files.push_back({.name = absl::StrCat(task, "task.json"), .content = good.task});
    files.push_back({.name = absl::StrCat(task, "annotations.json"), .content = annotations});
    files.push_back({.name = absl::StrCat(task, "data/manifest.jsonl"), .content = good.manifest});
  }
  MemorySource source("p.zip", MakeZip(files));
  const ReadResult result = ReadWith(kBackupReader, source);
  ASSERT_EQ(result.dataset->frame_count(), 6u);
  for (Rank rank = 0; rank < 6; ++rank) {
    ASSERT_THAT(result.ShapesAt(rank).shapes, SizeIs(1));
    EXPECT_EQ(result.ShapesAt(rank).shapes[0].track, 0);
  }
  EXPECT_THAT(result.Problems(), IsEmpty());  // a name in two tasks is none
}

}  // namespace
}  // namespace annofs::testing
