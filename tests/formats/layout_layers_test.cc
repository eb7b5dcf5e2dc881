// Directories of a view that have two origins: a place, and a directory of the frames' own paths.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::FilesOf;
using ::annofs::testing::FramesNamed;
using ::annofs::testing::NamesIn;
using ::testing::ElementsAre;

std::vector<std::string> PathsOf(const Layout& layout, const Dataset& data) {
  std::vector<std::string> paths;
  for (const auto& [path, text] : FilesOf(layout, data)) paths.push_back(path);
  return paths;
}

absl::StatusOr<std::string> NoText(const Dataset&, Rank) { return ""; }

// "S/images" is a place, and "images" a directory of the frames' labels in S.
struct View {
  std::unique_ptr<Dataset> data =
      FramesNamed({"a.jpg", "images/b.jpg", "images/deep/c.jpg", "images/images/d.jpg"});
  Layout layout;
  View() {
    layout.Media("S/images/{path}", data->All());
    layout.PerFrame("S/gt_{sidecar}.txt", data->All(), NoText);
  }
};

TEST(LayoutLayersTest, APlaceAndADirectoryOfFramesOfOnePathAreOneDirectory) {
  View view;
  EXPECT_THAT(
      PathsOf(view.layout, *view.data),
      ElementsAre("S/gt_a.txt", "S/images/a.jpg", "S/images/deep/gt_c.txt", "S/images/gt_b.txt",
                  "S/images/images/b.jpg", "S/images/images/deep/c.jpg", "S/images/images/gt_d.txt",
                  "S/images/images/images/d.jpg"));
}

TEST(LayoutLayersTest, EachIsListedOnceAndFound) {
  View view;
  ViewDirectory at;
  for (const char* name : {"S", "images"}) {
    at = FindEntry(view.layout, *view.data, at, name).value().directory;
  }
  EXPECT_THAT(NamesIn(view.layout, *view.data, {.place = 1}), ElementsAre("images", "gt_a.txt"));
  EXPECT_THAT(NamesIn(view.layout, *view.data, at),
              ElementsAre("images", "a.jpg", "deep", "gt_b.txt"));
  for (const std::string& name : NamesIn(view.layout, *view.data, at)) {
    EXPECT_EQ(FindEntry(view.layout, *view.data, at, name).value().name, name);
  }
  EXPECT_FALSE(FindEntry(view.layout, *view.data, at, "gt_a.txt").ok());
}

TEST(LayoutLayersTest, AListingGoesOnFromEveryPlace) {
  View view;
  ViewDirectory at = FindEntry(view.layout, *view.data, {.place = 1}, "images").value().directory;
  std::vector<std::string> names;
  uint64_t position = 0;
  while (true) {
    bool is_any = false;
    ASSERT_TRUE(ListEntries(view.layout, *view.data, at, position,
                            [&](const ViewEntry& entry, uint64_t next) {
                              names.push_back(entry.name);
                              position = next;
                              is_any = true;
                              return false;
                            })
                    .ok());
    if (!is_any) break;
  }
  EXPECT_THAT(names, ElementsAre("images", "a.jpg", "deep", "gt_b.txt"));
}

TEST(LayoutLayersTest, OfTwoFilesOfOneNameThePlacesIsShown) {
  std::unique_ptr<Dataset> data = FramesNamed({"car/x.jpg", "x.jpg"});
  Layout layout;
  layout.Media("{path}", RankSet::Range(0, 1));
  layout.Media("car/{path}", RankSet::Range(1, 2));
  EXPECT_THAT(FilesOf(layout, *data), ElementsAre(std::pair("car/x.jpg", "-> bucket/x.jpg")));
}

TEST(LayoutLayersTest, APrefixStandsBeforeTheLastComponent) {
  std::unique_ptr<Dataset> data = FramesNamed({"d/a.jpg", "gt_b.jpg"});
  Layout layout;
  layout.PerFrame("gt_{sidecar}.txt", data->All(), NoText);
  EXPECT_THAT(PathsOf(layout, *data), ElementsAre("d/gt_a.txt", "gt_gt_b.txt"));
  EXPECT_FALSE(FindEntry(layout, *data, {}, "gt_b.txt").ok());
  EXPECT_FALSE(FindEntry(layout, *data, {}, "b.txt").ok());
}

}  // namespace
}  // namespace annofs
