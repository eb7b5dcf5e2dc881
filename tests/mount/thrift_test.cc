// What finding and looking at names on a real mount costs in list requests, exactly; with an index
// and following the bucket, too.
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

constexpr char kList[] = "b2_list_file_names";

class ThriftTest : public MountTest {
 protected:
  static constexpr int kDirectories = 1 + 6 + 6 * 2;  // the root among them
  static constexpr int kFiles = 6 * 2 * 20;

  void ServeTree() {
    for (int d = 0; d < 6; ++d) {
      for (int e = 0; e < 2; ++e) {
        for (int f = 0; f < 20; ++f) {
          Write(absl::StrCat("bucket/d", d, "/e", e, "/f", f, ".txt"), "x");
        }
      }
    }
    Serve("bucket");
  }

  int64_t FilesFound(const std::string& mnt) {
    int64_t files = 0;
    EXPECT_TRUE(absl::SimpleAtoi(Sh("find " + mnt + " -type f -printf '%s\\n' | wc -l"), &files));
    return files;
  }
};

TEST_F(ThriftTest, FindTakesOneListPerDirectoryAndAnotherNone) {
  ServeTree();
  ResetCounters();
  const std::string mnt = MountBucket({"--no-views"});
  EXPECT_EQ(FilesFound(mnt), kFiles);
  EXPECT_EQ(Requests(kList), kDirectories);
  ResetCounters();
  EXPECT_EQ(FilesFound(mnt), kFiles);
  Sh("ls -lR " + mnt + " >/dev/null");
  EXPECT_EQ(Requests("total"), 0);
}

TEST_F(ThriftTest, AbsentNamesTakeNothing) {
  ServeTree();
  const std::string mnt = MountBucket({"--no-views"});
  Sh("ls -lR " + mnt + " >/dev/null");
  ResetCounters();
  for (const char* name : {"absent", ".git", "d0/absent", "d0/e0/absent.npy", "d0/e0/f0.txt.json",
                           "d9/deep/below", "d0/e0/f0.txt.object"}) {
    EXPECT_EQ(TrySh(absl::StrCat("stat ", mnt, "/", name)).exit_code, 1) << name;
  }
  EXPECT_EQ(Requests("total"), 0);
}

TEST_F(ThriftTest, AMountAnewTakesTheSameAndAfterAnIndexNothing) {
  ServeTree();
  for (int i = 0; i < 2; ++i) {
    ResetCounters();
    const std::string mnt = MountBucket({"--no-views"});
    EXPECT_EQ(FilesFound(mnt), kFiles);
    EXPECT_EQ(Requests(kList), kDirectories);
    Unmount(mnt);
  }
  ResetCounters();
  const ProcessResult index =
      Annofs({"index", "b2://b", "--cache", Path("cache"), "--endpoint", emulator_->url()});
  ASSERT_EQ(index.exit_code, 0) << index.err;
  EXPECT_EQ(Requests(kList), 1);
  for (int i = 0; i < 2; ++i) {
    ResetCounters();
    const std::string mnt = MountBucket({"--no-views"});
    EXPECT_EQ(FilesFound(mnt), kFiles);
    EXPECT_EQ(TrySh("stat " + mnt + "/d0/absent").exit_code, 1);
    EXPECT_EQ(Requests(kList), 0);
    Unmount(mnt);
  }
}

// Three directories are in use: each is listed once in a period, and nothing else is asked.
TEST_F(ThriftTest, FollowingABucketThatDoesNotChangeTakesOneListPerDirectoryInUse) {
  constexpr int kInUse = 3;
  ServeTree();
  const std::string mnt = MountBucket({"--no-views", "--follow=1"});
  Sh("ls -l " + mnt + "/d0/e1 >/dev/null");
  ResetCounters();
  absl::SleepFor(absl::Milliseconds(3500));
  // Away from the lists of a period that is under way.
  int64_t lists = Requests(kList);
  for (int i = 0; i < 50 && lists % kInUse != 0; ++i) {
    absl::SleepFor(absl::Milliseconds(20));
    lists = Requests(kList);
  }
  EXPECT_EQ(lists % kInUse, 0);
  EXPECT_GE(lists, 2 * kInUse);
  EXPECT_LE(lists, 5 * kInUse);
  EXPECT_EQ(Requests("total"), Requests(kList));
}

}  // namespace
}  // namespace annofs::testing
