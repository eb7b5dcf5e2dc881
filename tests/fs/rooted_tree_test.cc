// A view as the root of a mount, against the same view in the whole tree.
#include "fs/rooted_tree.h"

#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::Not;
using ::testing::SizeIs;

class RootedTreeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    store_.Put("a.xml", ImagesXml("street", {"a.jpg", "sub dir/b.jpg", "sub dir/c.jpg"}));
    for (const char* key : {"a.jpg", "sub dir/b.jpg", "sub dir/c.jpg"}) store_.Put(key, key);
    ASSERT_TRUE(mount_.Open().ok());
  }
  std::unique_ptr<Tree> Rooted(const std::string& path) {
    absl::StatusOr<NodeAttr> view = mount_.At(path);
    EXPECT_TRUE(view.ok()) << view.status();
    return NewRootedTree(mount_.fs(), view.ok() ? view->id : kRootNode);
  }

  MemoryStore store_;
  Mounted mount_{store_};
};

TEST_F(RootedTreeTest, HoldsWhatTheViewHoldsUnderTheSameNodes) {
  for (const char* name : {"yolo", "by-frame", "by-class", "reports", "cvat/COCO 1.0"}) {
    const std::string path = absl::StrCat("views/street/", name);
    std::unique_ptr<Tree> rooted = Rooted(path);
    Paths all, below;
    Walk(mount_.fs(), mount_.At(path)->id, "", all);
    Walk(*rooted, kRootNode, "", below);
    EXPECT_GE(all.size(), 3u) << path;
    ASSERT_EQ(all.size(), below.size()) << path;
    for (const auto& [file, attr] : all) {
      ASSERT_EQ(below.count(file), 1u) << path << " " << file;
      EXPECT_EQ(below[file].id, attr.id) << file;
      EXPECT_EQ(below[file].size, attr.size) << file;
      EXPECT_EQ(below[file].modified, attr.modified) << file;
      EXPECT_EQ(below[file].links, attr.links) << file;
    }
  }
}

TEST_F(RootedTreeTest, TheRootIsNodeOneWithTheViewsTime) {
  std::unique_ptr<Tree> rooted = Rooted("views/street/yolo");
  const NodeAttr root = rooted->Stat(kRootNode, Soon()).value();
  EXPECT_EQ(root.id, kRootNode);
  EXPECT_TRUE(root.is_directory);
  EXPECT_EQ(root.modified, mount_.At("views/street/yolo")->modified);
}

TEST_F(RootedTreeTest, FilesAreReadByTheirNodes) {
  std::unique_ptr<Tree> rooted = Rooted("views/street/by-frame");
  for (const char* path : {"a.json", "sub dir/b.jpg"}) {
    const NodeAttr file = Resolve(*rooted, path, Soon()).value();
    std::string text;
    ASSERT_TRUE(
        rooted
            ->Read(
                file.id, {0, file.size}, [&text](Pieces data) { text = Join(data); }, Soon())
            .ok());
    EXPECT_EQ(text, mount_.Text(absl::StrCat("views/street/by-frame/", path)));
    EXPECT_EQ(rooted->Facts(file.id, Soon())->size(), mount_.fs().Facts(file.id, Soon())->size());
  }
}

TEST_F(RootedTreeTest, NothingOfTheBucketIsBesideItAndTheControlDirectoryIsFoundByName) {
  std::unique_ptr<Tree> rooted = Rooted("views/street/yolo");
  for (const char* absent : {"views", "a.xml", "a.jpg", "street", "README.txt"}) {
    EXPECT_TRUE(absl::IsNotFound(Resolve(*rooted, absent, Soon()).status())) << absent;
  }
  std::vector<std::string> names;
  const std::vector<TreeEntry> listed = ListFrom(*rooted, kRootNode, 0).value();
  for (const TreeEntry& entry : listed) names.push_back(entry.name);
  EXPECT_THAT(names, Contains("data.yaml"));
  EXPECT_THAT(names, Not(Contains(".annofs")));
  EXPECT_TRUE(Resolve(*rooted, ".annofs/status.json", Soon()).ok());
}

TEST_F(RootedTreeTest, AListingGoesOnFromAnyPosition) {
  std::unique_ptr<Tree> rooted = Rooted("views/street/yolo");
  const std::vector<TreeEntry> all = ListFrom(*rooted, kRootNode, 0).value();
  for (size_t i = 0; i < all.size(); ++i) {
    EXPECT_THAT(ListFrom(*rooted, kRootNode, all[i].next).value(), SizeIs(all.size() - i - 1));
  }
}

}  // namespace
}  // namespace annofs::testing
