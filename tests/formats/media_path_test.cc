// Images of frames whose names have no extension: trees and texts call them the same.
#include "formats/media_path.h"

#include <map>

#include "absl/strings/match.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

// Frames and their objects in the bucket; of "" none.
using Objects = std::vector<std::pair<std::string, std::string>>;

std::unique_ptr<Dataset> FramesOf(const Objects& objects, bool is_video) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task", .is_video = is_video});
  const uint32_t label = builder.AddLabel({.name = "car"});
  std::map<std::string, std::string> keys;
  uint32_t number = 0;
  for (const auto& [name, key] : objects) {
    keys[name] = key;
    const uint32_t frame =
        builder.AddFrame({.name = name, .number = number++, .width = 100, .height = 50}).value();
    EXPECT_TRUE(builder.AddShape(frame, {.label = label, .points = {10, 10, 20, 20}}).ok());
  }
  return Finished(builder, [&](const Frame& frame) {
    const std::string& key = keys[frame.name];
    return absl::StatusOr<std::optional<Media>>(key.empty() ? std::optional<Media>()
                                                            : Media{.key = key, .size = 7});
  });
}

std::string PathOf(const Dataset& data, absl::string_view path) {
  const Rank rank = data.FindPath(path).value().value();
  return MediaPath(data, rank, data.Names(rank).value()).value();
}

TEST(MediaPathTest, APathWithoutAnExtensionHasThatOfItsMedia) {
  const auto data = FramesOf({{"d/frame_000002", "x/d/frame_000002.jpg"},
                              {"a.b", "x/a.b.WebP"},
                              {"c.jpg", "x/c.jpg"},
                              {"frame_000003.PNG", "x/frame_000003.jpg"}},
                             true);
  EXPECT_EQ(PathOf(*data, "d/frame_000002"), "d/frame_000002.jpg");
  EXPECT_EQ(PathOf(*data, "a.b"), "a.b.WebP");
  EXPECT_EQ(PathOf(*data, "c.jpg"), "c.jpg");
  EXPECT_EQ(PathOf(*data, "frame_000003.PNG"), "frame_000003.PNG");
}

TEST(MediaPathTest, WhereNothingTellsFramesOfAVideoArePngAndImagesAreAsTheyAre) {
  const Objects objects = {{"a", ""}, {"b", "x.zip!b"}, {"c", "c"}, {"d.e", ""}};
  const auto video = FramesOf(objects, true), images = FramesOf(objects, false);
  for (const char* name : {"a", "b", "c"}) {
    EXPECT_EQ(PathOf(*video, name), absl::StrCat(name, ".PNG"));
    EXPECT_EQ(PathOf(*images, name), name);
  }
  EXPECT_EQ(PathOf(*video, "d.e"), "d.e");
}

TEST(MediaPathTest, TheNameOfAnotherFrameOrDirectoryIsNotTaken) {
  const auto data = FramesOf(
      {{"a", "x/a.jpg"}, {"a.jpg", "y/a.jpg"}, {"b", "x/b.jpg"}, {"b.jpg/c", "x/c.png"}}, false);
  EXPECT_EQ(PathOf(*data, "a"), "a");
  EXPECT_EQ(PathOf(*data, "a.jpg"), "a.jpg");
  EXPECT_EQ(PathOf(*data, "b"), "b");
}

TEST(MediaPathTest, FlatNamesDropAnExtensionThatIsNone) {
  const auto name = [](const std::string& path, const std::string& stem) {
    return MediaName({.path = path, .stem = stem}, path);
  };
  EXPECT_EQ(name("d/a b.JPG", "d_a_b"), "d_a_b.JPG");
  EXPECT_EQ(name("a.$(rm x)", "a"), "a");
  EXPECT_EQ(name("a", "a"), "a");
  EXPECT_EQ(name("a." + std::string(250, 'x'), "a"), "a");
}

std::unique_ptr<Dataset> Video() {
  return FramesOf({{"d/frame_000002", "v/d/frame_000002.jpg"},
                   {"d/frame_000003", "v/d/frame_000003.png"},
                   {"d/frame_000004", ""}},
                  true);
}

TEST(MediaPathTest, FamiliesOfEveryStyleShowAndFindImagesUnderThatName) {
  const auto data = Video();
  const RankSet media = data->WithMedia().value();
  Layout layout;
  layout.Media("path/{path}", media);
  layout.Media("sidecar/{sidecar}_x{ext}", media);
  layout.Media("stem/{stem}{ext}", media);
  std::vector<std::string> paths;
  for (const auto& [path, text] : FilesOf(layout, *data)) paths.push_back(path);
  EXPECT_THAT(paths, ElementsAre("path/d/frame_000002.jpg", "path/d/frame_000003.png",
                                 "sidecar/d/frame_000002_x.jpg", "sidecar/d/frame_000003_x.png",
                                 "stem/d_frame_000002.jpg", "stem/d_frame_000003.png"));
  const ViewDirectory path{.place = 1, .frame_directory = 1}, stem{.place = 3};
  EXPECT_EQ(FindEntry(layout, *data, path, "frame_000002.jpg")->rank, 0u);
  EXPECT_EQ(FindEntry(layout, *data, stem, "d_frame_000003.png")->rank, 1u);
  for (const char* name : {"frame_000002", "frame_000002.png", "frame_000002.PNG",
                           "frame_000002.jpg.jpg", "frame_000004.PNG"}) {
    EXPECT_FALSE(FindEntry(layout, *data, path, name).ok()) << name;
  }
}

// The text names an image of the tree, or, where there is none, CVAT's own name.
void ExpectNamed(absl::string_view writer, absl::string_view list, absl::string_view images) {
  SCOPED_TRACE(std::string(writer));
  const auto data = Video();
  const auto files = FilesOf(Described(writer, *data), *data);
  const auto found = files.find(std::string(list));
  ASSERT_NE(found, files.end());
  for (const char* name : {"d/frame_000002.jpg", "d/frame_000003.png"}) {
    EXPECT_THAT(found->second, HasSubstr(name));
    EXPECT_EQ(files.count(absl::StrCat(images, name)), 1u) << name;
  }
  EXPECT_THAT(found->second, AllOf(HasSubstr("d/frame_000004.PNG"), Not(HasSubstr("2.PNG"))));
}

TEST(MediaPathTest, TextsOfCvatsExportsNameTheImagesOfTheirTrees) {
  ExpectNamed("cvat/COCO 1.0", "annotations/instances_default.json", "images/default/");
  ExpectNamed("cvat/YOLO 1.1", "train.txt", "obj_train_data/");
  ExpectNamed("cvat/Ultralytics YOLO Detection 1.0", "train.txt", "images/train/");
  ExpectNamed("cvat/Market-1501 1.0", "images_default.txt", "bounding_box_default/");
}

TEST(MediaPathTest, OwnViewsShowThoseNamesToo) {
  const auto data = Video();
  EXPECT_EQ(FilesOf(Described("by-frame", *data), *data).count("d/frame_000002.jpg"), 1u);
  const auto yolo = FilesOf(Described("yolo", *data), *data);
  int named = 0;
  for (const auto& [path, text] : yolo) {
    if (!absl::StartsWith(path, "images/")) continue;
    for (const auto& [list, lines] : yolo) {
      named += absl::EndsWith(list, ".txt") && absl::StrContains(lines, absl::StrCat("./", path));
    }
  }
  EXPECT_EQ(named, 2);
}

}  // namespace
}  // namespace annofs::testing
