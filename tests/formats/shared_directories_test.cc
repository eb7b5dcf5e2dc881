// Directories of CVAT's trees that hold several subsets: CVAT writes the file of a later subset
// over that of an earlier one where both have a name. Ours keeps both under names of their own, and
// says so.
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Key;
using ::testing::Not;

using Files = std::map<std::string, std::string>;

// "d/a.jpg" in both subsets and twice in Train, "b.jpg" in Test; a tag, a box and a mask on each.
std::unique_ptr<Dataset> TrainAndTest() {
  DatasetBuilder builder;
  builder.AddLabel({.name = "market-1501"});
  builder.AddLabel({.name = "car"});
  const std::pair<const char*, const char*> frames[] = {
      {"Train", "d/a.jpg"}, {"Test", "d/a.jpg"}, {"Train", "d/a.jpg"}, {"Test", "b.jpg"}};
  uint32_t task = 0;
  for (const auto& [subset, name] : frames) {
    builder.AddTask({.name = subset, .subset = subset});
    const uint32_t frame =
        builder.AddFrame({.name = name, .task = task, .width = 10, .height = 10, .subset = subset})
            .value();
    const std::vector<Attribute> query = {{"query", "true"}};
    EXPECT_TRUE(builder.AddShape(frame, {.type = ShapeType::kTag, .attributes = query}).ok());
    EXPECT_TRUE(builder.AddShape(frame, {.type = ShapeType::kTag, .label = 1}).ok());
    EXPECT_TRUE(builder.AddShape(frame, {.label = 1, .points = {1, 1, 5.0 + task, 5}}).ok());
    Shape mask{.type = ShapeType::kMask, .label = 1, .points = {0, 4, 3, 3, 4, 4}};
    EXPECT_TRUE(builder.AddShape(frame, mask).ok());
    ++task;
  }
  return Finished(builder, [](const Frame& frame) -> absl::StatusOr<std::optional<Media>> {
    return Media{.key = absl::StrCat(frame.task, "/", frame.name), .size = 7};
  });
}

Files FilesOfWriter(absl::string_view writer, const Dataset& data) {
  return FilesOf(Described(writer, data), data);
}

std::vector<std::string> LinesOf(absl::string_view text) {
  return absl::StrSplit(text, '\n', absl::SkipEmpty());
}

// What the images of a directory are, by the bucket's names.
std::multiset<std::string> ImagesIn(const Files& files, absl::string_view directory) {
  std::multiset<std::string> images;
  for (const auto& [path, text] : files) {
    if (absl::StartsWith(path, directory) && absl::StartsWith(text, "-> ")) images.insert(text);
  }
  return images;
}

TEST(SharedDirectoriesTest, NoFileIsWrittenOverAnother) {
  const auto data = TrainAndTest();
  const std::multiset<std::string> all = {"-> 0/d/a.jpg", "-> 1/d/a.jpg", "-> 2/d/a.jpg",
                                          "-> 3/b.jpg"};
  const std::pair<const char*, const char*> directories[] = {
      {"cvat/PASCAL VOC 1.1", "JPEGImages/"},
      {"cvat/Segmentation mask 1.1", "JPEGImages/"},
      {"cvat/ImageNet 1.0", "car/"},
      {"cvat/MOT 1.1", "img1/"}};
  for (const auto& [writer, directory] : directories) {
    EXPECT_EQ(ImagesIn(FilesOfWriter(writer, *data), directory), all) << writer;
  }
}

TEST(SharedDirectoriesTest, ListsOfSubsetsNameTheFilesOfTheirOwnFrames) {
  const auto data = TrainAndTest();
  const Files voc = FilesOfWriter("cvat/PASCAL VOC 1.1", *data);
  const std::pair<const char*, std::multiset<std::string>> subsets[] = {
      {"Train", {"-> 0/d/a.jpg", "-> 2/d/a.jpg"}}, {"Test", {"-> 1/d/a.jpg", "-> 3/b.jpg"}}};
  for (const auto& [subset, wanted] : subsets) {
    for (const char* list : {"Main", "Segmentation"}) {
      std::multiset<std::string> images;
      for (const std::string& id :
           LinesOf(voc.at(absl::StrCat("ImageSets/", list, "/", subset, ".txt")))) {
        images.insert(voc.at(absl::StrCat("JPEGImages/", id, ".jpg")));
        EXPECT_THAT(voc, Contains(Key(absl::StrCat("Annotations/", id, ".xml"))));
        EXPECT_THAT(voc, Contains(Key(absl::StrCat("SegmentationClass/", id, ".png"))));
      }
      EXPECT_EQ(images, wanted) << subset;
    }
  }
}

// The boxes are 4, 5, 6 and 7 wide, by task.
TEST(SharedDirectoriesTest, AFileHasTheAnnotationsOfItsOwnFrame) {
  const auto data = TrainAndTest();
  const Files voc = FilesOfWriter("cvat/PASCAL VOC 1.1", *data);
  for (const auto& [path, text] : voc) {
    if (!absl::StartsWith(path, "Annotations/")) continue;
    const std::string id = path.substr(12, path.size() - 16);
    const std::string image = voc.at(absl::StrCat("JPEGImages/", id, ".jpg"));
    EXPECT_THAT(text, HasSubstr(absl::StrCat("<xmax>", 5 + (image[3] - '0'), ".0</xmax>"))) << path;
  }
}

TEST(SharedDirectoriesTest, ANameThatIsAloneStays) {
  const auto data = TrainAndTest();
  EXPECT_EQ(FilesOfWriter("cvat/PASCAL VOC 1.1", *data).at("JPEGImages/b.jpg"), "-> 3/b.jpg");
}

TEST(SharedDirectoriesTest, TheReportTellsEachName) {
  const auto data = TrainAndTest();
  const auto writers = NewWriters();
  Layout reports;
  ASSERT_TRUE(DescribeReports(*data, writers, reports).ok());
  const std::string names = FilesOf(reports, *data).at("names.tsv");
  for (const auto& [path, text] : FilesOfWriter("cvat/PASCAL VOC 1.1", *data)) {
    if (!absl::StartsWith(path, "JPEGImages/d/")) continue;
    EXPECT_THAT(names, HasSubstr(absl::StrCat("path\td/a.jpg\t", path.substr(11), "\n")));
  }
  // The second of Train, where subsets have directories of their own.
  EXPECT_THAT(names, HasSubstr("path in a subset\td/a.jpg\td/a_1.jpg\n"));
  EXPECT_THAT(names, Not(HasSubstr("path in a subset\td/a.jpg\td/a.jpg\n")));
}

TEST(SharedDirectoriesTest, NothingOfItIsDropped) {
  const auto data = TrainAndTest();
  const auto voc = WriterNamed("cvat/PASCAL VOC 1.1");
  for (Rank rank = 0; rank < data->frame_count(); ++rank) {
    const auto why =
        voc->WhyDropped(*data, data->GetFrame(rank).value(), data->Shapes(rank).value());
    for (absl::string_view reason : why) EXPECT_THAT(reason, IsEmpty());
  }
}

}  // namespace
}  // namespace annofs::testing
