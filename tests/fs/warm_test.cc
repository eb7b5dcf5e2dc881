// Warming a tree without a kernel: what is found, what is fetched, what is counted.
#include "fs/warm.h"

#include <thread>

#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::UnorderedElementsAre;

class FileFinderTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* key : {"images/a.jpg", "images/b.jpg", "images/night/c.jpg",
                            "images/night/d.png", "images/[x]/e.jpg", "top.txt"}) {
      store_.Put(key, key);
    }
    store_.Put("cvat/task.xml", ImagesXml("street", {"a.jpg", "night/c.jpg"}));
    ASSERT_TRUE(mounted_.Open().ok());
  }

  std::vector<std::string> Find(absl::string_view path, absl::Status* status = nullptr) {
    FileFinder finder(mounted_.fs(), {.views_name = "views"});
    std::vector<std::string> paths;
    const absl::Status answer = finder.Find(
        path,
        [&](absl::string_view directory, absl::string_view name, const NodeAttr&) {
          paths.push_back(JoinPath(directory, name));
          return absl::OkStatus();
        },
        [](absl::string_view path, const absl::Status& status) {
          ADD_FAILURE() << path << ": " << status;
        });
    if (status != nullptr) {
      *status = answer;
    } else {
      EXPECT_TRUE(answer.ok()) << answer;
    }
    return paths;
  }

  // Names are frozen when a mount begins.
  void PutMany(int count) {
    for (int i = 0; i < count; ++i) store_.Put(absl::StrCat("many/", i), "x");
    ASSERT_TRUE(mounted_.Again().ok());
  }

  MemoryStore store_;
  Mounted mounted_{store_};
};

TEST_F(FileFinderTest, NothingGivenIsAllOfTheBucketAndNoView) {
  EXPECT_THAT(Find(""), UnorderedElementsAre("images/a.jpg", "images/b.jpg", "images/night/c.jpg",
                                             "images/night/d.png", "images/[x]/e.jpg", "top.txt",
                                             "cvat/task.xml"));
}

TEST_F(FileFinderTest, APathIsAFileOrAllBelowADirectory) {
  EXPECT_THAT(Find("top.txt"), ElementsAre("top.txt"));
  EXPECT_THAT(Find("/images/night/"),
              UnorderedElementsAre("images/night/c.jpg", "images/night/d.png"));
}

TEST_F(FileFinderTest, AViewNeedsNoViewsBeforeIt) {
  EXPECT_THAT(Find("street/by-class/car"), ::testing::Contains("views/street/by-class/car/a.jpg"));
  EXPECT_EQ(Find("street/by-class/car"), Find("views/street/by-class/car"));
}

TEST_F(FileFinderTest, APatternMatchesFilesAndDirectories) {
  EXPECT_THAT(Find("images/**/*.jpg"),
              UnorderedElementsAre("images/a.jpg", "images/b.jpg", "images/night/c.jpg",
                                   "images/[x]/e.jpg"));
  EXPECT_THAT(Find("images/n*"), UnorderedElementsAre("images/night/c.jpg", "images/night/d.png"));
  EXPECT_THAT(Find("views/*/by-class/car/*.jpg"), ElementsAre("views/street/by-class/car/a.jpg"));
  EXPECT_THAT(Find("str*/by-class/car/*.jpg"), ElementsAre("views/street/by-class/car/a.jpg"));
}

TEST_F(FileFinderTest, NoWildcardMatchesViews) {
  EXPECT_THAT(Find("*"), UnorderedElementsAre("images/a.jpg", "images/b.jpg", "images/night/c.jpg",
                                              "images/night/d.png", "images/[x]/e.jpg", "top.txt",
                                              "cvat/task.xml"));
  EXPECT_THAT(Find("**/a.jpg"), ElementsAre("images/a.jpg"));
}

TEST_F(FileFinderTest, ANameThatExistsIsNoPattern) {
  EXPECT_THAT(Find("images/[x]/e.jpg"), ElementsAre("images/[x]/e.jpg"));
  EXPECT_THAT(Find("images/[x]"), ElementsAre("images/[x]/e.jpg"));
}

TEST_F(FileFinderTest, WhatNothingHasIsNotFound) {
  for (absl::string_view path :
       {"imags", "images/a.jpg/x", "street/nothing", "*.zip", "views/*/none/*", ".."}) {
    absl::Status status;
    EXPECT_THAT(Find(path, &status), IsEmpty()) << path;
    EXPECT_TRUE(absl::IsNotFound(status)) << path << ": " << status;
  }
}

TEST_F(FileFinderTest, ALargeDirectoryIsWalkedToItsEnd) {
  PutMany(1000);
  EXPECT_EQ(Find("many").size(), 1000u);
  EXPECT_EQ(Find("many/*7").size(), 100u);
}

class WarmTest : public FileFinderTest {
 protected:
  WarmProgress Warm(const std::vector<std::string>& paths, WarmOptions options = {}) {
    options.views_name = "views";
    Warmer warmer(mounted_.fs(), *mounted_.cache().blocks, options);
    for (const std::string& path : paths) EXPECT_TRUE(warmer.Add(path).ok());
    warmer.Finish();
    not_kept_ = warmer.NotKept();
    return warmer.Progress();
  }
  uint64_t not_kept_ = 0;
};

TEST_F(WarmTest, EverythingThatWasWarmedIsReadWithoutARequest) {
  const WarmProgress progress = Warm({""});
  EXPECT_EQ(progress.objects, 7u);
  EXPECT_EQ(progress.fetched, 7u);
  EXPECT_EQ(progress.failed, 0u);
  EXPECT_EQ(progress.cost.requests, 7u);
  EXPECT_EQ(not_kept_, 0u);
  store_.ResetCounts();
  for (const auto& [path, attr] : WholeTree(mounted_.fs())) {
    if (!attr.is_directory && path.find("views/") != 0) mounted_.Text(path);
  }
  EXPECT_EQ(store_.gets(), 0);
}

TEST_F(WarmTest, ASecondWarmFetchesNothing) {
  Warm({""});
  store_.ResetCounts();
  const WarmProgress progress = Warm({""});
  EXPECT_EQ(store_.gets(), 0);
  EXPECT_EQ(progress.cached, 7u);
  EXPECT_EQ(progress.fetched, 0u);
}

TEST_F(WarmTest, WhatIsCountedBeforehandIsWhatIsFetched) {
  store_.Put("large.bin", std::string(5'000'000, 'x'));
  ASSERT_TRUE(mounted_.Again().ok());
  const WarmProgress counted = Warm({""}, {.action = WarmOptions::Action::kCount});
  EXPECT_EQ(counted.fetched, 0u);
  store_.ResetCounts();
  const WarmProgress warmed = Warm({""});
  EXPECT_EQ(warmed.missing.bytes, counted.missing.bytes);
  EXPECT_EQ(warmed.cost.bytes, counted.missing.bytes);
  EXPECT_EQ(warmed.cost.requests, counted.missing.requests);
  EXPECT_EQ(store_.gets(), int(counted.missing.requests));
  EXPECT_EQ(store_.bytes(), counted.missing.bytes);
}

TEST_F(WarmTest, AnImageOfSeveralViewsCountsOnceAndLabelsNeedNothing) {
  const WarmProgress progress =
      Warm({"street/by-frame", "views/street/by-class/car", "images/a.jpg"});
  EXPECT_EQ(progress.objects, 2u);  // a.jpg, night/c.jpg
  EXPECT_EQ(progress.fetched, 2u);
  EXPECT_GE(progress.made, 4u);
  EXPECT_EQ(progress.failed, 0u);
}

TEST_F(WarmTest, OneReaderKeepsTheOrder) {
  const std::vector<std::string> order = {"top.txt", "images/night/d.png", "images/a.jpg",
                                          "cvat/task.xml", "images/b.jpg"};
  // The names of the requests, in their order.
  store_.Fail(MemoryStore::Call::kGet, absl::PermissionDeniedError("no"), int(order.size()));
  std::vector<std::string> asked;
  for (const WarmFailure& failure : Warm(order, {.readers = 1}).failures) {
    asked.push_back(failure.path);
  }
  EXPECT_EQ(asked, order);
  EXPECT_EQ(store_.most_at_once(), 1);
}

TEST_F(WarmTest, ReadersWorkSideBySideUpToTheirNumber) {
  PutMany(40);
  store_.Hold();
  WarmOptions options{.readers = 8};
  Warmer warmer(mounted_.fs(), *mounted_.cache().blocks, options);
  ASSERT_TRUE(warmer.Add("many").ok());
  store_.WaitForHeld(8);
  store_.Release();
  warmer.Finish();
  EXPECT_EQ(store_.most_at_once(), 8);
}

TEST_F(WarmTest, AShortQueueHoldsTheWalkBack) {
  PutMany(40);
  store_.Hold();
  WarmOptions options{.readers = 2, .queue = 4};
  Warmer warmer(mounted_.fs(), *mounted_.cache().blocks, options);
  std::thread adds([&] { EXPECT_TRUE(warmer.Add("many").ok()); });
  store_.WaitForHeld(2);
  absl::SleepFor(absl::Milliseconds(200));
  EXPECT_LE(warmer.Progress().objects, 7u);  // 2 are read, 4 wait, 1 would like to
  store_.Release();
  adds.join();
  warmer.Finish();
  EXPECT_EQ(warmer.Progress().fetched, 40u);
}

TEST_F(WarmTest, AFailureIsNamedAndTheOthersGoOn) {
  // A path that is not there is looked for among the views, too: were their annotations read only
  // then, the failure could meet them.
  ASSERT_FALSE(Find("street/by-class/car").empty());
  store_.Fail(MemoryStore::Call::kGet, absl::PermissionDeniedError("no reading here"), 1);
  const WarmProgress progress = Warm({"images", "no/such/path"}, {.readers = 1});
  EXPECT_EQ(progress.objects, 5u);
  EXPECT_EQ(progress.fetched, 4u);
  EXPECT_EQ(progress.failed, 2u);
  ASSERT_EQ(progress.failures.size(), 2u);
  std::vector<std::string> texts;
  for (const WarmFailure& failure : progress.failures) {
    texts.push_back(failure.path + ": " + failure.reason);
  }
  EXPECT_THAT(texts, ::testing::Contains(HasSubstr("no reading here")));
  EXPECT_THAT(texts, ::testing::Contains(HasSubstr("no/such/path: no such file or directory")));
  EXPECT_EQ(not_kept_, 0u) << "what failed is told already";
  EXPECT_EQ(Warm({"images"}).fetched, 1u) << "running it again fetches what is missing";
}

TEST_F(WarmTest, OnlyTheFirstFailuresAreNamed) {
  PutMany(30);
  store_.Fail(MemoryStore::Call::kGet, absl::PermissionDeniedError("no"), 30);
  const WarmProgress progress = Warm({"many"});
  EXPECT_EQ(progress.failed, 30u);
  EXPECT_EQ(progress.failures.size(), kMostNamedFailures);
}

TEST_F(WarmTest, ACancellationEndsItSoonAndTheNextOneGoesOn) {
  PutMany(100);
  store_.Hold();
  Cancellation cancellation;
  WarmOptions options{.readers = 2, .queue = 4, .cancellation = &cancellation};
  Warmer warmer(mounted_.fs(), *mounted_.cache().blocks, options);
  absl::Status added;
  std::thread adds([&] { added = warmer.Add("many"); });
  store_.WaitForHeld(2);
  cancellation.Cancel();
  adds.join();
  EXPECT_TRUE(absl::IsCancelled(added)) << added;
  store_.Release();
  warmer.Finish();
  const uint64_t fetched = warmer.Progress().fetched;
  EXPECT_LE(fetched, 2u);
  EXPECT_EQ(warmer.Progress().failed, 0u);
  EXPECT_EQ(Warm({"many"}).objects, 100u);
  EXPECT_TRUE(absl::IsCancelled(warmer.Add("top.txt")));
}

TEST(RowSetTest, HoldsEachRowOnce) {
  RowSet rows;
  for (uint64_t row : {1ull, 4095ull, 4096ull, 1ull << 50}) {
    EXPECT_TRUE(rows.Insert(row)) << row;
    EXPECT_FALSE(rows.Insert(row)) << row;
  }
  std::vector<uint64_t> all;
  rows.ForEach([&](uint64_t row) { all.push_back(row); });
  EXPECT_THAT(all, UnorderedElementsAre(1, 4095, 4096, uint64_t{1} << 50));
}

// A cache whose disk is behind: what was written since the last Flush() waits.
class SlowDisk : public BlockCache {
 public:
  BlockResult Read(const BlockKey&, Lane, absl::FunctionRef<void(absl::string_view)>) override {
    return BlockResult::kMiss;
  }
  bool Has(const BlockKey&, Keep) override { return false; }
  void Write(const BlockKey&, SharedBytes, Keep) override {}
  void DropQueued(uint64_t) override {}
  void Flush() override { ++flushes_; }
  bool GiveUpSpace() override { return false; }
  BlockCacheInfo Info() override { return {}; }

  int flushes_ = 0;
};

TEST(WritePaceTest, WhatIsNotWrittenIsWaitedFor) {
  SlowDisk disk;
  WritePace pace(disk, 100);
  for (int i = 0; i < 10; ++i) pace.End(pace.Begin(10));
  EXPECT_EQ(disk.flushes_, 0);
  pace.End(pace.Begin(10));
  EXPECT_EQ(disk.flushes_, 1);
  const uint64_t held = pace.Begin(1'000'000);  // more than there is ever room for
  EXPECT_EQ(held, 100u);
  pace.End(held);
  EXPECT_EQ(disk.flushes_, 2);
}

}  // namespace
}  // namespace annofs::testing
