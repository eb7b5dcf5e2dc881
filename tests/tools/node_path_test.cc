// What nodes are called in the log of a mount.
#include "tools/node_path.h"

#include "gtest/gtest.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

TEST(PathBelowTest, PathsOfTheRootAreShortAndOthersStay) {
  EXPECT_EQ(PathBelow("", ""), ".");
  EXPECT_EQ(PathBelow("", "a/b.jpg"), "a/b.jpg");
  EXPECT_EQ(PathBelow("views/street/yolo", "views/street/yolo"), ".");
  EXPECT_EQ(PathBelow("views/street/yolo", "views/street/yolo/labels/a.txt"), "labels/a.txt");
  EXPECT_EQ(PathBelow("views/street/yolo", "views/street/yolo-seg/a"), "views/street/yolo-seg/a");
  EXPECT_EQ(PathBelow("views/street/yolo", "a.jpg"), "a.jpg");
}

TEST(ShownPathTest, TheRootIsADotWhateverAMountShows) {
  MemoryStore store;
  store.Put("d/a.jpg", "content");
  Mounted mounted(store);
  ASSERT_TRUE(mounted.Open({.views = FilesystemOptions::Views::kLeftOut}).ok());
  const NodeId file = mounted.At("d/a.jpg").value().id;
  EXPECT_EQ(ShownPath(mounted.fs(), "", kRootNode), ".");
  EXPECT_EQ(ShownPath(mounted.fs(), "views/street/yolo", kRootNode), ".");
  EXPECT_EQ(ShownPath(mounted.fs(), "", file), "d/a.jpg");
  EXPECT_EQ(ShownPath(mounted.fs(), "d", file), "a.jpg");
}

}  // namespace
}  // namespace annofs::testing
