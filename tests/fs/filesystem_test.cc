// The root: names that collide, the control directory, offline mounts.
#include "fs/filesystem.h"

#include "cache/base/status.h"
#include "fs/control_tree.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

class FilesystemTest : public ::testing::Test {
 protected:
  MemoryStore store_;
  Mounted mount_{store_};
};

TEST_F(FilesystemTest, ABucketThatHoldsTheViewsNameIsRefusedAndToldOfTheOption) {
  store_.Put("views/a.txt", "x");
  absl::Status status = mount_.Open();
  EXPECT_TRUE(absl::IsAlreadyExists(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("--views-name"));
  EXPECT_TRUE(mount_.Open({.views_name = "labels"}).ok());
  EXPECT_THAT(mount_.Names("").value(), ElementsAre("labels", "views"));
  ASSERT_TRUE(mount_.Open({.views = FilesystemOptions::Views::kLeftOut}).ok());
  EXPECT_THAT(mount_.Names("").value(), ElementsAre("views"));
  EXPECT_EQ(mount_.Text("views/a.txt"), "x");
}

TEST_F(FilesystemTest, AnObjectOfTheViewsNameIsRefused) {
  store_.Put("views", "x");
  EXPECT_TRUE(absl::IsAlreadyExists(mount_.Open()));
}

TEST_F(FilesystemTest, ABucketThatHoldsTheControlNameIsRefused) {
  store_.Put(".annofs/x", "x");
  EXPECT_TRUE(absl::IsAlreadyExists(mount_.Open()));
  EXPECT_TRUE(absl::IsAlreadyExists(mount_.Open({.views = FilesystemOptions::Views::kLeftOut})));
}

TEST_F(FilesystemTest, AViewsNameThatCannotBeIsRefused) {
  for (std::string name : {"", ".", "..", "a/b", ".annofs"}) {
    EXPECT_TRUE(absl::IsInvalidArgument(mount_.Open({.views_name = name}))) << name;
  }
}

TEST_F(FilesystemTest, AStoreThatRefusesIsNotMounted) {
  store_.Fail(MemoryStore::Call::kConnect, absl::UnauthenticatedError("no key"));
  EXPECT_TRUE(absl::IsUnauthenticated(mount_.Open()));
  store_.Fail(MemoryStore::Call::kList, absl::PermissionDeniedError("no"));
  EXPECT_TRUE(absl::IsPermissionDenied(mount_.Open()));
}

TEST_F(FilesystemTest, AnOfflineMountShowsWhatIsKnownWithoutARequest) {
  store_.Put("a.xml", ImagesXml("a", {"i.jpg"}));
  store_.Put("i.jpg", "image");
  store_.Put("dir/b.txt", "text");
  ASSERT_TRUE(mount_.Open().ok());
  Paths online = WholeTree(mount_.fs());
  EXPECT_EQ(mount_.Text("dir/b.txt"), "text");
  mount_.cache().blocks->Flush();
  ASSERT_TRUE(mount_.Again({.network = FilesystemOptions::Network::kOffline}).ok());
  store_.ResetCounts();
  Paths offline = WholeTree(mount_.fs());
  ASSERT_EQ(offline.size(), online.size());
  for (const auto& [path, attr] : online) EXPECT_TRUE(SameAttr(attr, offline[path])) << path;
  EXPECT_EQ(mount_.Text("dir/b.txt"), "text");
  EXPECT_TRUE(absl::IsUnavailable(mount_.Bytes(mount_.At("i.jpg")->id, {0, 5}).status()));
  EXPECT_EQ(store_.lists() + store_.gets() + store_.connects(), 0);
}

TEST_F(FilesystemTest, ANodeOfNoTreeIsGone) {
  ASSERT_TRUE(mount_.Open().ok());
  NodeId node = NodeId::Make(TreeNumber(5), 1, 1);
  EXPECT_TRUE(absl::IsAborted(mount_.fs().Stat(node, Soon()).status()));
  EXPECT_TRUE(absl::IsAborted(
      mount_.fs().Stat(NodeId::Make(TreeNumber::kView, 12345, 1), Soon()).status()));
}

TEST_F(FilesystemTest, ADirectoryCannotBeReadAsAFile) {
  store_.Put("a.xml", ImagesXml("a", {"i.jpg"}));
  ASSERT_TRUE(mount_.Open().ok());
  for (absl::string_view path :
       {"views", "views/a", "views/a/yolo", "views/a/yolo/labels", "views/a/by-frame"}) {
    absl::StatusOr<NodeAttr> attr = mount_.At(path);
    ASSERT_TRUE(attr.ok()) << path;
    EXPECT_FALSE(mount_.Bytes(attr->id, {0, 10}).ok()) << path;
  }
}

TEST_F(FilesystemTest, TheControlDirectoryIsFoundAndNotListed) {
  ASSERT_TRUE(mount_.Open().ok());
  EXPECT_THAT(mount_.Names("").value(), Not(Contains(".annofs")));
  EXPECT_THAT(mount_.Names(".annofs").value(),
              ElementsAre("problems.tsv", "stats.json", "status.json", "version"));
  EXPECT_THAT(mount_.Text(".annofs/status.json"), HasSubstr("memory://test"));
}

// The control tree alone, with a file whose content is another each time.
class ControlTest : public ::testing::Test {
 protected:
  std::string Bytes(NodeId node, ByteRange range = {0, 1000}) {
    std::string bytes;
    absl::Status status = tree_->Read(
        node, range, [&](Pieces data) { bytes = Join(data); }, Soon());
    return status.ok() ? bytes : std::string(status.message());
  }
  NodeAttr Lookup() { return tree_->Lookup(kControlRoot, "count", Soon()).value(); }

  int count_ = 0;
  std::unique_ptr<Tree> tree_ =
      NewControlTree({{"count", [this] { return absl::StrCat("count ", ++count_); }}});
};

TEST_F(ControlTest, EachLookupIsANewNodeWithTheContentOfThatMoment) {
  NodeAttr first = Lookup(), second = Lookup();
  EXPECT_FALSE(first.id == second.id);
  EXPECT_EQ(Bytes(second.id), "count 2");
  EXPECT_EQ(Bytes(first.id), "count 1");
  EXPECT_EQ(first.size, 7u);
  EXPECT_EQ(first.lifetime, Lifetime::kNoEntry);
  EXPECT_TRUE(SameAttr(tree_->Stat(first.id, Soon()).value(), first));
  EXPECT_EQ(Bytes(first.id, {3, 2}), "nt");
  EXPECT_EQ(Bytes(first.id, {100, 2}), "");
}

TEST_F(ControlTest, AForgottenNodeIsFreed) {
  NodeAttr first = Lookup(), second = Lookup();
  tree_->Forget(first.id);
  EXPECT_TRUE(absl::IsAborted(tree_->Stat(first.id, Soon()).status()));
  EXPECT_TRUE(tree_->Stat(second.id, Soon()).ok());
}

TEST_F(ControlTest, TheNewest1024AreKept) {
  std::vector<NodeAttr> attrs;
  for (size_t i = 0; i < kMaxControlSnapshots + 1; ++i) attrs.push_back(Lookup());
  EXPECT_TRUE(absl::IsAborted(tree_->Stat(attrs[0].id, Soon()).status()));
  EXPECT_TRUE(tree_->Stat(attrs[1].id, Soon()).ok());
  EXPECT_TRUE(tree_->Stat(attrs.back().id, Soon()).ok());
}

TEST_F(ControlTest, AnEntryThatWasNotTakenIsFreed) {
  NodeId offered;
  ASSERT_TRUE(tree_
                  ->List(
                      kControlRoot, 0,
                      [&](const DirEntry& entry) {
                        offered = entry.attr.id;
                        return false;
                      },
                      Soon())
                  .ok());
  EXPECT_TRUE(absl::IsAborted(tree_->Stat(offered, Soon()).status()));
}

// Two directories, each with a file "state".
class StateBranch : public ControlBranch {
 public:
  explicit StateBranch(const int& state) : state_(state) {}
  absl::StatusOr<std::vector<std::string>> Directories(const CallContext&) override {
    return std::vector<std::string>{"a", "b"};
  }
  absl::StatusOr<std::vector<std::string>> Files(absl::string_view, const CallContext&) override {
    return std::vector<std::string>{"state"};
  }
  absl::StatusOr<std::string> Content(absl::string_view directory, absl::string_view file,
                                      const CallContext&) override {
    if (file != "state") return absl::NotFoundError("no such file");
    return absl::StrCat(directory, state_);
  }

 private:
  const int& state_;
};

class ControlBranchTest : public ::testing::Test {
 protected:
  ControlBranchTest() {
    std::vector<ControlBranchAt> branches;
    branches.push_back({.name = "first", .branch = std::make_unique<StateBranch>(state_)});
    branches.push_back({.name = "second", .branch = std::make_unique<StateBranch>(state_)});
    tree_ = NewControlTree({}, {}, std::move(branches));
  }
  NodeId At(std::vector<std::string> path) {
    NodeId node = kControlRoot;
    for (const std::string& name : path) node = tree_->Lookup(node, name, Soon()).value().id;
    return node;
  }
  std::string Text(NodeId node) {
    std::string text;
    EXPECT_TRUE(tree_
                    ->Read(
                        node, {0, 100}, [&](Pieces data) { text = Join(data); }, Soon())
                    .ok());
    return text;
  }

  int state_ = 0;
  std::unique_ptr<Tree> tree_;
};

TEST_F(ControlBranchTest, IsFoundAndNotListed) {
  EXPECT_TRUE(ListFrom(*tree_, kControlRoot, 0).value().empty());
  EXPECT_TRUE(absl::IsNotFound(tree_->Lookup(kControlRoot, "third", Soon()).status()));
}

TEST_F(ControlBranchTest, DirectoriesHaveOneNodeEach) {
  const std::vector<NodeId> nodes = {At({"first"}),      At({"second"}),      At({"first", "a"}),
                                     At({"first", "b"}), At({"second", "b"}), At({"second", "a"})};
  for (size_t i = 0; i < nodes.size(); ++i) {
    for (size_t j = 0; j < i; ++j) EXPECT_FALSE(nodes[i] == nodes[j]) << i << " " << j;
    EXPECT_TRUE(tree_->Stat(nodes[i], Soon()).value().is_directory);
  }
  EXPECT_TRUE(At({"first", "a"}) == nodes[2]);
  EXPECT_TRUE(absl::IsNotFound(tree_->Lookup(nodes[0], "c", Soon()).status()));
}

TEST_F(ControlBranchTest, AListingTellsNamesOnly) {
  const std::vector<TreeEntry> entries = ListFrom(*tree_, At({"first", "b"}), 0).value();
  ASSERT_EQ(entries.size(), 1u);
  EXPECT_EQ(entries[0].name, "state");
  EXPECT_FALSE(entries[0].has_size);
  EXPECT_EQ(ListFrom(*tree_, At({"first"}), 1).value().at(0).name, "b");
}

// cp refuses a file that is another one when it is opened.
TEST_F(ControlBranchTest, AFileIsOneNodeUntilItsContentChanges) {
  const NodeId before = At({"first", "b", "state"});
  EXPECT_TRUE(At({"first", "b", "state"}) == before);
  tree_->Forget(before);
  EXPECT_TRUE(At({"first", "b", "state"}) == before);
  EXPECT_EQ(Text(before), "b0");
  EXPECT_EQ(tree_->Stat(before, Soon()).value().size, 2u);
  EXPECT_EQ(tree_->Stat(before, Soon()).value().lifetime, Lifetime::kNoEntry);
  state_ = 10;
  const NodeId after = At({"first", "b", "state"});
  EXPECT_FALSE(after == before);
  EXPECT_EQ(Text(after), "b10");
  EXPECT_EQ(tree_->Stat(before, Soon()).value().size, 2u);
  EXPECT_TRUE(absl::IsAborted(tree_->Read(
      before, {0, 9}, [](Pieces) {}, Soon())));
}

TEST_F(ControlBranchTest, FilesOfOneNameAreOneInEachDirectory) {
  EXPECT_EQ(Text(At({"first", "a", "state"})), "a0");
  EXPECT_EQ(Text(At({"second", "b", "state"})), "b0");
  EXPECT_FALSE(At({"first", "b", "state"}) == At({"second", "b", "state"}));
  EXPECT_TRUE(absl::IsNotFound(tree_->Lookup(At({"first", "a"}), "other", Soon()).status()));
}

}  // namespace
}  // namespace annofs::testing
