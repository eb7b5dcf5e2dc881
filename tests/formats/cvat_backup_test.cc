// Expected counts were taken from the files' own JSON with a few lines of Python.
#include "formats/zip_directory.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/backup_maker.h"
#include "tests/formats/reading.h"
#include "tests/formats/zip_maker.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

using Counts = std::map<std::string, int>;

ReadResult ReadFixture(absl::string_view name) {
  MemorySource source = FixtureSource(name);
  ReadResult result = ReadWith(kBackupReader, source);
  EXPECT_TRUE(result.status.ok()) << name << ": " << result.status;
  return result;
}

std::string RandomCase(absl::string_view name) {
  return absl::StrCat("golden/", name, "/INPUT/backup.zip");
}

TEST(CvatBackup, CountsOfRandImages00) {
  ReadResult result = ReadFixture(RandomCase("rand_images_00"));
  EXPECT_EQ(result.Counts(), (Counts{{"bike tag", 1},
                                     {"cat & dog polygon", 1},
                                     {"cat & dog rectangle", 2},
                                     {"truck cuboid", 1},
                                     {"truck points", 1},
                                     {"truck rectangle", 1},
                                     {"truck tag", 1},
                                     {"狗 ellipse", 1},
                                     {"狗 polygon", 1},
                                     {"狗 tag", 1}}));
  EXPECT_THAT(result.Problems(), IsEmpty());
}

TEST(CvatBackup, CountsOfRandImages01) {
  EXPECT_EQ(ReadFixture(RandomCase("rand_images_01")).Counts(), (Counts{{"Dose ellipse", 1},
                                                                        {"Dose mask", 2},
                                                                        {"Dose polygon", 1},
                                                                        {"Dose rectangle", 3},
                                                                        {"zebra ellipse", 2},
                                                                        {"zebra mask", 1},
                                                                        {"zebra polygon", 1},
                                                                        {"zebra rectangle", 3},
                                                                        {"дерево cuboid", 2},
                                                                        {"дерево ellipse", 1},
                                                                        {"дерево mask", 1},
                                                                        {"дерево polygon", 2},
                                                                        {"дерево polyline", 1},
                                                                        {"дерево rectangle", 6}}));
}

TEST(CvatBackup, TotalsOfTheOtherRandImages) {
  EXPECT_EQ(ReadFixture(RandomCase("rand_images_02")).Total(), 22);
  EXPECT_EQ(ReadFixture(RandomCase("rand_images_03")).Total(), 37);
  EXPECT_EQ(ReadFixture(RandomCase("rand_images_04")).Total(), 37);
}

TEST(CvatBackup, DeletedFramesAreLeftOutWithTheirShapes) {
  ReadResult result = ReadFixture(RandomCase("rand_images_05"));
  EXPECT_THAT(result.Names(), ElementsAre("IMG_000.jpeg", "a/b/img005.jpg", "cam 1/фото001.JPG",
                                          "img006.jpeg", "съёмка/img002.jpeg", "фото004.jpg"));
  EXPECT_EQ(result.Counts(), (Counts{{"Dose polygon", 3},
                                     {"Dose polyline", 1},
                                     {"Dose rectangle", 2},
                                     {"building mask", 2},
                                     {"building polyline", 1},
                                     {"building rectangle", 1},
                                     {"skel0 skeleton", 2},
                                     {"sky rectangle", 1},
                                     {"zebra polygon", 1},
                                     {"zebra rectangle", 3},
                                     {"狗 rectangle", 2}}));
}

TEST(CvatBackup, FullAndLightweightBackupsOfATaskAreTheSameDataset) {
  ReadResult light = ReadFixture("backups_derived/task_images_lightweight.zip");
  ReadResult full = ReadFixture("backups_derived/task_images_full.zip");
  EXPECT_THAT(light.Names(),
              ElementsAre("a.jpg", "sub dir/b ü.png", "sub dir/c.JPG", "フォルダ/写真.jpeg"));
  EXPECT_EQ(light.Names(), full.Names());
  EXPECT_EQ(light.Counts(), full.Counts());
  EXPECT_EQ(light.Counts(), (Counts{{"car cuboid", 1},
                                    {"car mask", 1},
                                    {"car rectangle", 3},
                                    {"car tag", 1},
                                    {"pose skeleton", 1},
                                    {"traffic light ellipse", 1},
                                    {"traffic light mask", 2},
                                    {"traffic light tag", 1},
                                    {"автомобиль 🚗 polygon", 3},
                                    {"自転車 points", 1},
                                    {"自転車 polyline", 1}}));
}

TEST(CvatBackup, FramesHaveTheirNumbersAndSizes) {
  ReadResult result = ReadFixture(RandomCase("rand_images_04"));
  EXPECT_EQ(result.info().tasks[0].name, "rand images 4");
  EXPECT_EQ(result.info().tasks[0].subset, "Train");
  Frame last = result.FrameAt(result.ByNumber().back());
  EXPECT_EQ(last.name, "фото000.png");
  EXPECT_EQ(last.number, 3u);
  EXPECT_EQ(last.width, 640u);
  EXPECT_EQ(last.height, 360u);
  EXPECT_EQ(last.subset, "Train");
}

TEST(CvatBackup, OfATaskWithHoneypotsOnlyThePoolAndTheOtherFramesAreShown) {
  ReadResult result = ReadFixture("cvat/backups/task_30_backup_pre_consensus_replica_removal.zip");
  EXPECT_THAT(result.Names(),
              ElementsAre("30.png", "31.png", "34.png", "33.png", "32.png", "35.png"));
  // All shapes of its annotation jobs are on placeholders.
  EXPECT_EQ(result.Total(), 3);
  EXPECT_THAT(result.Problems(),
              ElementsAre("||left out, as in CVAT's exports: 12 tags and shapes on placeholders of "
                          "honeypots or frames of other jobs"));
}

absl::StatusOr<std::optional<ProbeResult>> Probe(std::string name, std::string bytes) {
  MemorySource source(std::move(name), std::move(bytes));
  return FindReader(kBackupReader)->Probe(source);
}

TEST(CvatBackup, NumbersAreKeptExactly) {
  ReadResult result = ReadAnnotations(
      "",
      R"({"type":"rectangle","label":"car","frame":1,"points":[0.1,188.66374,1e-5,12345.678901234567],
          "rotation":359.99,"z_order":-3,"group":5,"source":"auto","score":0.25,"occluded":true})");
  const Shape shape = result.ShapesOf("b.jpg").shapes.at(0);
  EXPECT_THAT(shape.points, ElementsAre(0.1, 188.66374, 1e-5, 12345.678901234567));
  EXPECT_EQ(shape.rotation, 359.99);
  EXPECT_EQ(shape.z_order, -3);
  EXPECT_EQ(shape.group, 5);
  EXPECT_EQ(shape.source, "auto");
  EXPECT_EQ(shape.score, 0.25);
  EXPECT_TRUE(shape.occluded);
}

TEST(CvatBackup, MissingMembersHaveTheirDefaults) {
  const Shape shape = ReadAnnotations("", BoxOn(0)).ShapesOf("a.jpg").shapes.at(0);
  EXPECT_EQ(shape.score, 1);
  EXPECT_EQ(shape.group, 0);
  EXPECT_EQ(shape.track, -1);
  EXPECT_FALSE(shape.occluded);
}

TEST(CvatBackup, TextOfAttributesIsKeptToTheByte) {
  ReadResult result = ReadAnnotations(
      "", BoxOn(0, R"(,"attributes":[{"name":"<n&\">","value":"  two\nlines \uD83D\uDE97 ü "},
                                     {"name":"n","value":7},{"name":"b","value":true}])"));
  EXPECT_THAT(result.ShapesOf("a.jpg").shapes.at(0).attributes,
              ElementsAre(Attribute{"<n&\">", "  two\nlines 🚗 ü "}, Attribute{"n", "7"},
                          Attribute{"b", "true"}));
}

TEST(CvatBackup, SublabelsFollowTheirSkeleton) {
  ReadResult result =
      ReadAnnotations("", R"({"type":"skeleton","label":"pose","frame":0,"points":[],"elements":[
              {"type":"points","label":"nose","frame":0,"points":[1,2],"outside":true}]})");
  ASSERT_EQ(result.info().labels.size(), 3u);
  EXPECT_EQ(result.info().labels[2].name, "nose");
  EXPECT_EQ(result.info().labels[2].parent, 1);
  const Shape skeleton = result.ShapesOf("a.jpg").shapes.at(0);
  ASSERT_EQ(skeleton.elements.size(), 1u);
  EXPECT_EQ(skeleton.elements[0].label, 2u);
  EXPECT_TRUE(skeleton.elements[0].outside);
}

TEST(CvatBackup, StaticShapesStandBeforeTrackedOnesOfTheirZOrder) {
  constexpr absl::string_view kTrack =
      R"({"label":"car","frame":0,"shapes":[{"type":"rectangle","frame":0,"points":[9,9,9,9],
          "z_order":)";
  ReadResult result =
      ReadParts({.annotations = absl::StrCat("[{\"tracks\":[", kTrack, "1}]},", kTrack,
                                             "0}]}],\"tags\":[],\"shapes\":[",
                                             BoxOn(0, ",\"z_order\":1"), ",", BoxOn(0), "]}]")});
  std::vector<std::string> order;
  const std::vector<Shape> shapes = result.ShapesOf("a.jpg").shapes;
  for (const Shape& shape : shapes) {
    order.push_back(absl::StrCat(shape.z_order, "/", shape.track));
  }
  EXPECT_THAT(order, ElementsAre("0/-1", "0/1", "1/-1", "1/0"));
}

TEST(CvatBackup, FramesOfAFilteredSourceKeepItsNumbers) {
  Parts parts{.task = TaskWithData(R"("start_frame":1,"stop_frame":5,"frame_filter":"step = 2")"),
              .annotations = absl::StrCat("[{\"shapes\":[", BoxOn(1), "]}]")};
  for (char name : {'d', 'e', 'f', 'g'}) {
    absl::StrAppend(&parts.manifest, "{\"name\":\"", std::string(1, name),
                    "\",\"extension\":\".jpg\",\"width\":1,\"height\":1}\n");
  }
  ReadResult result = ReadParts(parts);
  EXPECT_THAT(result.Names(), ElementsAre("b.jpg", "d.jpg", "f.jpg"));
  EXPECT_EQ(result.FrameAt(result.ByNumber()[1]).number, 3u);
  EXPECT_EQ(result.ShapesOf("d.jpg").shapes.size(), 1u);
}

TEST(CvatBackup, WithoutBoundsTheManifestHoldsTheTasksFrames) {
  EXPECT_THAT(ReadParts({.task = TaskWithData("")}).Names(),
              ElementsAre("a.jpg", "b.jpg", "c.jpg"));
}

TEST(CvatBackup, WhatIsOnDeletedFramesIsCounted) {
  ReadResult result = ReadParts(
      {.task = TaskWithData("\"deleted_frames\":[1,2]"),
       .annotations = absl::StrCat("[{\"tags\":[{\"frame\":1,\"label\":\"car\"}],", "\"shapes\":[",
                                   BoxOn(0), ",", BoxOn(1), ",", BoxOn(2), "]}]")});
  EXPECT_EQ(result.Total(), 1);
  EXPECT_THAT(result.Problems(),
              Contains("||left out, as in CVAT's exports: 3 tags and shapes on deleted frames"));
}

TEST(CvatBackup, ATaskWithoutJobsIsOneJob) {
  ReadResult result = ReadParts({.task = R"({"name":"t","labels":[{"name":"car"}],"data":{}})",
                                 .annotations = absl::StrCat("[{\"shapes\":[", BoxOn(0), "]}]")});
  EXPECT_EQ(result.Total(), 1);
}

TEST(CvatBackup, FramesOfAVideoAreNumbered) {
  ReadResult result = ReadParts(
      {.task = TaskWithData(
           R"("start_frame":2,"stop_frame":13,"frame_filter":"step=5","deleted_frames":[1])"),
       .manifest = VideoManifest("\"name\":\"v.mp4\",\"resolution\":[400,300],\"length\":98")});
  EXPECT_THAT(result.Names(), ElementsAre("frame_000002", "frame_000012"));
  EXPECT_TRUE(result.info().tasks[0].is_video);
  EXPECT_EQ(result.FrameAt(0).width, 400u);
  EXPECT_EQ(result.FrameAt(0).height, 300u);
}

TEST(CvatBackup, AVideoWithoutBoundsIsAsLongAsItsManifestSays) {
  EXPECT_EQ(ReadParts({.task = TaskWithData(""),
                       .manifest = VideoManifest("\"resolution\":[4,3],\"length\":7")})
                .dataset->frame_count(),
            7u);
}

TEST(CvatBackup, PointCloudsMakeATaskOfThreeDimensions) {
  ReadResult result = ReadParts({.manifest = "{\"version\":\"1.1\"}\n{\"type\":\"images\"}\n"
                                             "{\"name\":\"pc/1\",\"extension\":\".pcd\"}\n"});
  EXPECT_TRUE(result.info().tasks[0].is_3d);
  EXPECT_THAT(result.Problems(), ElementsAre("||the size of 1 frames is not given",
                                             "||the task has 3 frames, the manifest 1",
                                             "job 0||it ends on frame 2, the task has 1 frames"));
}

TEST(CvatBackup, TracksEndWhereTheNextJobBegins) {
  ReadResult result = ReadParts(
      {.task = R"({"name":"t","labels":[{"name":"car"}],"data":{"start_frame":0,"stop_frame":2},
                   "jobs":[{"start_frame":0,"stop_frame":0},{"start_frame":1,"stop_frame":2}]})",
       .annotations = R"([{"tracks":[{"label":"car","frame":0,"shapes":[
                              {"type":"rectangle","frame":0,"points":[1,2,3,4]}]}]},
                          {"tracks":[{"label":"car","frame":1,"shapes":[
                              {"type":"rectangle","frame":1,"points":[5,6,7,8]}]}]}])"});
  EXPECT_THAT(result.Problems(), IsEmpty());
  EXPECT_EQ(result.ShapesOf("a.jpg").shapes.size(), 1u);
  ASSERT_EQ(result.ShapesOf("b.jpg").shapes.size(), 1u);
  ASSERT_EQ(result.ShapesOf("c.jpg").shapes.size(), 1u);
  EXPECT_EQ(result.ShapesOf("c.jpg").shapes[0].track, 1);
  EXPECT_FALSE(result.ShapesOf("c.jpg").shapes[0].keyframe);
}

TEST(CvatBackup, ObjectsOfTwoJobsThatShareFramesAreUnitedAsInCvat) {
  ReadResult result = ReadFixture("backups_derived/task_video_2jobs_overlap2.zip");
  EXPECT_EQ(result.dataset->frame_count(), 19u);  // of 20, one is deleted
  EXPECT_EQ(result.Names().front(), "frame_000002");
  // Six of tracks, one of an element.
  EXPECT_THAT(
      result.Problems(),
      ElementsAre("||left out, as in CVAT's exports: 7 keyframes of tracks on deleted frames"));
  // As in CVAT's own "CVAT for video 1.1" of the same task: 17 tracks, numbered in its order. The
  // first one ends on the deleted frame, so it has no end, there as here.
  EXPECT_EQ(result.ShapesOf("frame_000057").shapes.size(), 10u);
  ASSERT_EQ(result.ShapesOf("frame_000062").shapes.size(), 9u);
  EXPECT_EQ(result.ShapesOf("frame_000062").shapes[0].track, 0);
  int32_t last = 0;
  for (Rank rank = 0; rank < result.dataset->frame_count(); ++rank) {
    for (const Shape& shape : result.ShapesAt(rank).shapes) last = std::max(last, shape.track);
  }
  EXPECT_EQ(last, 16);
}

TEST(CvatBackup, WhatCannotBeReadIsLeftOutWithItsPlace) {
  ReadResult result =
      ReadAnnotations(R"({"frame":0},{"frame":9,"label":"car"},{"frame":0,"label":"car"})",
                      R"({"type":"rectangle","label":"car","frame":0,"points":[1,2,3]},
         {"type":"blob","label":"car","frame":0,"points":[1,2,3]},
         {"type":"rectangle","frame":0,"points":[1,2,3,4]},
         {"type":"rectangle","label":"car","points":[1,2,3,4]},
         {"type":"rectangle","label":"car","frame":-1,"points":[1,2,3,4]},
         {"type":"rectangle","label":"car","frame":0,"points":[1,2,3,1e300]},
         {"type":"rectangle","label":"car","frame":0,"points":[1,2,3,"4"]},
         {"type":"rectangle","label":"car","frame":0,"points":"1,2,3,4"},
         17, null, [])",
                      R"({"frame":0,"shapes":[]})");
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(
      result.Problems(),
      ElementsAre("job 0 tag 0||left out: it has no label",
                  "job 0 tag 1||left out: the task has no frame 9",
                  "job 0 shape 0||left out: a rectangle with 3 numbers, wanted 4",
                  "job 0 shape 1||left out: type 'blob' is not known",
                  "job 0 shape 2||left out: it has no label", HasSubstr("job 0 shape 3||left out"),
                  "job 0 shape 4||left out: frame -1 is out of range",
                  "job 0 shape 5||left out: coordinates that are no sane numbers",
                  "job 0 shape 6||left out: a point that is no number",
                  "job 0 shape 7||left out: its points are no list",
                  HasSubstr("job 0 shape 8||left out"), HasSubstr("job 0 shape 9||left out"),
                  HasSubstr("job 0 shape 10||left out"),
                  "job 0 track 0||left out: it has no label"));
  EXPECT_EQ(result.Counts(), (Counts{{"car tag", 1}}));
}

TEST(CvatBackup, ABadElementOrKeyframeDoesNotTakeTheRestWithIt) {
  ReadResult result =
      ReadAnnotations("",
                      R"({"type":"skeleton","label":"pose","frame":0,"points":[],"elements":[
          {"type":"points","label":"nose","frame":0,"points":[1]},
          {"type":"points","label":"nose","frame":0,"points":[1,2]}]})",
                      R"({"label":"car","frame":0,"shapes":[
          {"type":"rectangle","frame":0,"points":[1,2,3,4]},
          {"type":"rectangle","frame":1,"points":[1,2]},
          {"type":"rectangle","frame":2,"points":[5,6,7,8]}]})");
  EXPECT_THAT(result.Problems(),
              ElementsAre(HasSubstr("job 0 shape 0||element 0 left out: a points with 1 numbers"),
                          HasSubstr("job 0 track 0||keyframe 1 left out: a rectangle with 2")));
  EXPECT_EQ(result.ShapesOf("a.jpg").shapes.at(0).elements.size(), 1u);
  EXPECT_THAT(result.ShapesOf("b.jpg").shapes.at(0).points, ElementsAre(3, 4, 5, 6));
}

TEST(CvatBackup, ALabelThatIsNotDeclaredIsAddedOnce) {
  ReadResult result =
      ReadAnnotations(R"({"frame":0,"label":"../../x"},{"frame":1,"label":"../../x"})", "");
  EXPECT_THAT(result.Problems(),
              ElementsAre("job 0 tag 0||label '../../x' is used but not declared: added"));
  EXPECT_EQ(result.Counts(), (Counts{{"../../x tag", 2}}));
}

TEST(CvatBackup, ABrokenMaskIsMendedAndSaid) {
  ReadResult result = ReadAnnotations(
      "", R"({"type":"mask","label":"car","frame":0,"points":[1,100,10,20,11,21]})");
  EXPECT_THAT(result.Problems(),
              ElementsAre("job 0 shape 0||a mask with more pixels than its box: cut"));
  EXPECT_THAT(result.ShapesOf("a.jpg").shapes.at(0).points, ElementsAre(1, 3, 10, 20, 11, 21));
}

TEST(CvatBackup, AnnotationsOfAJobThatIsNotThereAreLeftOut) {
  ReadResult result = ReadParts({.annotations = absl::StrCat("[{\"version\":0},{\"shapes\":[",
                                                             BoxOn(0), ",", BoxOn(1), "]}]")});
  EXPECT_EQ(result.Total(), 0);
  EXPECT_THAT(result.Problems(), ElementsAre("job 1 shape 0||left out: task.json has no such job"));
}

TEST(CvatBackup, TheSameNameTwiceIsSaid) {
  ReadResult result =
      ReadParts({.manifest = "{\"version\":\"1.1\"}\n{\"type\":\"images\"}\n"
                             "{\"name\":\"a.jpg\",\"width\":1,\"height\":1}\n"
                             "{\"name\":\"a.jpg\",\"width\":1,\"height\":1}\n{}\n"});
  EXPECT_EQ(result.dataset->frame_count(), 2u);
  EXPECT_THAT(result.Problems(), ElementsAre("|a.jpg|frame 1: a second frame of this name",
                                             "||frame 2 has no name in the manifest: left out"));
}

TEST(CvatBackup, ProblemsNameTheEntry) {
  ReadResult result = ReadAnnotations(R"({"frame":0})", "");
  EXPECT_EQ(result.dataset->Problems().value().at(0).source, "b/t.zip!annotations.json");
}

TEST(CvatBackup, AnnotationsCutAnywhereKeepWhatIsBefore) {
  MemorySource whole = FixtureSource(RandomCase("rand_images_03"));
  ZipDirectory zip = ZipDirectory::Read(whole).value();
  const std::string task = zip.ReadAll(*zip.Find("task.json"), 1 << 20).value();
  const std::string manifest = zip.ReadAll(*zip.Find("data/manifest.jsonl"), 1 << 20).value();
  const std::string text = zip.ReadAll(*zip.Find("annotations.json"), 1 << 20).value();
  int total = 0;
  for (size_t percent = 0; percent < 100; ++percent) {
    ReadResult result = ReadParts({.task = task,
                                   .annotations = text.substr(0, text.size() * percent / 100),
                                   .manifest = manifest});
    EXPECT_TRUE(result.status.ok()) << result.status;
    EXPECT_THAT(result.Problems(), Contains(HasSubstr("byte "))) << percent;
    EXPECT_EQ(result.dataset->frame_count(), 7u);
    EXPECT_GE(result.Total(), total);
    total = result.Total();
  }
  EXPECT_GE(total, 35);
}

TEST(CvatBackup, AnAbyssOfBracketsIsAnErrorNotACrash) {
  ReadResult result = ReadParts({.annotations = std::string(100000, '[')});
  EXPECT_THAT(result.Problems(), Contains(HasSubstr("nested deeper")));
  EXPECT_TRUE(absl::IsInvalidArgument(ReadParts({.task = std::string(100000, '[')}).status));
}

TEST(CvatBackup, AShortTextIsNotAVideoWithoutEnd) {
  ReadResult result =
      ReadParts({.task = TaskWithData("\"stop_frame\":4000000000"),
                 .manifest = VideoManifest("\"resolution\":[4,3],\"length\":9000000000")});
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_EQ(result.dataset->frame_count(), 0u);
  EXPECT_THAT(result.Problems(), Contains(HasSubstr("more than 4194304 frames")));
}

TEST(CvatBackup, AZipCutAnywhereIsAnErrorOfTheProbe) {
  const std::string whole = FixtureText(RandomCase("rand_images_01"));
  for (size_t percent = 0; percent < 100; ++percent) {
    const std::string cut = whole.substr(0, whole.size() * percent / 100);
    EXPECT_THAT(Probe("t.zip", cut).status().message(), HasSubstr("cut short or not a zip"));
  }
}

TEST(CvatBackup, ProbeTellsBackupsFromOtherZips) {
  EXPECT_EQ(Probe("t.ZIP", MakeBackup({})).value()->name, "t");
  EXPECT_EQ(Probe("no extension", MakeBackup({})).value()->name, "t");
  EXPECT_FALSE(Probe("t.zip", MakeZip({{.name = "a.jpg", .content = "x"}})).value());
  EXPECT_FALSE(Probe("t.json", "{}").value());
  EXPECT_FALSE(Probe("t.zip", MakeZip({{.name = "project.json", .content = "{\"x\":1}"}})).value());
  MemorySource xml = FixtureSource("cvat/export_zips/job_14__dataset_cvat-for-images-11.ZIP");
  EXPECT_FALSE(FindReader(kBackupReader)->Probe(xml).value());
}

TEST(CvatBackup, ABrokenTaskJsonIsAnErrorOfTheProbe) {
  EXPECT_THAT(Probe("t.zip", MakeBackup({.task = "{\"name\":"})).status().message(),
              HasSubstr("task.json: "));
}

TEST(CvatBackup, AProjectIsOneDatasetOfItsTasks) {
  MemorySource source = FixtureSource("backups_derived/project_2tasks.zip");
  EXPECT_EQ(FindReader(kBackupReader)->Probe(source).value()->name, "synth project");
  ReadResult result = ReadWith(kBackupReader, source);
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(
      result.Problems(),
      ElementsAre("||left out, as in CVAT's exports: 7 keyframes of tracks on deleted frames"));
  ASSERT_EQ(result.info().tasks.size(), 2u);
  EXPECT_EQ(result.info().tasks[0].name, "synth images ünï");
  EXPECT_EQ(result.info().tasks[1].name, "synth video");
  EXPECT_FALSE(result.info().tasks[0].is_video);
  EXPECT_TRUE(result.info().tasks[1].is_video);
  EXPECT_THAT(result.dataset->Subsets().value(), ElementsAre("train", "val"));
  // 4 of 5 images, 19 of 20 frames; the labels once: 5 and 3 of the skeleton.
  EXPECT_EQ(result.dataset->frame_count(), 23u);
  EXPECT_EQ(result.info().labels.size(), 8u);
}

TEST(CvatBackup, ATaskOfAProjectIsTheSameAsAlone) {
  ReadResult project = ReadFixture("backups_derived/project_2tasks.zip");
  for (const auto& [task, path] :
       std::map<uint32_t, std::string>{{0, "backups_derived/task_images_full.zip"},
                                       {1, "backups_derived/task_video_2jobs_overlap2.zip"}}) {
    ReadResult alone = ReadFixture(path);
    EXPECT_GT(alone.Total(), 0);
    EXPECT_EQ(project.dataset->OfTask(task).value().size(), alone.dataset->frame_count());
    for (Rank rank = 0; rank < alone.dataset->frame_count(); ++rank) {
      const std::string name = alone.FrameAt(rank).name;
      EXPECT_EQ(project.ShapesOf(name).shapes, alone.ShapesAt(rank).shapes) << name;
      EXPECT_EQ(project.ShapesOf(name).tags, alone.ShapesAt(rank).tags) << name;
    }
  }
}

TEST(CvatBackup, ABackupWithoutItsPartsSaysWhichIsMissing) {
  MemorySource source("t.zip",
                      MakeZip({{.name = "task.json", .content = Parts().task},
                               {.name = "data/manifest.jsonl", .content = Parts().manifest}}));
  const ReadResult result = ReadWith(kBackupReader, source);
  EXPECT_EQ(result.status.message(), "the backup has no annotations.json");
  EXPECT_EQ(result.dataset->frame_count(), 3u);
}

TEST(CvatBackup, ErrorsOfTheSourceArePassedOn) {
  MemorySource source("t.zip", MakeBackup({}));
  source.FailWith(absl::UnavailableError("no network"));
  DatasetBuilder builder;
  EXPECT_TRUE(absl::IsUnavailable(FindReader(kBackupReader)->Probe(source).status()));
  EXPECT_TRUE(absl::IsUnavailable(FindReader(kBackupReader)->Read(source, builder)));
}

}  // namespace
}  // namespace annofs::testing
