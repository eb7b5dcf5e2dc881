#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/match.h"
#include "absl/strings/str_split.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::EveryShape;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::WriterNamed;
using ::testing::ElementsAre;

using Files = std::map<std::string, std::string>;

std::vector<std::string> PathsOf(const Files& files) {
  std::vector<std::string> paths;
  for (const auto& [path, text] : files) paths.push_back(path);
  return paths;
}

// The only row that begins so, of any part.
std::string RowOf(const Files& files, absl::string_view image) {
  for (const auto& [path, text] : files) {
    for (absl::string_view row : absl::StrSplit(text, '\n')) {
      if (absl::StartsWith(row, absl::StrCat("{\"file_name\": \"", image, "\"")))
        return std::string(row);
    }
  }
  return "no such row";
}

// Frames of 100 x 50 in subsets; those named with an x have a box.
std::unique_ptr<Dataset> Subsets(const std::vector<std::pair<std::string, std::string>>& frames) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  builder.AddLabel({.name = "car"});
  for (const auto& [name, subset] : frames) {
    const uint32_t frame =
        builder.AddFrame({.name = name, .width = 100, .height = 50, .subset = subset}).value();
    if (absl::StrContains(name, "x"))
      EXPECT_TRUE(builder.AddShape(frame, {.points = {1, 2, 4, 8}}).ok());
  }
  return Finished(builder);
}

std::string Empty(absl::string_view image) {
  return absl::StrCat("{\"file_name\": \"", image,
                      "\", \"width\": 100, \"height\": 50, \"objects\": {\"bbox\": [], "
                      "\"category\": [], \"area\": []}}\n");
}
std::string WithBox(absl::string_view image) {
  return absl::StrCat("{\"file_name\": \"", image,
                      "\", \"width\": 100, \"height\": 50, \"objects\": {\"bbox\": "
                      "[[1.0, 2.0, 3.0, 6.0]], \"category\": [0], \"area\": [18.0]}}\n");
}

TEST(HfTest, EveryTypeWithAnAreaIsABoxInFloats) {
  const std::unique_ptr<Dataset> data = EveryShape();
  const Files files = FilesOf(Described("hf", *data), *data);
  EXPECT_EQ(RowOf(files, "dir_b_1.png"),
            "{\"file_name\": \"dir_b_1.png\", \"width\": 100, \"height\": 50, \"objects\": "
            "{\"bbox\": [[40.0, 20.0, 20.0, 10.0], "  // ellipse, lowest z
            "[45.0, 5.0, 10.0, 20.0], "               // turned by 90 degrees
            "[0.0, 0.0, 10.0, 5.0], "                 // polygon
            "[10.0, 8.0, 15.0, 12.0], "               // cuboid
            "[80.0, 40.0, 2.0, 2.0], "                // mask of 2 x 2 pixels
            "[70.0, 10.0, 10.0, 20.0], "              // skeleton
            "[0.0, 0.0, 10.0, 10.0], "                // cut at the edge
            "[10.0, 20.0, 20.0, 20.0], [10.0, 20.0, 20.0, 20.0]], "
            "\"category\": [0, 0, 2, 0, 2, 1, 0, 0, 0], "
            "\"area\": [200.0, 200.0, 50.0, 180.0, 4.0, 200.0, 100.0, 400.0, 400.0]}}");
  EXPECT_EQ(files.at("classes.txt"), "car\nperson\nsky\n");
}

TEST(HfTest, WhatIsDroppedHasAReason) {
  const std::unique_ptr<Dataset> data = EveryShape();
  EXPECT_THAT(
      WriterNamed("hf")->WhyDropped(*data, data->GetFrame(1).value(), data->Shapes(1).value()),
      ElementsAre("a tag is of the whole image", "", "", "", "this type has no area",
                  "this type has no area", "", "", "", "no area of it lies inside the image", "",
                  "", ""));
}

// From the first rows the loader infers the types of all.
TEST(HfTest, ThePartBeginsWithARowThatHasObjects) {
  const std::unique_ptr<Dataset> data =
      Subsets({{"a.jpg", "train"}, {"bx.jpg", "train"}, {"c.jpg", "train"}, {"dx.jpg", "val"}});
  const Files files = FilesOf(Described("hf", *data), *data);
  EXPECT_EQ(files.at("train/metadata.jsonl"), WithBox("bx.jpg") + Empty("a.jpg") + Empty("c.jpg"));
  EXPECT_EQ(files.at("val/metadata.jsonl"), WithBox("dx.jpg"));
}

TEST(HfTest, APartWithoutObjectsIsNoPartForTheLoader) {
  const std::unique_ptr<Dataset> data =
      Subsets({{"ax.jpg", "train"}, {"b.jpg", "val"}, {"c.jpg", "test"}});
  const Files files = FilesOf(Described("hf", *data), *data);
  EXPECT_THAT(PathsOf(files),
              ElementsAre("background/b.jpg", "background/c.jpg", "background/metadata.jsonl",
                          "classes.txt", "train/ax.jpg", "train/metadata.jsonl"));
  EXPECT_EQ(files.at("background/metadata.jsonl"), Empty("b.jpg") + Empty("c.jpg"));
}

TEST(HfTest, ASubsetCalledBackgroundKeepsItsDirectory) {
  const std::unique_ptr<Dataset> data =
      Subsets({{"ax.jpg", "train"}, {"bx.jpg", "background"}, {"c.jpg", "val"}});
  const Files files = FilesOf(Described("hf", *data), *data);
  EXPECT_EQ(files.at("background/metadata.jsonl"), WithBox("bx.jpg"));
  EXPECT_EQ(files.size(), 7);
}

TEST(HfTest, WhereNothingHasAnObjectThePartsStay) {
  const std::unique_ptr<Dataset> data = Subsets({{"a.jpg", "train"}, {"b.jpg", "val"}});
  const Files files = FilesOf(Described("hf", *data), *data);
  EXPECT_EQ(files.at("train/metadata.jsonl"), Empty("a.jpg"));
  EXPECT_EQ(files.at("val/metadata.jsonl"), Empty("b.jpg"));
}

TEST(HfTest, FramesOfOneNameInTwoTasksHaveFilesOfTheirOwn) {
  DatasetBuilder builder;
  builder.AddTask({.name = "one", .subset = "train"});
  builder.AddTask({.name = "two", .subset = "train"});
  builder.AddLabel({.name = "car"});
  for (uint32_t task : {0u, 1u}) {
    const uint32_t frame = builder
                               .AddFrame({.name = "frame_000000.jpg",
                                          .task = task,
                                          .width = 100,
                                          .height = 50,
                                          .subset = task == 0 ? "train" : "val"})
                               .value();
    ASSERT_TRUE(builder.AddShape(frame, {.points = {1, 2, 4, 8}}).ok());
  }
  const std::unique_ptr<Dataset> data = Finished(builder);
  const Files files = FilesOf(Described("hf", *data), *data);
  std::set<std::string> images;
  for (const auto& [path, text] : files) {
    if (absl::StartsWith(text, "-> ")) images.insert(path.substr(path.find('/') + 1));
  }
  EXPECT_EQ(images.size(), 2);
  for (const std::string& image : images) EXPECT_EQ(RowOf(files, image) + "\n", WithBox(image));
}

TEST(HfTest, ARowIsOfAnImageThatIsThere) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  builder.AddLabel({.name = "car"});
  for (const char* name : {"a.jpg", "gone.jpg"})
    builder.AddFrame({.name = name, .width = 100, .height = 50, .subset = "train"}).value();
  const std::unique_ptr<Dataset> data =
      Finished(builder, [](const Frame& frame) -> absl::StatusOr<std::optional<Media>> {
        if (frame.name == "gone.jpg") return std::nullopt;
        return Media{.key = frame.name};
      });
  EXPECT_EQ(RowOf(FilesOf(Described("hf", *data), *data), "gone.jpg"), "no such row");
}

}  // namespace
}  // namespace annofs
