// A mount that follows its bucket: what a refresh shows, keeps and tells the kernel.
#include <atomic>
#include <thread>

#include "cache/base/status.h"
#include "fs/mount_status.h"
#include "fs/view_tree.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

// Remembers what it was told to drop: names of the root as they are, of views/ as "views/NAME",
// others with the number of their directory.
class FakeKernel : public KernelCache {
 public:
  void DropEntry(NodeId directory, absl::string_view name) override {
    if (directory == kRootNode) {
      dropped_.emplace_back(name);
    } else if (directory == kViewsRoot) {
      dropped_.push_back(absl::StrCat("views/", name));
    } else {
      dropped_.push_back(absl::StrCat(directory.value, "/", name));
    }
  }
  std::vector<std::string> Take() { return std::exchange(dropped_, {}); }

 private:
  std::vector<std::string> dropped_;
};

class FollowTest : public ::testing::Test {
 protected:
  void Open(FilesystemOptions options = {}) {
    options.follow = absl::Seconds(60);
    absl::Status status = mount_.Open(options);
    ASSERT_TRUE(status.ok()) << status;
  }
  absl::Status TryRefresh() { return mount_.fs().Refresh(kernel_, Soon()); }
  // The names that a refresh has dropped.
  std::vector<std::string> Refresh() {
    absl::Status status = TryRefresh();
    EXPECT_TRUE(status.ok()) << status;
    return kernel_.Take();
  }
  NodeId Node(absl::string_view path) {
    absl::StatusOr<NodeAttr> attr = mount_.At(path);
    EXPECT_TRUE(attr.ok()) << path << ": " << attr.status();
    return attr.ok() ? attr->id : NodeId();
  }
  std::string BytesOf(NodeId node) {
    absl::StatusOr<std::string> bytes = mount_.Bytes(node, {0, 100000});
    return bytes.ok() ? *bytes : absl::StrCat("ERROR ", bytes.status().message());
  }
  void PutTask(absl::string_view key, absl::string_view name, absl::string_view box = "10.00") {
    store_.Put(key, ImagesXml(name, {"a.jpg"}, box));
  }

  MemoryStore store_;
  Mounted mount_{store_};
  FakeKernel kernel_;
};

TEST_F(FollowTest, AChangedObjectIsAnotherNodeAndItsNameIsDropped) {
  store_.Put("a.txt", "old");
  store_.Put("b.txt", "stays");
  Open();
  NodeId a = Node("a.txt"), b = Node("b.txt");
  store_.Put("a.txt", "newer");
  EXPECT_EQ(mount_.Text("a.txt"), "old");
  EXPECT_THAT(Refresh(), ElementsAre("a.txt"));
  EXPECT_EQ(mount_.Text("a.txt"), "newer");
  EXPECT_FALSE(Node("a.txt") == a);
  EXPECT_TRUE(Node("b.txt") == b);
}

TEST_F(FollowTest, NewNamesAppearAndRemovedOnesGo) {
  store_.Put("dir/gone.txt", "x");
  store_.Put("dir/stays.txt", "x");
  Open();
  NodeId dir = Node("dir");
  EXPECT_TRUE(absl::IsNotFound(mount_.At("dir/new.txt").status()));
  store_.Remove("dir/gone.txt");
  store_.Put("dir/new.txt", "new");
  EXPECT_THAT(Refresh(), UnorderedElementsAre(absl::StrCat(dir.value, "/gone.txt"),
                                              absl::StrCat(dir.value, "/new.txt")));
  EXPECT_THAT(mount_.Names("dir").value(), ElementsAre("new.txt", "stays.txt"));
  EXPECT_TRUE(absl::IsNotFound(mount_.At("dir/gone.txt").status()));
  EXPECT_TRUE(Node("dir") == dir);
}

TEST_F(FollowTest, WithNothingChangedItCostsTheListingsAndNothingElse) {
  PutTask("labels/a.xml", "a");
  store_.Put("labels/a.jpg", "image");
  store_.Put("untouched/x.txt", "x");
  Open();
  (void)mount_.Text("views/a/yolo/data.yaml");
  (void)mount_.Names("labels");
  ASSERT_TRUE(TryRefresh().ok());
  kernel_.Take();
  store_.ResetCounts();
  EXPECT_THAT(Refresh(), IsEmpty());
  EXPECT_EQ(store_.lists(), 2);  // the root and labels/
  EXPECT_EQ(store_.gets(), 0);
  EXPECT_THAT(Refresh(), IsEmpty());
  EXPECT_EQ(store_.lists(), 4);
  EXPECT_EQ(store_.gets(), 0);
}

TEST_F(FollowTest, AnOpenFileKeepsItsVersionAndOneThatIsGoneIsStale) {
  store_.Put("kept.txt", "old");
  store_.Put("gone.txt", "old");
  Open();
  NodeId kept = Node("kept.txt"), gone = Node("gone.txt");
  store_.Put("kept.txt", "newer");
  store_.Remove("gone.txt");
  Refresh();
  EXPECT_EQ(BytesOf(kept), "old");
  EXPECT_EQ(mount_.fs().Stat(kept, Soon())->size, 3u);
  EXPECT_TRUE(mount_.fs().Stat(gone, Soon()).ok());
  EXPECT_TRUE(absl::IsAborted(mount_.Bytes(gone, {0, 3}).status()));
}

TEST_F(FollowTest, ChangedAnnotationsAreAnotherDatasetVersionInOneStep) {
  PutTask("a.xml", "a");
  PutTask("b.xml", "b");
  Open();
  NodeId old_label = Node("views/a/by-frame/a.json"), b = Node("views/b/by-frame/a.json");
  const std::string old_text = BytesOf(old_label);
  PutTask("a.xml", "a", "11.00");
  EXPECT_THAT(Refresh(), UnorderedElementsAre("a.xml", "views/a"));
  NodeId new_label = Node("views/a/by-frame/a.json");
  EXPECT_FALSE(new_label == old_label);
  EXPECT_THAT(BytesOf(new_label), HasSubstr("11"));
  EXPECT_EQ(BytesOf(old_label), old_text);
  EXPECT_TRUE(Node("views/b/by-frame/a.json") == b);
}

TEST_F(FollowTest, TheIndexOfADatasetInUseIsThereBeforeItIsShown) {
  // Over a MiB: a probe leaves most of it unread.
  std::vector<std::string> frames;
  const std::string stem(220, 'f');
  for (int i = 0; i < 5000; ++i) frames.push_back(absl::StrCat(stem, 10000 + i, ".jpg"));
  const std::string label = absl::StrCat("views/a/by-frame/", stem, "10000.json");
  store_.Put("a.xml", ImagesXml("a", frames));
  Open();
  (void)mount_.Text(label);
  store_.Put("a.xml", ImagesXml("a", frames, "11.00"));
  Refresh();
  store_.ResetCounts();
  EXPECT_THAT(mount_.Text(label), HasSubstr("11"));
  EXPECT_EQ(store_.gets() + store_.lists(), 0);
}

// Requests and moments while the bucket changes: every answer is of one state or another.
TEST_F(FollowTest, EveryAnswerIsRightWhileTheBucketChanges) {
  PutTask("a.xml", "a");
  Open();
  std::atomic<bool> ended{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 4; ++i) {
    readers.emplace_back([&] {
      while (!ended) {
        absl::StatusOr<NodeAttr> label = mount_.At("views/a/by-frame/a.json");
        // Between two lookups of its path a node may have become too old.
        EXPECT_TRUE(label.ok() || absl::IsAborted(label.status())) << label.status();
        absl::StatusOr<NodeAttr> image = mount_.At("views/a/by-frame/a.jpg");
        EXPECT_TRUE(image.ok() || absl::IsNotFound(image.status()) ||
                    absl::IsAborted(image.status()))
            << image.status();
        EXPECT_TRUE(ListFrom(mount_.fs(), kViewsRoot, 0).ok());
        if (!label.ok()) continue;
        absl::StatusOr<std::string> bytes = mount_.Bytes(label->id, {0, 100000});
        EXPECT_TRUE(bytes.ok() || absl::IsAborted(bytes.status())) << bytes.status();
        EXPECT_EQ(bytes.ok() ? bytes->size() : label->size, label->size);
      }
    });
  }
  for (int i = 0; i < 60; ++i) {
    PutTask("a.xml", "a", absl::StrCat(11 + i % 5, ".0", i % 7));
    if (i % 2 == 0) store_.Put("a.jpg", absl::StrCat("image ", i));
    if (i % 5 == 4) store_.Remove("a.jpg");
    Refresh();
  }
  ended = true;
  for (std::thread& reader : readers) reader.join();
}

TEST_F(FollowTest, DatasetsAppearAndGoWithTheReadme) {
  PutTask("a.xml", "a");
  Open();
  NodeId readme = Node("views/README.txt");
  const std::string old_text = BytesOf(readme);
  PutTask("b.xml", "b");
  EXPECT_THAT(Refresh(), UnorderedElementsAre("b.xml", "views/b", "views/README.txt"));
  EXPECT_THAT(mount_.Names("views").value(), ElementsAre("a", "b", "README.txt"));
  EXPECT_THAT(mount_.Text("views/README.txt"), HasSubstr("Datasets found: 2"));
  EXPECT_EQ(BytesOf(readme), old_text);
  store_.Remove("a.xml");
  EXPECT_THAT(Refresh(), UnorderedElementsAre("a.xml", "views/a", "views/README.txt"));
  EXPECT_TRUE(absl::IsNotFound(mount_.At("views/a").status()));
}

TEST_F(FollowTest, AnImageThatChangesIsTheNewNodeInItsViews) {
  PutTask("a.xml", "a");
  store_.Put("a.jpg", "old image");
  Open();
  NodeId old_image = Node("views/a/by-frame/a.jpg");
  EXPECT_TRUE(old_image == Node("a.jpg"));
  store_.Put("a.jpg", "newer image");
  EXPECT_THAT(Refresh(), UnorderedElementsAre("a.jpg", "views/a"));
  EXPECT_EQ(mount_.Text("views/a/by-frame/a.jpg"), "newer image");
  EXPECT_TRUE(Node("views/a/by-frame/a.jpg") == Node("a.jpg"));
  EXPECT_EQ(BytesOf(old_image), "old image");
}

TEST_F(FollowTest, AnImageThatAppearsIsShown) {
  PutTask("a.xml", "a");
  Open();
  EXPECT_TRUE(absl::IsNotFound(mount_.At("views/a/by-frame/a.jpg").status()));
  EXPECT_THAT(mount_.Text("views/a/reports/problems.tsv"), HasSubstr("no image"));
  store_.Put("a.jpg", "image");
  Refresh();
  EXPECT_EQ(mount_.Text("views/a/by-frame/a.jpg"), "image");
  EXPECT_THAT(mount_.Text("views/a/reports/problems.tsv"), Not(HasSubstr("no image")));
}

TEST_F(FollowTest, ADatasetThatNobodyOpenedHasTheImagesOfItsFirstUse) {
  PutTask("a.xml", "a");
  Open();
  NodeId directory = Node("views/a");
  store_.Put("a.jpg", "image");
  EXPECT_THAT(Refresh(), ElementsAre("a.jpg"));
  EXPECT_TRUE(Node("views/a") == directory);
  EXPECT_EQ(mount_.Text("views/a/by-frame/a.jpg"), "image");
}

TEST_F(FollowTest, OtherChangesLeaveTheViewsAlone) {
  PutTask("a.xml", "a");
  store_.Put("a.jpg", "image");
  Open();
  NodeId label = Node("views/a/by-frame/a.json");
  store_.Put("other.txt", "x");
  EXPECT_THAT(Refresh(), ElementsAre("other.txt"));
  EXPECT_TRUE(Node("views/a/by-frame/a.json") == label);
}

TEST_F(FollowTest, SixteenOldVersionsOfDatasetsAnswerAndOlderOnesAreStale) {
  PutTask("a.xml", "a");
  Open();
  std::vector<NodeId> labels = {Node("views/a/by-frame/a.json")};
  std::vector<NodeId> directories = {Node("views/a/by-frame")};
  for (size_t i = 0; i <= kMaxOldDatasets; ++i) {
    PutTask("a.xml", "a", absl::StrCat(11 + i, ".00"));
    Refresh();
    labels.push_back(Node("views/a/by-frame/a.json"));
    directories.push_back(Node("views/a/by-frame"));
  }
  EXPECT_TRUE(absl::IsAborted(mount_.fs().Stat(labels[0], Soon()).status()));
  EXPECT_TRUE(absl::IsAborted(mount_.Bytes(labels[0], {0, 10}).status()));
  EXPECT_TRUE(absl::IsAborted(ListFrom(mount_.fs(), directories[0], 0).status()));
  for (size_t i = 1; i < labels.size(); ++i) {
    EXPECT_TRUE(mount_.Bytes(labels[i], {0, 10}).ok()) << i;
    EXPECT_TRUE(ListFrom(mount_.fs(), directories[i], 0).ok()) << i;
  }
}

TEST_F(FollowTest, AnImageThatComesAndGoesLeavesEveryShownNodeAlive) {
  PutTask("a.xml", "a");
  Open();
  (void)mount_.Text("views/a/by-frame/a.json");
  for (size_t i = 0; i < kMaxOldDatasets / 2 + 2; ++i) {
    // The same two datasets in turn: their files have the same slots each time.
    store_.Put("a.jpg", "image");
    Refresh();
    ASSERT_FALSE(mount_.Text("views/a/by-frame/a.json").empty()) << i;
    store_.Remove("a.jpg");
    Refresh();
    ASSERT_FALSE(mount_.Text("views/a/by-frame/a.json").empty()) << i;
    ASSERT_TRUE(absl::IsNotFound(mount_.At("views/a/by-frame/a.jpg").status())) << i;
  }
}

TEST_F(FollowTest, ARefreshThatFailsChangesNothingAndTheNextOneShowsAll) {
  store_.Put("a.txt", "old");
  Open();
  store_.Put("a.txt", "newer");
  store_.Fail(MemoryStore::Call::kList, absl::UnavailableError("down"));
  EXPECT_TRUE(absl::IsUnavailable(TryRefresh()));
  EXPECT_THAT(kernel_.Take(), IsEmpty());
  EXPECT_EQ(mount_.Text("a.txt"), "old");
  EXPECT_THAT(Refresh(), ElementsAre("a.txt"));
  EXPECT_EQ(mount_.Text("a.txt"), "newer");
}

TEST_F(FollowTest, ASearchThatFailsIsTriedAgainThoughNothingChangesAnyMore) {
  PutTask("a.xml", "a");
  Open();
  EXPECT_THAT(mount_.Names("views").value(), ElementsAre("a", "README.txt"));
  PutTask("b.xml", "b");
  store_.Fail(MemoryStore::Call::kGet, absl::UnavailableError("down"));
  EXPECT_TRUE(absl::IsUnavailable(TryRefresh()));
  EXPECT_THAT(kernel_.Take(), ElementsAre("b.xml"));
  EXPECT_THAT(mount_.Names("views").value(), ElementsAre("a", "README.txt"));
  EXPECT_THAT(Refresh(), UnorderedElementsAre("views/b", "views/README.txt"));
}

TEST_F(FollowTest, OurOwnNamesThatAppearAreNotShownAndReported) {
  store_.Put("a.txt", "x");
  Open();
  EXPECT_THAT(mount_.Text(".annofs/problems.tsv"), Not(HasSubstr("--views-name")));
  store_.Put("views/x.txt", "x");
  store_.Put(".annofs", "x");
  EXPECT_THAT(Refresh(), IsEmpty());
  EXPECT_THAT(mount_.Names("").value(), ElementsAre("views", "a.txt"));
  EXPECT_TRUE(Node("views") == kViewsRoot);
  EXPECT_TRUE(absl::IsNotFound(mount_.At("views/x.txt").status()));
  std::string problems = mount_.Text(".annofs/problems.tsv");
  EXPECT_THAT(problems, HasSubstr("views\t"));
  EXPECT_THAT(problems, HasSubstr("--views-name"));
  EXPECT_THAT(problems, HasSubstr(".annofs\t"));
  store_.Remove("views/x.txt");
  Refresh();
  EXPECT_THAT(mount_.Text(".annofs/problems.tsv"), Not(HasSubstr("views\t")));
}

TEST_F(FollowTest, ANameOfOursIsTheBucketsWhereWeDoNotUseIt) {
  Open({.views = FilesystemOptions::Views::kLeftOut});
  store_.Put("views/x.txt", "x");
  EXPECT_THAT(Refresh(), ElementsAre("views"));
  EXPECT_EQ(mount_.Text("views/x.txt"), "x");
}

TEST_F(FollowTest, ViewsThatNobodyTouchedAreNotSearched) {
  PutTask("a.xml", "a");
  Open();
  PutTask("b.xml", "b");
  store_.ResetCounts();
  EXPECT_THAT(Refresh(), ElementsAre("b.xml"));
  EXPECT_EQ(store_.gets(), 0);
}

TEST_F(FollowTest, WhatIsKnownAnswersAtOnceWhileARefreshWaitsForTheStore) {
  PutTask("a.xml", "a");
  store_.Put("a.jpg", "image");
  Open();
  (void)mount_.Text("views/a/by-frame/a.json");
  store_.ResetCounts();
  store_.SetLatency(absl::Seconds(2));
  std::atomic<bool> ended{false};
  std::thread refresh([&] {
    EXPECT_TRUE(TryRefresh().ok());
    ended = true;
  });
  while (store_.lists() == 0) absl::SleepFor(absl::Milliseconds(5));
  for (absl::string_view path : {"a.jpg", "views/a/by-frame/a.json", "views/README.txt"}) {
    absl::StatusOr<NodeAttr> attr = Resolve(mount_.fs(), path, Soon(Lane::kFast));
    EXPECT_TRUE(attr.ok()) << path << ": " << attr.status();
  }
  EXPECT_FALSE(ended);
  store_.SetLatency(absl::ZeroDuration());
  refresh.join();
}

TEST_F(FollowTest, TheThreadShowsChangesByItselfAndEndsAtOnceAmidARefresh) {
  store_.Put("a.txt", "old");
  absl::Status opened = mount_.Open({.follow = absl::Milliseconds(50)});
  ASSERT_TRUE(opened.ok()) << opened;
  std::unique_ptr<Follower> follower = mount_.fs().StartFollowing(kernel_);
  store_.Put("a.txt", "newer");
  for (absl::Time end = absl::Now() + absl::Seconds(10);
       mount_.Text("a.txt") == "old" && absl::Now() < end;) {
    absl::SleepFor(absl::Milliseconds(10));
  }
  EXPECT_EQ(mount_.Text("a.txt"), "newer");
  store_.SetLatency(absl::Seconds(60));
  absl::SleepFor(absl::Milliseconds(200));
  absl::Time begin = absl::Now();
  follower.reset();
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
  store_.SetLatency(absl::ZeroDuration());
}

TEST_F(FollowTest, WhatDoesNotChangeCannotBeFollowed) {
  store_.Put("a.txt", "x");
  FilesystemOptions at{.at = absl::FromUnixSeconds(1700000000), .follow = absl::Seconds(1)};
  FilesystemOptions offline{.network = FilesystemOptions::Network::kOffline,
                            .follow = absl::Seconds(1)};
  FilesystemOptions snapshot{
      .names = CatalogOptions::Names::kSnapshot, .snapshot = 1, .follow = absl::Seconds(1)};
  for (const auto& [options, name] : {std::pair(at, "--at"), std::pair(offline, "--offline"),
                                      std::pair(snapshot, "--snapshot")}) {
    absl::Status status = mount_.Open(options);
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr(name));
    EXPECT_THAT(std::string(status.message()), HasSubstr("--follow"));
  }
}

TEST_F(FollowTest, TheStatusSaysWhenItLastWorkedAndWhyItDoesNot) {
  store_.Put("a.jpg", "a");
  Open();
  EXPECT_EQ(mount_.fs().StatusNow().followed.refreshed, absl::InfinitePast());
  Refresh();
  FollowStatus followed = mount_.fs().StatusNow().followed;
  EXPECT_LT(absl::Now() - followed.refreshed, absl::Minutes(1));
  EXPECT_EQ(followed.failed, absl::InfinitePast());
  EXPECT_EQ(followed.error, "");
  store_.Fail(MemoryStore::Call::kList, absl::UnavailableError("no route"));
  EXPECT_FALSE(TryRefresh().ok());
  followed = mount_.fs().StatusNow().followed;
  EXPECT_LT(absl::Now() - followed.failed, absl::Minutes(1));
  EXPECT_THAT(followed.error, HasSubstr("no route"));
  Refresh();
  EXPECT_EQ(mount_.fs().StatusNow().followed.error, "");
}

}  // namespace
}  // namespace annofs::testing
