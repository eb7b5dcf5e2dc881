#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "cache/base/json.h"
#include "formats/frame_labels.h"
#include "formats/report_jobs.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::EveryShape;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

using Files = std::map<std::string, std::string>;

Files ReportsOf(const Dataset& data) {
  std::vector<std::unique_ptr<Writer>> writers = NewWriters();
  Layout layout;
  EXPECT_TRUE(DescribeReports(data, writers, layout).ok());
  return FilesOf(layout, data);
}

TEST(ReportsTest, AboutCountsEverything) {
  Files files = ReportsOf(*EveryShape());
  JsonDocument about = JsonDocument::Parse(files["about.json"]).value();
  JsonValue root = about.root();
  EXPECT_EQ(root.StringOr("name", ""), "every");
  EXPECT_EQ(root.StringOr("id", ""), "abc");
  EXPECT_EQ(root["sources"][0].StringOr("version", ""), "v1");
  EXPECT_EQ(root.IntOr("frames", -1), 2);
  EXPECT_EQ(root.IntOr("images", -1), 2);
  EXPECT_EQ(root.IntOr("frames_without_annotations", -1), 1);
  EXPECT_EQ(root["annotations"].IntOr("rectangle", -1), 5);
  EXPECT_EQ(root["annotations"].IntOr("tag", -1), 1);
  EXPECT_EQ(root["annotations_by_label"].IntOr("car", -1), 9);
  EXPECT_EQ(root["annotations_by_label"].IntOr("person/knee", -1), 2);
  EXPECT_EQ(root["dropped"].IntOr("by-frame", -1), 0);
  EXPECT_EQ(root["dropped"].IntOr("yolo", -1), 5);
  EXPECT_THAT(root.StringOr("split", ""), HasSubstr("hash"));
}

TEST(ReportsTest, AboutSaysWhatTheConfigurationLeavesOut) {
  DatasetBuilder builder;
  builder.SetInfo({.options = {.split = {.by = SplitOptions::By::kHash, .seed = 7},
                               .configuration = R"({"name":"x","seed":18446744073709551615})"},
                   .left_out_frames = 3,
                   .left_out_shapes = 40});
  const std::string text = ReportsOf(*Finished(builder))["about.json"];
  JsonDocument about = JsonDocument::Parse(text).value();
  JsonValue root = about.root();
  EXPECT_EQ(root["configuration"].StringOr("name", ""), "x");
  EXPECT_THAT(text, HasSubstr(":18446744073709551615}"));
  EXPECT_EQ(root["left_out"].IntOr("frames", -1), 3);
  EXPECT_EQ(root["left_out"].IntOr("annotations", -1), 40);
  EXPECT_EQ(root.StringOr("split", ""),
            "one task of images: frames by a hash of their names, about 80:20, seed 7");
}

TEST(ReportsTest, WithoutAConfigurationAboutHasNoneAndNothingIsLeftOut) {
  JsonDocument about = JsonDocument::Parse(ReportsOf(*EveryShape())["about.json"]).value();
  int members = 0;
  about.root().ForEachMember([&members](absl::string_view name, JsonValue value) {
    if (name == "configuration") members += value.is_null() ? 1 : 100;
  });
  EXPECT_EQ(members, 1);
  EXPECT_EQ(about.root()["left_out"].IntOr("frames", -1), 0);
  EXPECT_EQ(about.root()["left_out"].IntOr("annotations", -1), 0);
}

TEST(ReportsTest, ClassesHaveTheirCounts) {
  EXPECT_EQ(ReportsOf(*EveryShape())["classes.tsv"],
            "index\tname\tcolor\ttype\tparent\tframes\tshapes\n"
            "0\tcar\t#ff0000\tany\t\t1\t9\n"
            "1\tperson\t\tskeleton\t\t1\t1\n"
            "2\tnose\t\tany\tperson\t1\t1\n"
            "3\tknee\t\tany\tperson\t1\t2\n"
            "4\tsky\t\tany\t\t1\t3\n");
}

constexpr absl::string_view kFramesHead =
    "rank\tnumber\tpath\tname\twidth\theight\tsubset\ttask\tjob\tstate\tmedia\tmedia_"
    "size\trelated\tlabels\tdigest\n";

TEST(ReportsTest, FramesInOrderOfRank) {
  EXPECT_EQ(ReportsOf(*EveryShape())["frames.tsv"],
            absl::StrCat(kFramesHead,
                         "0\t3\ta.jpg\ta.jpg\t100\t50\t\tfirst\t\t\tbucket/a.jpg\t7\t0\t\t\n",
                         "1\t7\tdir/b 1.png\tdir/b 1.png\t100\t50\t\tfirst\t\t\tbucket/dir/b "
                         "1.png\t7\t0\tcar,person,sky\t\n"));
}

// Two tasks; of the second CVAT's numbers are known.
std::unique_ptr<Dataset> WithJobs() {
  DatasetBuilder builder;
  builder.AddTask({.name = "one"});
  builder.AddTask({.id = 7, .name = "two"});
  const uint32_t first = builder.AddJob({.stage = "annotation", .state = "new"});
  const uint32_t second = builder.AddJob({.stage = "acceptance", .state = "completed"});
  const uint32_t known = builder.AddJob({.id = 31,
                                         .task = 1,
                                         .kind = Job::Kind::kGroundTruth,
                                         .stage = "validation",
                                         .assignee = "ann"});
  builder.AddJob({.id = 32, .task = 1});
  auto add = [&](std::string name, uint32_t task, const std::vector<uint32_t>& jobs) {
    const uint32_t frame =
        builder.AddFrame({.name = std::move(name), .task = task, .related = {"x.png", "y.png"}})
            .value();
    for (uint32_t job : jobs) EXPECT_TRUE(builder.AddToJob(job, frame).ok());
  };
  add("z.jpg", 0, {first});
  add("b.jpg", 0, {second, first});
  add("c.jpg", 1, {known});
  add("d.jpg", 1, {});
  return Finished(builder);
}

TEST(ReportsTest, FramesTellTheirJobsAndStates) {
  EXPECT_EQ(
      ReportsOf(*WithJobs())["frames.tsv"],
      absl::StrCat(kFramesHead,
                   "0\t0\tb.jpg\tb.jpg\t0\t0\t\tone\t0,1\t"
                   "annotation new,acceptance completed\tbucket/b.jpg\t7\t2\t\t\n",
                   "1\t0\tc.jpg\tc.jpg\t0\t0\t\ttwo\t31\tvalidation\tbucket/c.jpg\t7\t2\t\t\n",
                   "2\t0\td.jpg\td.jpg\t0\t0\t\ttwo\t\t\tbucket/d.jpg\t7\t2\t\t\n",
                   "3\t0\tz.jpg\tz.jpg\t0\t0\t\tone\t0\tannotation new\tbucket/z.jpg\t7\t2\t\t\n"));
}

// The last columns of each line, without the head.
std::vector<std::string> LastColumns(absl::string_view frames) {
  std::vector<std::string> columns;
  for (absl::string_view line : absl::StrSplit(frames, '\n', absl::SkipEmpty())) {
    const std::vector<absl::string_view> fields = absl::StrSplit(line, '\t');
    EXPECT_EQ(fields.size(), 15u) << line;
    columns.push_back(absl::StrCat(fields[13], "|", fields.back()));
  }
  if (!columns.empty()) columns.erase(columns.begin());
  return columns;
}

TEST(ReportsTest, FramesTellTheirLabelsAndTheDigestOfTheirImage) {
  DatasetBuilder builder;
  const uint32_t b = builder.AddLabel({.name = "b"});
  const uint32_t a = builder.AddLabel({.name = "a, or\tb\\"});
  const uint32_t frame = builder.AddFrame({.name = "1.jpg"}).value();
  for (uint32_t label : {a, b, a}) {
    ASSERT_TRUE(builder.AddShape(frame, {.label = label, .points = {1, 1, 2, 2}}).ok());
  }
  const uint32_t tagged = builder.AddFrame({.name = "2.jpg"}).value();
  ASSERT_TRUE(builder.AddShape(tagged, {.type = ShapeType::kTag, .label = b}).ok());
  builder.AddFrame({.name = "3.jpg"}).value();
  std::unique_ptr<Dataset> data =
      Finished(builder, [](const Frame& one) -> absl::StatusOr<std::optional<Media>> {
        if (one.name == "3.jpg") return std::nullopt;
        return Media{.key = one.name, .digest = "sha1:00ff"};
      });
  // In CVAT's order of labels; what would part names or columns is escaped.
  EXPECT_THAT(LastColumns(ReportsOf(*data)["frames.tsv"]),
              ElementsAre("b,a\\x2c or\\tb\\\\|sha1:00ff", "b|sha1:00ff", "|"));
}

TEST(ReportsTest, LabelsOfOneFrameAreTheSameWhereverTheyAreTold) {
  DatasetBuilder builder;
  std::vector<uint32_t> labels;
  for (int i = 0; i < 40; ++i) labels.push_back(builder.AddLabel({.name = absl::StrCat("l", i)}));
  // The nth frame has n labels, of which one has a shape more.
  for (size_t n = 0; n <= labels.size(); ++n) {
    const uint32_t frame = builder.AddFrame({.name = absl::StrCat(100 + n, ".jpg")}).value();
    for (size_t i = 0; i < n; ++i) {
      const uint32_t label = labels[(7 * i) % 40];
      ASSERT_TRUE(builder.AddShape(frame, {.label = label, .points = {1, 1, 2, 2}}).ok());
      if (i == 0) {
        ASSERT_TRUE(builder.AddShape(frame, {.label = label, .points = {1, 1, 2, 2}}).ok());
      }
    }
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  const std::vector<std::string> columns = LastColumns(ReportsOf(*data)["frames.tsv"]);
  ASSERT_EQ(columns.size(), 41u);
  EXPECT_EQ(columns[3], "l0,l7,l14|");
  EXPECT_THAT(columns[40], ::testing::EndsWith(",l31,and 8 more|"));
  for (Rank rank = 0; rank < columns.size(); ++rank) {
    EXPECT_EQ(LabelsOf(*data, rank).value() + "|", columns[rank]);
  }
}

TEST(ReportsTest, AboutListsJobs) {
  JsonDocument about = JsonDocument::Parse(ReportsOf(*WithJobs())["about.json"]).value();
  JsonValue root = about.root();
  EXPECT_TRUE(root["tasks"][0]["id"].is_null());
  EXPECT_EQ(root["tasks"][1].IntOr("id", -1), 7);
  JsonValue jobs = root["jobs"];
  ASSERT_EQ(jobs.size(), 4u);
  EXPECT_TRUE(jobs[1]["id"].is_null());
  EXPECT_EQ(jobs[1].IntOr("number", -1), 1);
  EXPECT_EQ(jobs[1].StringOr("task", ""), "one");
  EXPECT_EQ(jobs[1].StringOr("kind", ""), "annotation");
  EXPECT_EQ(jobs[1].StringOr("state", ""), "completed");
  EXPECT_EQ(jobs[2].IntOr("id", -1), 31);
  EXPECT_EQ(jobs[2].IntOr("number", -1), 0);
  EXPECT_EQ(jobs[2].StringOr("kind", ""), "ground_truth");
  EXPECT_EQ(jobs[2].StringOr("stage", ""), "validation");
  EXPECT_EQ(jobs[2].StringOr("assignee", ""), "ann");
}

TEST(ReportsTest, JobsAreFoundBeyondOneBlockOfFramesAndThoseOfOneFrameAreBounded) {
  constexpr uint32_t kFrames = 70000;
  DatasetBuilder builder;
  builder.AddTask({.name = "t"});
  for (int i = 0; i < 20; ++i) builder.AddJob({.id = 100 + i, .state = "new"});
  for (uint32_t i = 0; i < kFrames; ++i) {
    const uint32_t frame = builder.AddFrame({.name = absl::StrCat(1000000 + i)}).value();
    ASSERT_TRUE(builder.AddToJob(i * 20 / kFrames, frame).ok());
  }
  for (uint32_t job = 0; job < 19; ++job) {
    ASSERT_TRUE(builder.AddToJob(job, kFrames - 1).ok());  // it is of job 19 too
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  FrameJobs jobs;
  for (Rank rank : {0u, 65535u, 65536u, kFrames - 2, 3500u}) {
    EXPECT_EQ(jobs.Columns(*data, rank).value(), absl::StrCat(100 + rank * 20 / kFrames, "\tnew"));
  }
  EXPECT_THAT(jobs.Columns(*data, kFrames - 1).value(), HasSubstr("100,101,102"));
  EXPECT_THAT(jobs.Columns(*data, kFrames - 1).value(), HasSubstr(",115,and 4 more\tnew,new"));
}

TEST(ReportsTest, DroppedListsEachShapeWithItsReason) {
  Files files = ReportsOf(*EveryShape());
  EXPECT_EQ(
      files["dropped/yolo.tsv"],
      "frame\tlabel\ttype\treason\tx\ty\tw\th\n"
      "dir/b 1.png\tsky\ttag\ta tag is of the whole image\t\t\t\t\n"
      "dir/b 1.png\tcar\tpolyline\tthis type has no area\t1\t2\t2\t2\n"
      "dir/b 1.png\tcar\tpoints\tthis type has no area\t5\t6\t0\t0\n"
      "dir/b 1.png\tcar\trectangle\tno area of it lies inside the image\t200\t200\t10\t10\n"
      "dir/b 1.png\tcar\trectangle\tthe same class and numbers as another object of the frame\t"
      "10\t20\t20\t20\n");
  EXPECT_EQ(files["dropped/by-frame.tsv"], "frame\tlabel\ttype\treason\tx\ty\tw\th\n");
}

TEST(ReportsTest, NamesSayWhatIsCalledOtherwise) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "a/b"});
  uint32_t frame = builder.AddFrame({.name = "same.jpg"}).value();
  builder.AddFrame({.name = "x y.jpg"}).value();
  builder.AddFrame({.name = "../up.jpg"}).value();
  ASSERT_TRUE(builder.AddShape(frame, {.points = {1, 1, 2, 2}}).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  std::string names = ReportsOf(*data)["names.tsv"];
  EXPECT_THAT(names, HasSubstr("directory of by-class\ta/b\ta_b-"));
  EXPECT_THAT(names, HasSubstr("stem\tx y.jpg\tx_y\n"));
  EXPECT_THAT(names, HasSubstr("path\t../up.jpg\t_"));
  EXPECT_THAT(names, ::testing::Not(HasSubstr("same.jpg")));
}

// Of directories that terms make in parts, no more than there are frames.
TEST(ReportsTest, EachOfManyNamesThatAreCalledOtherwiseIsTold) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  constexpr int kFrames = 2, kValues = 10000;
  for (int i = 0; i < kFrames; ++i) {
    const uint32_t frame = builder.AddFrame({.name = absl::StrCat(i, ".jpg")}).value();
    Shape shape{.points = {1, 1, 2, 2}};
    for (int value = 0; value < kValues; ++value) {
      shape.attributes.push_back({"id", absl::StrCat(value % 2 == 0 ? "a/" : "b", value)});
    }
    ASSERT_TRUE(builder.AddShape(frame, shape).ok());
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  std::set<std::string> originals;
  const std::string names = ReportsOf(*data)["names.tsv"];
  for (absl::string_view line : absl::StrSplit(names, '\n')) {
    const std::vector<std::string> columns = absl::StrSplit(line, '\t');
    if (columns[0] == "directory of by-attribute") {
      EXPECT_TRUE(originals.insert(columns[1]).second) << columns[1];
    }
  }
  EXPECT_EQ(originals.size(), size_t{kValues / 2});
}

TEST(ReportsTest, ProblemsAreLines) {
  DatasetBuilder builder;
  builder.AddProblem({.severity = Problem::Severity::kError,
                      .source = "a.zip!x.json",
                      .position = "byte 3",
                      .frame = "f\t1",
                      .reason = "bad\nthing"});
  EXPECT_EQ(ReportsOf(*Finished(builder))["problems.tsv"],
            "severity\tsource\tposition\tframe\treason\n"
            "error\ta.zip!x.json\tbyte 3\tf\\t1\tbad\\nthing\n");
}

// Images whose digests are those of the map, by frame name.
Files SumsOf(const std::map<std::string, std::string>& digests) {
  DatasetBuilder builder;
  for (const auto& [name, digest] : digests) builder.AddFrame({.name = name}).value();
  std::unique_ptr<Dataset> data =
      Finished(builder, [&](const Frame& frame) -> absl::StatusOr<std::optional<Media>> {
        return Media{.key = frame.name, .digest = digests.at(frame.name)};
      });
  return ReportsOf(*data);
}

TEST(ReportsTest, SumsAreThereWhereAnyImageHasADigest) {
  Files files = SumsOf({{"a.jpg", ""}, {"b.jpg", "sha1:00ff"}, {"c.jpg", "md5:11"}});
  EXPECT_EQ(files["SHA1SUMS"], "00ff  b.jpg\n");
  EXPECT_EQ(files["MD5SUMS"], "11  c.jpg\n");
}

TEST(ReportsTest, SumsAreAbsentWithoutDigests) {
  Files files = SumsOf({{"a.jpg", ""}});
  EXPECT_EQ(files.count("SHA1SUMS"), 0);
  EXPECT_EQ(files.count("MD5SUMS"), 0);
}

TEST(ReportsTest, SumsEscapeNamesAsSha1sumDoes) {
  EXPECT_EQ(SumsOf({{"a\\b\nc.jpg", "sha1:00"}})["SHA1SUMS"], "\\00  a\\\\b\\nc.jpg\n");
}

}  // namespace
}  // namespace annofs
