// CVAT's Ultralytics YOLO Classification, where no golden file is.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "cache/base/json.h"
#include "formats/yolo_export_folders.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::EveryShape;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::WriterNamed;
using ::testing::ElementsAre;
using ::testing::Pair;

constexpr char kWriter[] = "cvat/Ultralytics YOLO Classification 1.0";

// An image and the labels of its tags.
struct Tagged {
  std::string name;
  std::vector<uint32_t> labels;
};

// Frames are numbered in the order given.
std::unique_ptr<Dataset> Images(const std::vector<std::string>& labels,
                                const std::vector<Tagged>& images,
                                const DatasetBuilder::MediaFinder& media = testing::EveryImage) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  for (const std::string& label : labels) builder.AddLabel({.name = label});
  uint32_t number = 0;
  for (const Tagged& image : images) {
    const uint32_t frame = builder.AddFrame({.name = image.name, .number = number++}).value();
    for (uint32_t label : image.labels) {
      EXPECT_TRUE(builder.AddShape(frame, {.type = ShapeType::kTag, .label = label}).ok());
    }
  }
  return Finished(builder, media);
}

std::map<std::string, std::string> Tree(const Dataset& data) {
  return FilesOf(Described(kWriter, data), data);
}

TEST(CvatClassificationTest, AnImageIsInTheFolderOfEachTag) {
  std::unique_ptr<Dataset> data =
      Images({"cat", "dog"}, {{"a.jpg", {1, 0}}, {"b.jpg", {}}, {"c.png", {0}}});
  EXPECT_THAT(Tree(*data), ElementsAre(Pair("train/cat/a.jpg", "-> bucket/a.jpg"),
                                       Pair("train/cat/c.png", "-> bucket/c.png"),
                                       Pair("train/dog/a.jpg", "-> bucket/a.jpg"),
                                       Pair("train/labels.json",
                                            R"({"a":{"labels":["dog","cat"],"path":"cat/a.jpg"},)"
                                            R"("b":{"labels":[],"path":"no_label/b.jpg"},)"
                                            R"("c":{"labels":["cat"],"path":"cat/c.png"}})"),
                                       Pair("train/no_label/b.jpg", "-> bucket/b.jpg")));
}

TEST(CvatClassificationTest, WithoutImagesOnlyLabelsJsonRemains) {
  std::unique_ptr<Dataset> data =
      Images({"cat"}, {{"d/a.jpg", {0}}, {"e/a.jpg", {0}}},
             [](const Frame&) -> absl::StatusOr<std::optional<Media>> { return std::nullopt; });
  EXPECT_THAT(Tree(*data), ElementsAre(Pair("train/labels.json",
                                            R"({"d/a":{"labels":["cat"],"path":"cat/a.jpg"},)"
                                            R"("e/a":{"labels":["cat"],"path":"cat/a.0.jpg"}})")));
}

TEST(CvatClassificationTest, ARepeatedBaseNameGetsTheFirstFreeNumberInTheOrderOfFrames) {
  // Ranks go by path: a/, b/, c/, d/; frames come the other way round.
  std::unique_ptr<Dataset> data = Images(
      {"cat"},
      {{"d/x.jpg", {0}}, {"c/x.0.jpg", {0}}, {"b/x.png", {0}}, {"a/x.jpg", {0}}, {"a/y.jpg", {}}});
  auto files = Tree(*data);
  EXPECT_EQ(files["train/labels.json"], R"({"d/x":{"labels":["cat"],"path":"cat/x.jpg"},)"
                                        R"("c/x.0":{"labels":["cat"],"path":"cat/x.0.jpg"},)"
                                        R"("b/x":{"labels":["cat"],"path":"cat/x.1.png"},)"
                                        R"("a/x":{"labels":["cat"],"path":"cat/x.2.jpg"},)"
                                        R"("a/y":{"labels":[],"path":"no_label/y.jpg"}})");
  files.erase("train/labels.json");
  EXPECT_THAT(files, ElementsAre(Pair("train/cat/x.0.jpg", "-> bucket/c/x.0.jpg"),
                                 Pair("train/cat/x.1.png", "-> bucket/b/x.png"),
                                 Pair("train/cat/x.2.jpg", "-> bucket/a/x.jpg"),
                                 Pair("train/cat/x.jpg", "-> bucket/d/x.jpg"),
                                 Pair("train/no_label/y.jpg", "-> bucket/a/y.jpg")));
}

TEST(CvatClassificationTest, NamesOfDifferentFoldersDoNotMeet) {
  std::unique_ptr<Dataset> data =
      Images({"cat", "dog"}, {{"a/x.jpg", {0}}, {"b/x.jpg", {1}}, {"c/x.jpg", {}}});
  auto files = Tree(*data);
  files.erase("train/labels.json");
  EXPECT_THAT(files, ElementsAre(Pair("train/cat/x.jpg", "-> bucket/a/x.jpg"),
                                 Pair("train/dog/x.jpg", "-> bucket/b/x.jpg"),
                                 Pair("train/no_label/x.jpg", "-> bucket/c/x.jpg")));
}

TEST(CvatClassificationTest, EqualTagsAreCopies) {
  std::unique_ptr<Dataset> data = Images({"cat", "dog"}, {{"a.jpg", {0, 1, 0}}, {"b.jpg", {0}}});
  auto files = Tree(*data);
  EXPECT_EQ(files["train/labels.json"],
            R"({"a":{"labels":["cat","dog","cat"],"path":"cat/a.0.jpg"},)"
            R"("b":{"labels":["cat"],"path":"cat/b.jpg"}})");
  files.erase("train/labels.json");
  EXPECT_THAT(files, ElementsAre(Pair("train/cat/a.0.jpg", "-> bucket/a.jpg"),
                                 Pair("train/cat/a.jpg", "-> bucket/a.jpg"),
                                 Pair("train/cat/b.jpg", "-> bucket/b.jpg"),
                                 Pair("train/dog/a.jpg", "-> bucket/a.jpg")));
}

TEST(CvatClassificationTest, TooManyEqualTagsHaveAReason) {
  std::unique_ptr<Dataset> data = Images({"cat"}, {{"a.jpg", std::vector<uint32_t>(18)}});
  auto files = Tree(*data);
  EXPECT_EQ(files.size(), 17);  // 16 copies and labels.json
  EXPECT_TRUE(files.contains("train/cat/a.14.jpg"));
  EXPECT_THAT(files["train/labels.json"], ::testing::EndsWith("\"path\":\"cat/a.14.jpg\"}}"));
  const auto why =
      WriterNamed(kWriter)->WhyDropped(*data, data->GetFrame(0).value(), data->Shapes(0).value());
  EXPECT_EQ(std::count(why.begin(), why.end(), ""), 16);
  EXPECT_EQ(why[16], "more than 16 equal tags on one image");
  EXPECT_EQ(why[17], why[16]);
}

TEST(CvatClassificationTest, HostileLabelsAreSafeFolders) {
  std::unique_ptr<Dataset> data =
      Images({"../x", "labels.json", "no_label", "", "\xf0\x9f\x98\x80 \"\n"}, {{"a.jpg", {0}},
                                                                                {"b.jpg", {1}},
                                                                                {"c.jpg", {2}},
                                                                                {"d.jpg", {3}},
                                                                                {"e.jpg", {4}},
                                                                                {"f.jpg", {}}});
  Layout tree = Described(kWriter, *data);
  auto files = FilesOf(tree, *data);
  EXPECT_EQ(files.size(), 7);
  EXPECT_EQ(files["train/no_label/c.jpg"], "-> bucket/c.jpg");
  EXPECT_EQ(files["train/no_label/f.jpg"], "-> bucket/f.jpg");
  EXPECT_EQ(tree.renamed().size(), 4);
  // Each image is where labels.json says.
  absl::StatusOr<JsonDocument> json = JsonDocument::Parse(files["train/labels.json"]);
  ASSERT_TRUE(json.ok()) << json.status();
  for (const char* id : {"a", "b", "c", "d", "e", "f"}) {
    const std::string path(json->root()[id].StringOr("path", "none"));
    EXPECT_EQ(files["train/" + path], absl::StrCat("-> bucket/", id, ".jpg"));
  }
  EXPECT_EQ(json->root()["e"]["labels"][0].AsString(), "\xf0\x9f\x98\x80 \"\n");
}

TEST(CvatClassificationTest, EachSubsetHasItsOwnTree) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "cat"});
  uint32_t task = 0;
  for (const char* subset : {"", "Train", "val", "names"}) {
    builder.AddTask({.name = absl::StrCat("task ", task), .subset = subset});
    const std::string name = absl::StrCat(task, "/x.jpg");
    const uint32_t frame = builder.AddFrame({.name = name, .task = task, .subset = subset}).value();
    ASSERT_TRUE(builder.AddShape(frame, {.type = ShapeType::kTag}).ok());
    ++task;
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  auto files = Tree(*data);
  EXPECT_EQ(files["Train/labels.json"], R"({"1/x":{"labels":["cat"],"path":"cat/x.jpg"}})");
  EXPECT_EQ(files["train/labels.json"], R"({"0/x":{"labels":["cat"],"path":"cat/x.jpg"}})");
  EXPECT_EQ(files["train/cat/x.jpg"], "-> bucket/0/x.jpg");
  EXPECT_EQ(files["val/labels.json"], R"({"2/x":{"labels":["cat"],"path":"cat/x.jpg"}})");
  EXPECT_EQ(files["names/cat/x.jpg"], "-> bucket/3/x.jpg");
}

TEST(CvatClassificationTest, PartsOfSkeletonsOfOneNameShareAFolder) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "cat", .type = "skeleton"});
  builder.AddLabel({.name = "nose", .parent = 0});
  builder.AddLabel({.name = "dog", .type = "skeleton"});
  builder.AddLabel({.name = "nose", .parent = 2});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  ASSERT_TRUE(builder.AddShape(frame, {.type = ShapeType::kTag, .label = 1}).ok());
  ASSERT_TRUE(builder.AddShape(frame, {.type = ShapeType::kTag, .label = 3}).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_THAT(Tree(*data),
              ElementsAre(Pair("train/labels.json",
                               R"({"a":{"labels":["nose","nose"],"path":"nose/a.0.jpg"}})"),
                          Pair("train/nose/a.0.jpg", "-> bucket/a.jpg"),
                          Pair("train/nose/a.jpg", "-> bucket/a.jpg")));
}

TEST(CvatClassificationTest, ShapesAreDropped) {
  std::unique_ptr<Dataset> data = EveryShape();
  const auto why =
      WriterNamed(kWriter)->WhyDropped(*data, data->GetFrame(1).value(), data->Shapes(1).value());
  EXPECT_EQ(why[0], "");
  for (size_t i = 1; i < why.size(); ++i)
    EXPECT_EQ(why[i], "the format has no place for this type");
}

TEST(CvatClassificationTest, AnEmptyDatasetIsATree) {
  DatasetBuilder builder;
  std::unique_ptr<Dataset> data = Finished(builder);
  EXPECT_THAT(Tree(*data), ElementsAre(Pair("train/labels.json", "{}")));
}

TEST(ClassFolderTest, LooksAtNoFrameWhereNamesCannotRepeat) {
  std::unique_ptr<Dataset> data = Images({"cat"}, {{"a.jpg", {0}}, {"a.png", {0}}});
  absl::StatusOr<ClassFolder> folder = ClassFolder::Make(*data, {.parts = {data->All()}});
  ASSERT_TRUE(folder.ok());
  EXPECT_TRUE(folder->are_base_names());
  EXPECT_EQ(folder->NameOf(*data, 0, 0).value(), "a.jpg");
  EXPECT_EQ(folder->NameOf(*data, 1, 0).value(), "a.png");
}

// CVAT looks for the first free number from 0 on, again for each image.
TEST(ClassFolderTest, ManyEqualNamesAreNumberedInOneStepEach) {
  constexpr int kCount = 20'000;
  std::vector<Tagged> images;
  for (int i = 0; i < kCount; ++i) images.push_back({absl::StrCat(i, "/0001.jpg"), {}});
  std::unique_ptr<Dataset> data = Images({}, images);
  absl::StatusOr<ClassFolder> folder = ClassFolder::Make(*data, {.parts = {data->All()}});
  ASSERT_TRUE(folder.ok());
  std::set<std::string> names;
  for (Rank rank = 0; rank < data->frame_count(); ++rank)
    names.insert(folder->NameOf(*data, rank, 0).value());
  EXPECT_EQ(names.size(), size_t(kCount));
  EXPECT_TRUE(names.contains(absl::StrCat("0001.", kCount - 2, ".jpg")));
}

}  // namespace
}  // namespace annofs
