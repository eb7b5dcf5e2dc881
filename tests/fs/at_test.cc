// `.annofs/at/<TIME>`: the whole tree as it was then, and mounts of a past time.
#include <thread>

#include "cache/base/status.h"
#include "cache/cache_dir.h"
#include "cache/index_file.h"
#include "cache/indexer.h"
#include "fs/at_tree.h"
#include "fs/bucket_tree.h"
#include "fs/view_tree.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

// The times of the tests: what is put at one of the first three is there an hour later.
const absl::Time kFirst = absl::FromUnixSeconds(1700000000);  // 2023-11-14T22:13:20Z
const absl::Time kSecond = kFirst + absl::Hours(24);
const absl::Time kThird = kFirst + absl::Hours(48);
constexpr absl::string_view kAfterFirst = "2023-11-14T23:00:00Z";
constexpr absl::string_view kAfterSecond = "2023-11-15T23:00:00Z";
constexpr absl::string_view kBeforeAll = "2023-01-01";

std::string At(absl::string_view time, absl::string_view path = "") {
  return JoinPath(absl::StrCat(".annofs/at/", time), path);
}

class AtTest : public ::testing::Test {
 protected:
  AtTest() { store_.SetTime(kFirst); }

  void Open(const FilesystemOptions& options = {}) {
    absl::Status status = mount_.Open(options);
    ASSERT_TRUE(status.ok()) << status;
  }
  NodeAttr Attr(absl::string_view path) {
    absl::StatusOr<NodeAttr> attr = mount_.At(path);
    EXPECT_TRUE(attr.ok()) << path << ": " << attr.status();
    return attr.value_or(NodeAttr());
  }
  void PutTask(absl::string_view key, absl::string_view name, absl::string_view box = "10.00") {
    store_.Put(key, ImagesXml(name, {"a.jpg"}, box));
  }

  MemoryStore store_;
  Mounted mount_{store_};
};

TEST_F(AtTest, ShowsTheNamesAndBytesOfThen) {
  store_.Put("changed.txt", "old");
  store_.Put("dir/gone.txt", "gone");
  store_.SetTime(kSecond);
  store_.Put("changed.txt", "newer");
  store_.Put("new.txt", "new");
  store_.Hide("dir/gone.txt");
  Open();
  EXPECT_EQ(mount_.Text(At(kAfterFirst, "changed.txt")), "old");
  EXPECT_EQ(mount_.Text(At(kAfterFirst, "dir/gone.txt")), "gone");
  EXPECT_THAT(mount_.Names(At(kAfterFirst)).value(), ElementsAre("views", "changed.txt", "dir"));
  EXPECT_TRUE(absl::IsNotFound(mount_.At(At(kAfterFirst, "new.txt")).status()));
  EXPECT_EQ(mount_.Text(At(kAfterSecond, "changed.txt")), "newer");
  EXPECT_TRUE(absl::IsNotFound(mount_.At(At(kAfterSecond, "dir/gone.txt")).status()));
  // A directory may appear that had no files then (object_store.h).
  EXPECT_THAT(mount_.Names(At(kBeforeAll)).value(), ElementsAre("views", "dir"));
  EXPECT_THAT(mount_.Names(At(kBeforeAll, "dir")).value(), IsEmpty());
  EXPECT_EQ(mount_.Text("changed.txt"), "newer");
}

TEST_F(AtTest, FilesAreTheBucketsNodesAndDirectoriesAreNot) {
  store_.Put("dir/a.jpg", "image");
  Open();
  NodeAttr past = Attr(At(kAfterFirst, "dir/a.jpg"));
  EXPECT_TRUE(SameAttr(past, Attr("dir/a.jpg")));
  EXPECT_EQ(past.id.tree(), TreeNumber::kBucket);
  EXPECT_FALSE(Attr(At(kAfterFirst, "dir")).id == Attr("dir").id);
  EXPECT_EQ(Attr(At(kAfterFirst, "dir")).id.tree(), TreeNumber::kAt);
  EXPECT_FALSE(Attr(At(kAfterFirst, "dir")).id == Attr(At(kAfterSecond, "dir")).id);
}

TEST_F(AtTest, ListingsSayTheSameAsLookups) {
  store_.Put("dir/a.jpg", "image");
  store_.Put("dir/sub/b.txt", "text");
  Open();
  Paths paths;
  Walk(mount_.fs(), Attr(At(kAfterFirst)).id, At(kAfterFirst), paths);
  EXPECT_GE(paths.size(), 4u);
  for (const auto& [path, attr] : paths) {
    EXPECT_TRUE(SameAttr(attr, Attr(path))) << path;
    EXPECT_TRUE(SameAttr(attr, mount_.fs().Stat(attr.id, Soon()).value())) << path;
  }
}

TEST_F(AtTest, TheViewsAreThoseOfThen) {
  PutTask("a.xml", "a", "11.00");
  PutTask("b.xml", "b");
  store_.Put("a.jpg", "old image");
  store_.SetTime(kSecond);
  PutTask("a.xml", "a", "12.00");
  store_.Hide("b.xml");
  store_.Put("a.jpg", "newer image");
  Open();
  EXPECT_THAT(mount_.Names(At(kAfterFirst, "views")).value(), ElementsAre("a", "b", "README.txt"));
  EXPECT_THAT(mount_.Names("views").value(), ElementsAre("a", "README.txt"));
  EXPECT_THAT(mount_.Text(At(kAfterFirst, "views/a/by-frame/a.json")), HasSubstr("11"));
  EXPECT_THAT(mount_.Text("views/a/by-frame/a.json"), HasSubstr("12"));
  EXPECT_EQ(mount_.Text(At(kAfterFirst, "views/a/by-frame/a.jpg")), "old image");
  EXPECT_TRUE(
      SameAttr(Attr(At(kAfterFirst, "views/a/by-frame/a.jpg")), Attr(At(kAfterFirst, "a.jpg"))));
  EXPECT_THAT(mount_.Text(At(kAfterFirst, "views/README.txt")), HasSubstr("Datasets found: 2"));
}

TEST_F(AtTest, NoDirectoryOfAMomentIsThatOfAnother) {
  PutTask("a.xml", "a");
  store_.Put("a.jpg", "image");
  Open();
  std::map<uint64_t, std::string> directories;
  for (const std::string& root :
       {std::string(), At(kAfterFirst), At(kAfterSecond), At("2023-11-14T23:00Z")}) {
    Paths paths;
    Walk(mount_.fs(), Attr(root).id, root, paths);
    EXPECT_GE(paths.size(), 10u);
    for (const auto& [path, attr] : paths) {
      if (!attr.is_directory) continue;
      auto [known, is_new] = directories.emplace(attr.id.value, path);
      EXPECT_TRUE(is_new) << path << " is " << known->second;
    }
  }
}

TEST_F(AtTest, TheSameFilesHaveTheSameBytesAndTimesInEveryMoment) {
  PutTask("a.xml", "a");
  Open();
  for (absl::string_view path :
       {"views/a/by-frame/a.json", "views/a/yolo/data.yaml", "views/a/by-subset/default/a.tsv"}) {
    EXPECT_EQ(mount_.Text(At(kAfterFirst, path)), mount_.Text(path));
    EXPECT_EQ(Attr(At(kAfterFirst, path)).modified, Attr(path).modified);
  }
}

// Their nodes are places in a range of slots, which belongs to one moment.
TEST_F(AtTest, DirectoriesOfTermsAreThoseOfTheirMoment) {
  PutTask("a.xml", "a");
  store_.SetTime(kSecond);
  PutTask("a.xml", "a", "11.00");
  Open();
  const std::string path = "views/a/by-subset/default/a.tsv";
  EXPECT_THAT(mount_.Text(path), HasSubstr("\t11\t10\t9\t10\t"));
  EXPECT_THAT(mount_.Text(At(kAfterFirst, path)), HasSubstr("\t10\t10\t10\t10\t"));
  for (absl::string_view place : {"views/a/by-subset/default", "views/a/by-subset/default/a.tsv"}) {
    const NodeAttr then = Attr(At(kAfterFirst, place)), now = Attr(place);
    EXPECT_NE(then.id.value, now.id.value) << place;
    EXPECT_TRUE(SameAttr(mount_.fs().Stat(then.id, Soon()).value(), then)) << place;
  }
}

TEST_F(AtTest, AnnotationsThatWereReadAreNotReadAgainForAnotherTime) {
  PutTask("a.xml", "a");
  Open();
  (void)mount_.Text("views/a/by-frame/a.json");
  store_.ResetCounts();
  EXPECT_FALSE(mount_.Text(At(kAfterFirst, "views/a/by-frame/a.json")).empty());
  EXPECT_EQ(store_.gets(), 0);
}

TEST_F(AtTest, ViewsCostNothingUntilTheyAreTouched) {
  PutTask("a.xml", "a");
  Open();
  store_.ResetCounts();
  EXPECT_TRUE(mount_.At(At(kAfterFirst, "a.xml")).ok());
  EXPECT_EQ(store_.lists(), 1);
  EXPECT_EQ(store_.gets(), 0);
}

TEST_F(AtTest, NodesAreTheSameOnTheNextMountAndNothingIsListedAgain) {
  PutTask("a.xml", "a");
  store_.Put("dir/b.txt", "text");
  Open();
  std::vector<std::string> paths = {At(kAfterFirst), At(kAfterFirst, "dir"),
                                    At(kAfterFirst, "dir/b.txt"), At(kAfterFirst, "views"),
                                    At(kAfterFirst, "views/a/by-frame/a.json")};
  std::vector<NodeAttr> before;
  for (const std::string& path : paths) before.push_back(Attr(path));
  ASSERT_TRUE(mount_.Again().ok());
  (void)mount_.At(At(kAfterSecond));  // another one first
  store_.ResetCounts();
  for (size_t i = 0; i < paths.size(); ++i) {
    EXPECT_TRUE(SameAttr(Attr(paths[i]), before[i])) << paths[i];
  }
  EXPECT_EQ(store_.lists(), 0);
}

TEST_F(AtTest, OnlyWhatIsATimeIsAName) {
  Open();
  store_.ResetCounts();
  for (absl::string_view name : {"yesterday", "2023-13-01", "1969-01-01", "now", "x"}) {
    EXPECT_TRUE(absl::IsNotFound(mount_.At(At(name)).status())) << name;
  }
  EXPECT_EQ(store_.lists(), 0);
}

TEST_F(AtTest, ATimeToComeIsAnErrorThatTheKernelDoesNotKeep) {
  Open();
  absl::Status status = mount_.At(At("2999-01-01")).status();
  EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("future"));
}

TEST_F(AtTest, TheDirectoryIsFoundAndShowsWhatWasOpened) {
  Open();
  EXPECT_THAT(mount_.Names(".annofs/at").value(), IsEmpty());
  (void)Attr(At(kAfterSecond));
  (void)Attr(At(kAfterFirst));
  (void)mount_.At(At("x"));
  (void)Attr(At(kAfterSecond));
  EXPECT_THAT(mount_.Names(".annofs/at").value(), ElementsAre(kAfterSecond, kAfterFirst));
  EXPECT_THAT(mount_.Names(".annofs").value(),
              ElementsAre("problems.tsv", "stats.json", "status.json", "version"));
  EXPECT_TRUE(absl::IsNotFound(mount_.At(At(kAfterFirst, ".annofs")).status()));
}

TEST_F(AtTest, AStoreThatKeepsNoVersionsSaysSoAndIsAskedAgain) {
  store_.Put("a.txt", "x");
  Open();
  store_.RefuseTimes(absl::UnimplementedError("this store keeps no versions"));
  for (int i = 0; i < 2; ++i) {
    absl::Status status = mount_.At(At(kAfterFirst)).status();
    EXPECT_TRUE(absl::IsUnimplemented(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("keeps no versions"));
  }
  store_.RefuseTimes(absl::PermissionDeniedError("the key lacks listFileVersions"));
  EXPECT_TRUE(absl::IsPermissionDenied(mount_.At(At(kAfterFirst)).status()));
  EXPECT_THAT(mount_.Names(".annofs/at").value(), IsEmpty());
}

TEST_F(AtTest, AStoreThatFailsIsNeverAnAbsentName) {
  store_.Put("dir/a.txt", "x");
  Open();
  for (absl::Status error : {absl::NotFoundError("no bucket"), absl::UnavailableError("down")}) {
    store_.Fail(MemoryStore::Call::kList, error);
    absl::Status status = mount_.At(At(kAfterFirst)).status();
    EXPECT_FALSE(status.ok() || absl::IsNotFound(status)) << status;
  }
  (void)Attr(At(kAfterFirst));
  store_.Fail(MemoryStore::Call::kList, absl::NotFoundError("no bucket"));
  absl::Status status = mount_.At(At(kAfterFirst, "dir/a.txt")).status();
  EXPECT_FALSE(status.ok() || absl::IsNotFound(status)) << status;
  EXPECT_EQ(mount_.Text(At(kAfterFirst, "dir/a.txt")), "x");
}

// An import gives the source other rows; a mount that runs has its own, also in the past.
TEST_F(AtTest, AnImportMeanwhileDoesNotMixUpFiles) {
  store_.Put("dir/a.txt", "x");
  Open();
  store_.SetTime(kSecond);
  TempDir directory;
  auto other = OpenCacheDir({.path = directory / "c", .block_bytes = 16 << 20});
  ASSERT_TRUE(other.ok());
  store_.Put("0", "other content");
  store_.Put("dir/0", "other content");
  ASSERT_TRUE(BuildIndex(*other->catalog, store_, {}, [](const IndexProgress&) {}, {}).ok());
  const std::string file = directory / "index";
  ASSERT_TRUE(ExportIndex(*other->catalog, store_.identity(), file, [](uint64_t) {}).ok());
  ASSERT_TRUE(ImportIndex(*mount_.cache().catalog, store_.identity(), file, [](uint64_t) {}).ok());
  EXPECT_EQ(mount_.Text(At(kAfterFirst, "dir/a.txt")), "x");
}

TEST_F(AtTest, ThereAreManyTimesButNotEndlesslyMany) {
  EXPECT_EQ(kMaxMoments, 1024u);
  Counters counters;
  SlotOwners owners;
  std::unique_ptr<ObjectReader> reader =
      NewObjectReader(store_, *mount_.cache().blocks, counters, {.source = store_.identity()});
  auto present = OpenCatalog(*mount_.cache().catalog, store_, {});
  ASSERT_TRUE(present.ok()) << present.status();
  std::unique_ptr<AtTree> tree = NewAtTree({.lmdb = *mount_.cache().catalog,
                                            .present = **present,
                                            .store = store_,
                                            .reader = *reader,
                                            .owners = owners,
                                            .names = CatalogOptions::Names::kFresh,
                                            .most = 3});
  for (absl::string_view time : {"2023-11-01", "2023-11-02", "2023-11-03"}) {
    EXPECT_TRUE(tree->Lookup(kAtRoot, time, Soon()).ok()) << time;
  }
  absl::Status status = tree->Lookup(kAtRoot, kBeforeAll, Soon()).status();
  EXPECT_TRUE(absl::IsResourceExhausted(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("3 past times"));
  EXPECT_TRUE(tree->Lookup(kAtRoot, "2023-11-01", Soon()).ok());
}

TEST_F(AtTest, ATimeIsOpenedOnceHoweverManyAsk) {
  store_.Put("a.txt", "x");
  Open();
  store_.SetLatency(absl::Milliseconds(50));
  store_.ResetCounts();
  std::vector<std::thread> threads;
  for (int i = 0; i < 16; ++i) {
    threads.emplace_back([this] { EXPECT_TRUE(mount_.At(At(kAfterFirst, "a.txt")).ok()); });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_EQ(store_.lists(), 1);
  EXPECT_THAT(mount_.Names(".annofs/at").value(), ElementsAre(kAfterFirst));
}

TEST_F(AtTest, ANodeOfATimeThatThisMountHasNotShownIsStale) {
  Open();
  NodeId unknown = NodeId::Make(TreeNumber::kAt, 12345, uint32_t(kRootRow));
  EXPECT_TRUE(absl::IsAborted(mount_.fs().Stat(unknown, Soon()).status()));
  EXPECT_TRUE(absl::IsAborted(ListFrom(mount_.fs(), unknown, 0).status()));
  EXPECT_FALSE(mount_.Bytes(kAtRoot, {0, 1}).ok());
}

TEST_F(AtTest, WithoutViewsThereAreNoneInThePast) {
  PutTask("a.xml", "a");
  Open({.views = FilesystemOptions::Views::kLeftOut});
  EXPECT_THAT(mount_.Names(At(kAfterFirst)).value(), ElementsAre("a.xml"));
}

TEST_F(AtTest, ANameOfOursThatTheBucketHadIsNotShownAndReported) {
  store_.Put("views/x.txt", "x");
  store_.SetTime(kSecond);
  store_.Hide("views/x.txt");
  store_.Put("a.txt", "x");
  Open();
  EXPECT_THAT(mount_.Names(At(kAfterFirst)).value(), ElementsAre("views"));
  EXPECT_TRUE(absl::IsNotFound(mount_.At(At(kAfterFirst, "views/x.txt")).status()));
  EXPECT_THAT(mount_.Text(".annofs/problems.tsv"),
              HasSubstr(absl::StrCat(At(kAfterFirst, "views"), "\t")));
}

TEST_F(AtTest, AnOfflineMountShowsWhatWasListedOfATimeAndNoMore) {
  store_.Put("a.txt", "x");
  Open();
  EXPECT_EQ(mount_.Text(At(kAfterFirst, "a.txt")), "x");
  mount_.cache().blocks->Flush();
  ASSERT_TRUE(mount_.Again({.network = FilesystemOptions::Network::kOffline}).ok());
  store_.ResetCounts();
  EXPECT_EQ(mount_.Text(At(kAfterFirst, "a.txt")), "x");
  EXPECT_TRUE(absl::IsUnavailable(mount_.At(At(kAfterSecond)).status()));
  EXPECT_EQ(store_.lists() + store_.gets(), 0);
}

TEST_F(AtTest, AMountOfAPastTimeIsTheTreeOfThen) {
  PutTask("a.xml", "a", "11.00");
  store_.Put("gone.txt", "gone");
  store_.SetTime(kSecond);
  PutTask("a.xml", "a", "12.00");
  store_.Hide("gone.txt");
  Open({.at = kFirst + absl::Hours(1)});
  EXPECT_EQ(mount_.Text("gone.txt"), "gone");
  EXPECT_THAT(mount_.Text("views/a/by-frame/a.json"), HasSubstr("11"));
  EXPECT_THAT(mount_.Text(".annofs/status.json"), HasSubstr("\"past\""));
  EXPECT_THAT(mount_.Text(".annofs/status.json"), HasSubstr("2023-11-14T23:13:20Z"));
  EXPECT_TRUE(absl::IsNotFound(mount_.At(At(kAfterSecond, "gone.txt")).status()));
}

TEST_F(AtTest, AMountOfAPastTimeOfAStoreWithoutVersionsIsRefusedWithItsReason) {
  store_.RefuseTimes(absl::UnimplementedError("this store keeps no versions"));
  absl::Status status = mount_.Open({.at = kFirst});
  EXPECT_TRUE(absl::IsUnimplemented(status)) << status;
  EXPECT_THAT(std::string(status.message()), HasSubstr("keeps no versions"));
}

TEST(RowAttrTest, AnObjectIsMediaByItsOwnNameAlsoWhereItIsShownUnderAnother) {
  Row own{.id = 5, .name = "a.jpg"};
  Row shown{.id = 5, .name = "a.jpg.object", .key_name = "a.jpg"};
  EXPECT_EQ(RowAttr(own).links, 2u);
  EXPECT_TRUE(SameAttr(RowAttr(own), RowAttr(shown)));
  EXPECT_EQ(RowAttr({.id = 5, .name = "a.object", .key_name = "a"}).links, 1u);
}

TEST_F(AtTest, AnAsideHasOneSetOfAttributes) {
  store_.Put("a.jpg", "image");
  store_.Put("a.jpg/inner.txt", "x");
  Open();
  NodeAttr attr = Attr("a.jpg.object");
  EXPECT_EQ(attr.links, 2u);
  EXPECT_TRUE(SameAttr(attr, mount_.fs().Stat(attr.id, Soon()).value()));
}

}  // namespace
}  // namespace annofs::testing
