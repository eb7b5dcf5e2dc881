#include "formats/layout_walk.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

#include "tests/formats/counting_dataset.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::CountingDataset;
using ::annofs::testing::FramesNamed;
using ::annofs::testing::NamesIn;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

absl::StatusOr<std::string> NoText(const Dataset&, Rank) { return ""; }
absl::StatusOr<std::string> NoFile(const Dataset&) { return ""; }

// Frames in two directories and beside them; images and sidecars in one directory.
struct PathView {
  std::unique_ptr<Dataset> data =
      FramesNamed({"a.jpg", "a.png", "d/x.jpg", "d/deep/y.jpg", "e/z.jpg", "w.jpg"});
  Layout layout;
  PathView() {
    layout.Media("{path}", data->All());
    layout.PerFrame("{sidecar}.json", data->All(), NoText);
    layout.File("notes.txt", NoFile);
    layout.File("lists/all.txt", NoFile);
  }
  ViewEntry Find(absl::string_view name, ViewDirectory in = {}) const {
    return FindEntry(layout, *data, in, name).value();
  }
};

TEST(LayoutWalkTest, SubdirectoriesThenFilesThenFramesWithTheirFamiliesTogether) {
  PathView view;
  EXPECT_THAT(NamesIn(view.layout, *view.data),
              ElementsAre("lists", "d", "e", "notes.txt", "a.jpg", "a.jpg.json", "a.png",
                          "a.png.json", "w.jpg", "w.json"));
}

TEST(LayoutWalkTest, ADirectoryListsOnlyItsOwn) {
  PathView view;
  ViewEntry inner = view.Find("d");
  EXPECT_THAT(NamesIn(view.layout, *view.data, inner.directory),
              ElementsAre("deep", "x.jpg", "x.json"));
  ViewEntry deep = view.Find("deep", inner.directory);
  EXPECT_THAT(NamesIn(view.layout, *view.data, deep.directory), ElementsAre("y.jpg", "y.json"));
  EXPECT_EQ(DirectoryPath(view.layout, *view.data, deep.directory).value(), "d/deep");
}

TEST(LayoutWalkTest, NamesThatAreNoEntryAreNotFound) {
  PathView view;
  for (const char* name : {"", ".", "..", "x.jpg", "d/x.jpg", "d/", "a", "a.json", "w",
                           "w.jpg.json", "W.JPG", "all.txt", "lists/all.txt"}) {
    EXPECT_EQ(FindEntry(view.layout, *view.data, {}, name).status().code(),
              absl::StatusCode::kNotFound)
        << name;
  }
}

TEST(LayoutWalkTest, ADirectoryThatIsNoneIsNotFound) {
  PathView view;
  EXPECT_EQ(FindEntry(view.layout, *view.data, {.place = 99}, "a").status().code(),
            absl::StatusCode::kNotFound);
  EXPECT_EQ(FindEntry(view.layout, *view.data, {.frame_directory = 99}, "a").status().code(),
            absl::StatusCode::kNotFound);
}

TEST(LayoutWalkTest, DirectoriesWithoutFramesOfAnyFamilyAreNotShown) {
  std::unique_ptr<Dataset> data = FramesNamed({"d/x.jpg", "e/z.jpg"});
  Layout layout;
  layout.Media("{path}", RankSet::Of({1}));
  layout.Media("none/{path}", RankSet());
  EXPECT_THAT(NamesIn(layout, *data), ElementsAre("e"));
  EXPECT_FALSE(FindEntry(layout, *data, {}, "d").ok());
  EXPECT_FALSE(FindEntry(layout, *data, {}, "none").ok());
}

TEST(LayoutWalkTest, FlatNamesHaveNoDirectories) {
  std::unique_ptr<Dataset> data = FramesNamed({"d/x y.jpg", "e.png"});
  Layout layout;
  layout.Media("images/{stem}{ext}", data->All());
  layout.PerFrame("labels/{stem}.txt", data->All(), NoText);
  EXPECT_THAT(NamesIn(layout, *data, {.place = 1}), ElementsAre("d_x_y.jpg", "e.png"));
  EXPECT_THAT(NamesIn(layout, *data, {.place = 2}), ElementsAre("d_x_y.txt", "e.txt"));
  EXPECT_EQ(FindEntry(layout, *data, {.place = 1}, "d_x_y.jpg")->rank, 0);
  EXPECT_FALSE(FindEntry(layout, *data, {.place = 1}, "d_x_y.png").ok());
  EXPECT_THAT(NamesIn(layout, *data, {.place = 1, .frame_directory = 1}), IsEmpty());
}

TEST(LayoutWalkTest, FramesOutsideTheFamilysSetAreNotFound) {
  std::unique_ptr<Dataset> data = FramesNamed({"a.jpg", "b.jpg"});
  Layout layout;
  layout.Media("{path}", RankSet::Of({1}));
  EXPECT_FALSE(FindEntry(layout, *data, {}, "a.jpg").ok());
  EXPECT_EQ(FindEntry(layout, *data, {}, "b.jpg")->rank, 1);
}

TEST(LayoutWalkTest, AStepDoesNotCountFrames) {
  std::vector<std::string> names;
  for (int i = 0; i < 4000; ++i) names.push_back(absl::StrCat("m/", i % 10, "/", i, ".jpg"));
  names.push_back("a.jpg");
  names.push_back("z.jpg");
  std::unique_ptr<Dataset> data = FramesNamed(names);
  CountingDataset counting(*data);
  Layout layout;
  layout.Media("{path}", data->All());
  EXPECT_THAT(NamesIn(layout, counting), ElementsAre("m", "a.jpg", "z.jpg"));
  EXPECT_LT(counting.steps, 40);
  counting.steps = 0;
  EXPECT_TRUE(FindEntry(layout, counting, {}, "z.jpg").ok());
  EXPECT_LT(counting.steps, 10);
}

// Stems with dots: what is an extension is told by the frame.
TEST(LayoutWalkTest, ImagesAndTextsWithOriginalStemsAreFoundAsTheyAreListed) {
  DatasetBuilder builder(StemStyle::kOriginal);
  builder.AddTask({.name = "task"});
  for (const char* name : {"a.jpg", "a.b.jpg", "a.b", "a.b.c", "d/a.b.c", "é ü.tar.png", "x.ü", "x",
                           "x.png.png", "x.png", ".hid/.jpg", "hid.jpg/q", "d/cam.0001"}) {
    ASSERT_TRUE(builder.AddFrame({.name = name}).ok());
  }
  const std::unique_ptr<Dataset> data = annofs::testing::Finished(builder);
  Layout layout;
  layout.Media("images/{stem}{ext}", data->All());
  layout.PerFrame("labels/{stem}.txt", data->All(), NoText);
  for (const char* place : {"images", "labels"}) {
    const ViewDirectory in = FindEntry(layout, *data, {}, place).value().directory;
    const std::vector<std::string> names = NamesIn(layout, *data, in);
    EXPECT_EQ(std::set<std::string>(names.begin(), names.end()).size(), 13u);
    std::set<Rank> ranks;
    for (const std::string& name : names) {
      const absl::StatusOr<ViewEntry> entry = FindEntry(layout, *data, in, name);
      ASSERT_TRUE(entry.ok()) << name;
      EXPECT_EQ(entry->name, name);
      EXPECT_TRUE(ranks.insert(entry->rank).second) << name;
    }
  }
}

}  // namespace
}  // namespace annofs
