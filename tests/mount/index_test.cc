// `annofs index` and the mounts that use what it made, counted by the emulator.
#include <csignal>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kList[] = "b2_list_file_names";

class IndexMountTest : public MountTest {
 protected:
  // `annofs index` of the bucket, which must work; answers what it prints.
  ProcessResult Index(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), {"index", "b2://b", "--endpoint", emulator_->url()});
    ProcessResult result = Annofs(arguments);
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result;
  }
  // Everything below a directory with inodes and sizes.
  std::string Listing(const std::string& mnt) {
    return Sh("cd " + mnt + " && find . -printf '%p %i %s %T@\\n' | grep -v '^./views' | sort");
  }
};

TEST_F(IndexMountTest, AMountAfterAnIndexListsNothingAndSaysHowOldItIs) {
  for (int d = 0; d < 12; ++d) {
    for (int f = 0; f < 30; ++f) Write(absl::StrCat("bucket/d", d, "/f", f, ".txt"), "x");
  }
  Serve("bucket");
  const ProcessResult index = Index();
  EXPECT_THAT(index.err, HasSubstr("indexing b2://b: takes one list request for each 10,000"));
  EXPECT_THAT(index.out, HasSubstr("360 objects in 13 directories, 1 list requests"));
  EXPECT_EQ(Requests(kList), 1);
  EXPECT_THAT(Index().err, HasSubstr("takes 1 list requests for the 360 objects"));
  ResetCounters();
  mkdir(Path("mnt").c_str(), 0755);
  const std::string mnt = MountBucket();
  Sh("ls -lR " + mnt + "; find " + mnt + " >/dev/null");
  EXPECT_EQ(TrySh("stat " + mnt + "/d0/absent").exit_code, 1);
  EXPECT_EQ(Requests(kList), 0);
  EXPECT_THAT(Annofs({"status"}).out, HasSubstr("names     an index, "));
  EXPECT_THAT(Annofs({"status", "--json"}).out, HasSubstr("\"names\":{\"kind\":\"index\""));
}

TEST_F(IndexMountTest, TheAgeOfTheIndexIsSaidAndBounds) {
  Write("bucket/a", "a");
  Serve("bucket");
  Index();
  Write("bucket/b", "b");
  mkdir(Path("mnt").c_str(), 0755);
  const ProcessResult mounted =
      Annofs({"mount", "b2://b", Path("mnt"), "--endpoint", emulator_->url()});
  EXPECT_EQ(mounted.exit_code, 0) << mounted.err;
  EXPECT_THAT(mounted.err, HasSubstr("annofs: using the index of b2://b ("));
  EXPECT_THAT(mounted.err, HasSubstr("1 objects, snapshot "));
  Unmount(Path("mnt"));
  const std::string mnt = MountBucket({"--no-views", "--index-age", "0"});
  EXPECT_GT(Requests(kList), 1);
}

TEST_F(IndexMountTest, AnnotationsAreReadByTheIndexAndNotAgainByAMount) {
  MakeLightweightBucket();
  Serve("bucket");
  EXPECT_THAT(Index().out, HasSubstr("; 1 datasets"));
  ResetCounters();
  Sh("ls -R " + MountBucket() + "/views");
  EXPECT_EQ(Requests("b2_download_file_by_id"), 0);
}

TEST_F(IndexMountTest, AnIndexFileGivesAnotherCacheTheSameInodesWithoutAListRequest) {
  MakeLightweightBucket();
  Write("bucket/x/y/z.txt", "deep");
  Serve("bucket");
  Index();
  Index({"--export", Path("file")});
  const std::string here = Listing(MountBucket());
  Unmount(Path("mnt"));
  ResetCounters();
  const ProcessResult imported = Annofs({"index", "b2://b", "--import", Path("file"), "--cache",
                                         Path("cache2"), "--endpoint", emulator_->url()});
  EXPECT_EQ(imported.exit_code, 0) << imported.err;
  EXPECT_EQ(Requests("total"), 0);
  const std::string mnt =
      Mount("b2://b", "mnt", {"--cache", Path("cache2"), "--endpoint", emulator_->url()});
  EXPECT_EQ(Listing(mnt), here);
  Sh("ls -R " + mnt + "/views");
  EXPECT_EQ(Requests(kList), 0);
}

TEST_F(IndexMountTest, AnInterruptedIndexEndsInOrderAndTheNextOneGoesOn) {
  Sh("mkdir -p bucket/d && cd bucket/d && seq 100000 145000 | xargs touch");
  Serve("bucket");
  const std::vector<std::string> arguments = {
      "index", "b2://b", "--no-views", "--cache", Path("cache"), "--endpoint", emulator_->url()};
  std::vector<std::string> slow = arguments;
  slow.insert(slow.end(), {"--request-rate", "1"});
  std::unique_ptr<Process> process = StartAnnofs(slow);
  for (int i = 0; i < 300 && Requests(kList) < 3; ++i) absl::SleepFor(absl::Milliseconds(50));
  process->Signal(SIGINT);
  const absl::StatusOr<ProcessResult> ended = process->Wait();
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->exit_code, 1);
  EXPECT_THAT(ended->err, HasSubstr("interrupted: what was listed is kept"));
  EXPECT_EQ(ended->out, "");
  ResetCounters();
  const ProcessResult again = Index({"--no-views"});
  EXPECT_THAT(again.err, HasSubstr("going on with an interrupted index"));
  EXPECT_THAT(again.out, HasSubstr("45,001 objects in 2 directories"));
}

}  // namespace
}  // namespace annofs::testing
