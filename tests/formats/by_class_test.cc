#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::EveryShape;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::NamesIn;
using ::annofs::testing::WriterNamed;
using ::testing::ElementsAre;

TEST(ByClassTest, EachLabelHasItsFramesAndNoneHasTheRest) {
  std::unique_ptr<Dataset> data = EveryShape();
  std::vector<std::string> paths;
  for (const auto& [path, text] : FilesOf(Described("by-class", *data), *data))
    paths.push_back(path);
  EXPECT_THAT(paths, ElementsAre("_none/a.jpg", "_none/a.json", "_none/a.tsv", "car/dir/b 1.json",
                                 "car/dir/b 1.png", "car/dir/b 1.tsv", "person/dir/b 1.json",
                                 "person/dir/b 1.png", "person/dir/b 1.tsv", "sky/dir/b 1.json",
                                 "sky/dir/b 1.png", "sky/dir/b 1.tsv"));
}

TEST(ByClassTest, ALabelsFilesHoldOnlyThatLabel) {
  std::unique_ptr<Dataset> data = EveryShape();
  std::map<std::string, std::string> files = FilesOf(Described("by-class", *data), *data);
  EXPECT_EQ(
      files["sky/dir/b 1.tsv"],
      "label\ttype\tx\ty\tw\th\trotation\toccluded\tz\tsource\ttrack\tgroup\tscore\tattributes\t"
      "points\n"
      "sky\ttag\t\t\t\t\t\t\t\tmanual\t\t\t\ttime=day\\\\;night\\\\=x\t\n"
      "sky\tpolygon\t0\t0\t10\t5\t0\t0\t0\t\t\t\t1\t\t0 0 10 0.5 10 5\n"
      "sky\tmask\t80\t40\t2\t2\t0\t0\t0\t\t\t\t1\t\t0 4 80 40 81 41\n");
  EXPECT_FALSE(absl::StrContains(files["sky/dir/b 1.json"], "car"));
  EXPECT_TRUE(absl::StrContains(files["person/dir/b 1.json"], "knee"));
}

TEST(ByClassTest, LabelsWithoutFramesHaveNoDirectory) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "unused"});
  builder.AddFrame({.name = "a.jpg"}).value();
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_THAT(NamesIn(Described("by-class", *data), *data), ElementsAre("_none"));
}

TEST(ByClassTest, ALabelCalledNoneDoesNotTakeTheNamesPlace) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "_none"});
  builder.AddFrame({.name = "empty.jpg"}).value();
  uint32_t frame = builder.AddFrame({.name = "full.jpg"}).value();
  ASSERT_TRUE(builder.AddShape(frame, {.points = {1, 1, 2, 2}}).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  Layout layout = Described("by-class", *data);
  std::vector<std::string> names = NamesIn(layout, *data);
  ASSERT_EQ(names.size(), 2);
  EXPECT_EQ(names[0], "_none");
  EXPECT_TRUE(absl::StartsWith(names[1], "_none-"));
  EXPECT_EQ(FilesOf(layout, *data).count("_none/empty.jpg"), 1);
  EXPECT_EQ(FilesOf(layout, *data).count(names[1] + "/full.jpg"), 1);
}

TEST(ByClassTest, AShapeWithASublabelIsReportedAsDropped) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "person"});
  builder.AddLabel({.name = "nose", .parent = 0});
  uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  ASSERT_TRUE(builder.AddShape(frame, {.label = 1, .points = {1, 1, 2, 2}}).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  std::vector<absl::string_view> why =
      WriterNamed("by-class")
          ->WhyDropped(*data, data->GetFrame(0).value(), data->Shapes(0).value());
  ASSERT_EQ(why.size(), 1);
  EXPECT_FALSE(why[0].empty());
}

}  // namespace
}  // namespace annofs
