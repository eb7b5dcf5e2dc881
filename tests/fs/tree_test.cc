// The promises of the whole tree: sizes, positions, lanes, nodes.
#include <random>

#include "absl/strings/match.h"
#include "cache/base/status.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::Not;

// A task of three frames whose images lie beside it, one frame without image; other objects.
void FillBucket(MemoryStore& store) {
  store.Put("annotations.xml",
            ImagesXml("street", {"a.jpg", "sub dir/b.jpg", "sub dir/c.png", "gone.jpg"}),
            absl::FromUnixSeconds(1600000000));
  store.Put("images/a.jpg", "image a");
  store.Put("sub dir/b.jpg", "image b b");
  store.Put("sub dir/c.png", "image c");
  store.Put("notes.txt", "text");
}

class TreeTest : public ::testing::Test {
 protected:
  void SetUp() override {
    FillBucket(store_);
    ASSERT_TRUE(mount_.Open().ok());
  }
  MemoryStore store_;
  Mounted mount_{store_};
};

TEST_F(TreeTest, AnImageInEveryViewIsTheBucketsNode) {
  Paths tree = WholeTree(mount_.fs());
  std::map<uint64_t, int> names;
  for (const auto& [path, attr] : tree) {
    // Views draw masks as .png.
    const bool is_drawn = absl::EndsWith(path, ".png") && attr.id.tree() == TreeNumber::kView;
    if (!is_drawn && (absl::EndsWith(path, ".jpg") || absl::EndsWith(path, ".png"))) {
      EXPECT_EQ(attr.id.tree(), TreeNumber::kBucket) << path;
      EXPECT_EQ(attr.links, 2u) << path;
      ++names[attr.id.value];
    }
  }
  ASSERT_EQ(names.size(), 3u);
  for (const auto& [node, count] : names) EXPECT_GE(count, 4) << node;  // bucket, and three views
  EXPECT_TRUE(SameAttr(tree.at("views/street/by-frame/sub dir/b.jpg"), tree.at("sub dir/b.jpg")));
}

TEST_F(TreeTest, OtherFilesAndDirectoriesHaveOneLink) {
  for (const auto& [path, attr] : WholeTree(mount_.fs())) {
    if (attr.id.tree() == TreeNumber::kView || attr.is_directory || path == "notes.txt") {
      EXPECT_EQ(attr.links, 1u) << path;
    }
  }
}

TEST_F(TreeTest, SizesToldAreBytesRead) {
  for (const auto& [path, attr] : WholeTree(mount_.fs())) {
    if (attr.is_directory) continue;
    absl::StatusOr<std::string> bytes = mount_.Bytes(attr.id, {0, attr.size + 1});
    ASSERT_TRUE(bytes.ok()) << path << ": " << bytes.status();
    EXPECT_EQ(bytes->size(), attr.size) << path;
    EXPECT_EQ(*mount_.Bytes(attr.id, {attr.size, 10}), "") << path;
    EXPECT_EQ(*mount_.Bytes(attr.id, {attr.size + 5, 10}), "") << path;
  }
}

TEST_F(TreeTest, AListingResumedAtEveryPositionIsTheWhole) {
  Paths tree = WholeTree(mount_.fs());
  tree["/"] = mount_.At("").value();
  for (const auto& [path, attr] : tree) {
    if (!attr.is_directory) continue;
    std::vector<TreeEntry> whole = ListFrom(mount_.fs(), attr.id, 0).value();
    for (size_t i = 0; i < whole.size(); ++i) {
      std::vector<TreeEntry> rest = ListFrom(mount_.fs(), attr.id, whole[i].next).value();
      ASSERT_EQ(rest.size(), whole.size() - i - 1) << path << " after " << whole[i].name;
      for (size_t j = 0; j < rest.size(); ++j) {
        EXPECT_EQ(rest[j].name, whole[i + 1 + j].name) << path;
        EXPECT_EQ(rest[j].next, whole[i + 1 + j].next) << path;
      }
      std::vector<TreeEntry> one =
          ListFrom(mount_.fs(), attr.id, i == 0 ? 0 : whole[i - 1].next, 1).value();
      ASSERT_EQ(one.size(), 1u);
      EXPECT_EQ(one[0].name, whole[i].name);
    }
  }
}

TEST_F(TreeTest, EveryListedEntryIsFoundWithTheSameAttributes) {
  for (const auto& [path, attr] : WholeTree(mount_.fs())) {
    absl::StatusOr<NodeAttr> found = mount_.At(path);
    ASSERT_TRUE(found.ok()) << path << ": " << found.status();
    EXPECT_TRUE(SameAttr(*found, attr)) << path;
    EXPECT_TRUE(SameAttr(mount_.fs().Stat(attr.id, Soon()).value(), attr)) << path;
  }
}

TEST_F(TreeTest, NodesOfGeneratedFilesAreUnique) {
  std::map<uint64_t, std::string> nodes;
  for (const auto& [path, attr] : WholeTree(mount_.fs())) {
    if (attr.id.tree() == TreeNumber::kBucket) continue;
    auto [first, is_new] = nodes.emplace(attr.id.value, path);
    EXPECT_TRUE(is_new) << path << " and " << first->second;
  }
}

TEST_F(TreeTest, AbsentNamesAreNotFoundWithoutARequest) {
  (void)WholeTree(mount_.fs());
  store_.ResetCounts();
  for (absl::string_view path :
       {"none", "views/none", "views/street/none", "views/street/yolo/none",
        "views/street/by-frame/none.jpg", "views/street/by-frame/sub dir/none.json"}) {
    EXPECT_TRUE(absl::IsNotFound(mount_.At(path).status())) << path;
  }
  EXPECT_EQ(store_.lists() + store_.gets(), 0);
}

// Runs everything on the fast lane first; where that would block, the slow lane must work.
class TwoLanes {
 public:
  TwoLanes(Tree& tree, MemoryStore& store) : tree_(tree), store_(store) {}
  int blocked() const { return blocked_; }

  template <typename Operation>
  void Run(const std::string& what, Operation operation) {
    int before = store_.lists() + store_.gets() + store_.connects();
    absl::Status fast = operation(Soon(Lane::kFast));
    EXPECT_EQ(store_.lists() + store_.gets() + store_.connects(), before) << what;
    if (fast.ok()) return;
    EXPECT_TRUE(IsWouldBlock(fast)) << what << ": " << fast;
    ++blocked_;
    absl::Status slow = operation(Soon());
    EXPECT_TRUE(slow.ok()) << what << ": " << slow;
  }

  void Visit(const std::string& path, NodeAttr attr) {
    Run("stat " + path, [&](const CallContext& c) { return tree_.Stat(attr.id, c).status(); });
    if (!attr.is_directory) {
      Run("read " + path, [&](const CallContext& c) {
        return tree_.Read(
            attr.id, {0, 100}, [](Pieces) {}, c);
      });
      return;
    }
    std::vector<TreeEntry> entries;
    Run("list " + path, [&](const CallContext& c) {
      entries.clear();
      return tree_.List(
          attr.id, 0,
          [&](const DirEntry& e) {
            entries.push_back({std::string(e.name), e.attr, e.next});
            return true;
          },
          c);
    });
    for (const TreeEntry& entry : entries) {
      Run("lookup " + entry.name,
          [&](const CallContext& c) { return tree_.Lookup(attr.id, entry.name, c).status(); });
      Visit(path + "/" + entry.name, entry.attr);
    }
  }

 private:
  Tree& tree_;
  MemoryStore& store_;
  int blocked_ = 0;
};

TEST_F(TreeTest, TheFastLaneNeverAsksTheStoreAndTheSlowLaneThenWorks) {
  TwoLanes lanes(mount_.fs(), store_);
  lanes.Visit("", mount_.At("").value());
  EXPECT_GT(lanes.blocked(), 10);
}

TEST_F(TreeTest, TheFastLaneAnswersNamesAndSizesOnceKnown) {
  Paths tree = WholeTree(mount_.fs());
  for (const auto& [path, attr] : tree) {
    EXPECT_TRUE(mount_.fs().Stat(attr.id, Soon(Lane::kFast)).ok()) << path;
    EXPECT_TRUE(Resolve(mount_.fs(), path, Soon(Lane::kFast)).ok()) << path;
  }
}

TEST_F(TreeTest, NodesSizesAndTimesAreTheSameInALaterMount) {
  Paths first = WholeTree(mount_.fs());
  ASSERT_TRUE(mount_.Again().ok());
  Paths second = WholeTree(mount_.fs());
  ASSERT_EQ(first.size(), second.size());
  for (const auto& [path, attr] : first) EXPECT_TRUE(SameAttr(attr, second.at(path))) << path;
}

TEST_F(TreeTest, ALaterMountReadsNoAnnotationAgain) {
  (void)WholeTree(mount_.fs());
  ASSERT_TRUE(mount_.Again().ok());
  store_.ResetCounts();
  (void)WholeTree(mount_.fs());
  EXPECT_EQ(store_.gets(), 0);
}

TEST_F(TreeTest, GeneratedFilesAreTheSameOnEveryHost) {
  Mounted other(store_);
  ASSERT_TRUE(other.Open().ok());
  // Another order of first touches: other row and slot numbers.
  ASSERT_TRUE(other.At("views/street/yolo").ok());
  Paths here = WholeTree(mount_.fs()), there = WholeTree(other.fs());
  ASSERT_EQ(here.size(), there.size());
  for (const auto& [path, attr] : here) {
    ASSERT_TRUE(there.count(path)) << path;
    EXPECT_EQ(attr.size, there[path].size) << path;
    EXPECT_EQ(attr.modified, there[path].modified) << path;
    if (!attr.is_directory) {
      EXPECT_EQ(mount_.Text(path), other.Text(path)) << path;
    }
  }
}

TEST_F(TreeTest, TimesAreTheSourcesWithNanosecondsOfTheRecipe) {
  NodeAttr yolo = mount_.At("views/street/yolo/data.yaml").value();
  NodeAttr frame = mount_.At("views/street/by-frame/a.json").value();
  EXPECT_EQ(absl::ToUnixSeconds(yolo.modified), 1600000000);
  EXPECT_EQ(absl::ToUnixSeconds(frame.modified), 1600000000);
  EXPECT_NE(yolo.modified, frame.modified);
}

TEST_F(TreeTest, AnotherVersionOfTheAnnotationsHasNewNodes) {
  NodeAttr before = mount_.At("views/street/by-frame/a.json").value();
  store_.Put("annotations.xml", ImagesXml("street", {"a.jpg"}, "11.00"),
             absl::FromUnixSeconds(1600000001));
  ASSERT_TRUE(mount_.Again().ok());
  NodeAttr after = mount_.At("views/street/by-frame/a.json").value();
  EXPECT_FALSE(before.id == after.id);
  EXPECT_NE(before.modified, after.modified);
  EXPECT_TRUE(absl::IsNotFound(mount_.At("views/street/by-frame/gone.json").status()));
}

TEST_F(TreeTest, MissingMediaShowTheLabelsOnlyAndAreReported) {
  std::vector<std::string> names = mount_.Names("views/street/by-frame").value();
  EXPECT_THAT(names, Contains("gone.json"));
  EXPECT_THAT(names, Not(Contains("gone.jpg")));
  EXPECT_TRUE(absl::IsNotFound(mount_.At("views/street/by-frame/gone.jpg").status()));
  EXPECT_TRUE(absl::StrContains(mount_.Text("views/street/reports/problems.tsv"), "gone.jpg"));
}

TEST_F(TreeTest, TheOrderIsDirectoriesThenFilesThenFrames) {
  EXPECT_THAT(
      mount_.Names("views/street/by-frame").value(),
      ::testing::ElementsAre("sub dir", "a.jpg", "a.json", "a.tsv", "gone.json", "gone.tsv"));
}

TEST(Tree, AFrameNameLongerThanAnyEntryDoesNotBreakItsDataset) {
  MemoryStore store;
  store.Put("x.xml", ImagesXml("long", {std::string(300, 'n') + ".jpg", "../up.jpg", "/abs.jpg",
                                        "a//b.jpg", ".."}));
  store.Put("abs.jpg", "image");
  Mounted mount(store);
  ASSERT_TRUE(mount.Open().ok());
  absl::StatusOr<std::vector<std::string>> names = mount.Names("views/long/by-frame");
  ASSERT_TRUE(names.ok()) << names.status();
  EXPECT_FALSE(names->empty());
}

// Many frames: several batches of sizes, several checkpoints of segments.
class LargeTreeTest : public ::testing::Test {
 protected:
  static constexpr int kFrames = 2600;
  void SetUp() override {
    std::vector<std::string> frames;
    for (int i = 0; i < kFrames; ++i) frames.push_back(absl::StrCat("f", 10000 + i, ".jpg"));
    store_.Put("a.xml", ImagesXml("large", frames));
    store_.Put("f10001.jpg", "image");
    ASSERT_TRUE(mount_.Open().ok());
  }
  MemoryStore store_;
  Mounted mount_{store_};
};

TEST_F(LargeTreeTest, AnyRangeOfASegmentedFileIsThatOfTheWhole) {
  std::mt19937 random(7);
  for (absl::string_view path :
       {"views/large/reports/frames.tsv", "views/large/reports/names.tsv",
        "views/large/reports/problems.tsv", "views/large/reports/dropped/yolo.tsv"}) {
    NodeAttr attr = mount_.At(path).value();
    std::string whole = mount_.Text(path);
    ASSERT_EQ(whole.size(), attr.size) << path;
    for (int i = 0; i < 40; ++i) {
      uint64_t offset = random() % (whole.size() + 1), length = random() % 70000;
      absl::StatusOr<std::string> part = mount_.Bytes(attr.id, {offset, length});
      ASSERT_TRUE(part.ok()) << path << ": " << part.status();
      ASSERT_EQ(*part, whole.substr(offset, length)) << path << " " << offset << "+" << length;
    }
  }
  EXPECT_GT(mount_.Text("views/large/reports/frames.tsv").size(), 50000u);
}

TEST_F(LargeTreeTest, SizesOfEveryBatchAreThoseOfTheBytes) {
  std::vector<TreeEntry> entries =
      ListFrom(mount_.fs(), mount_.At("views/large/by-frame").value().id, 0).value();
  ASSERT_EQ(entries.size(), size_t{2 * kFrames + 1});
  for (size_t i = 0; i < entries.size(); i += 97) {
    EXPECT_EQ(mount_.Bytes(entries[i].attr.id, {0, 1 << 20}).value().size(), entries[i].attr.size)
        << entries[i].name;
  }
}

TEST_F(LargeTreeTest, AListingGoesOnFromAnyPosition) {
  NodeAttr directory = mount_.At("views/large/by-frame").value();
  std::vector<TreeEntry> whole = ListFrom(mount_.fs(), directory.id, 0).value();
  std::vector<std::string> joined;
  uint64_t position = 0;
  while (true) {
    std::vector<TreeEntry> page = ListFrom(mount_.fs(), directory.id, position, 333).value();
    if (page.empty()) break;
    for (const TreeEntry& entry : page) joined.push_back(entry.name);
    position = page.back().next;
  }
  ASSERT_EQ(joined.size(), whole.size());
  for (size_t i = 0; i < whole.size(); ++i) ASSERT_EQ(joined[i], whole[i].name);
}

}  // namespace
}  // namespace annofs::testing
