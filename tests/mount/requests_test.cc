// What a mount costs at the store, counted by the emulator.
#include "absl/strings/str_cat.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

constexpr char kList[] = "b2_list_file_names";
constexpr char kGet[] = "b2_download_file_by_id";

class RequestsTest : public MountTest {
 protected:
  static constexpr int kImages = 25;  // and a larger one

  // A mount of images in the root; what was asked so far is forgotten.
  std::string MountImages() {
    Sh(absl::StrCat(
        "mkdir bucket && cd bucket && for i in $(seq ", kImages,
        "); do head -c 100000 /dev/urandom >$i.jpg; done; head -c 1048576 /dev/urandom >big.jpg"));
    Serve("bucket");
    std::string mnt = MountBucket({"--no-views"});
    ResetCounters();
    return mnt;
  }
};

TEST_F(RequestsTest, MountingTakesAtMostThree) {
  Write("bucket/a.txt", "a");
  Serve("bucket");
  MountBucket();
  EXPECT_LE(Requests("total"), 3);
}

TEST_F(RequestsTest, ListingEverythingTakesOneListPerDirectory) {
  constexpr int kDirectories = 12;
  for (int d = 0; d < kDirectories; ++d) {
    for (int f = 0; f < 30; ++f) Write(absl::StrCat("bucket/d", d, "/f", f, ".txt"), "x");
  }
  Serve("bucket");
  std::string mnt = MountBucket({"--no-views"});
  EXPECT_EQ(Requests(kList), 1);  // the root, at mount
  ResetCounters();
  Sh("ls -lR " + mnt);
  EXPECT_EQ(Requests(kList), kDirectories);
  EXPECT_EQ(Requests("total"), kDirectories);
  ResetCounters();
  Sh("ls -lR " + mnt);
  EXPECT_EQ(TrySh("stat " + mnt + "/d0/absent.npy").exit_code, 1);
  EXPECT_EQ(Requests("total"), 0);
}

TEST_F(RequestsTest, ADirectoryOverOnePageTakesOneListPerTenThousandNames) {
  Sh("mkdir -p bucket/big && cd bucket/big && seq 10500 | xargs touch");
  Serve("bucket");
  std::string mnt = MountBucket({"--no-views"});
  ResetCounters();
  EXPECT_EQ(Sh("ls " + mnt + "/big | wc -l"), "10500\n");
  EXPECT_EQ(Requests(kList), 2);
}

TEST_F(RequestsTest, EachImageIsFetchedOnce) {
  const std::string mnt = MountImages();
  Sh("cd " + mnt + " && for f in *.jpg; do cmp $f ../bucket/$f || exit 1; done");
  EXPECT_EQ(Requests(kGet), kImages + 1);
  EXPECT_EQ(Requests("total"), kImages + 1);
  ResetCounters();
  Sh("sync; echo 3 >/proc/sys/vm/drop_caches 2>/dev/null; cat " + mnt + "/*.jpg >/dev/null");
  EXPECT_EQ(Requests("total"), 0);

  Unmount(mnt);
  ResetCounters();
  MountBucket({"--no-views"});
  Sh("cat " + mnt + "/*.jpg >/dev/null");
  EXPECT_EQ(Requests(kGet), 0);
  EXPECT_EQ(Requests(kList), 1);  // a new snapshot lists what is touched

  Unmount(mnt);
  ResetCounters();
  MountBucket({"--no-views", "--offline"});
  Sh("ls -l " + mnt + " >/dev/null && cat " + mnt + "/*.jpg >/dev/null");
  EXPECT_EQ(Requests("total"), 0);
}

// What a trainer does with its images before and in its first epoch.
TEST_F(RequestsTest, HeadTailAndThenTheWholeOfAnImageTakeOneGet) {
  const std::string mnt = MountImages();
  Sh("cd " + mnt +
     " && for f in *.jpg; do cmp <(head -c 4096 $f) <(head -c 4096 ../bucket/$f) && cmp "
     "<(tail -c 2 $f) <(tail -c 2 ../bucket/$f) && ! test -e ${f%.jpg}.npy || exit 1; done");
  EXPECT_EQ(Requests("total"), kImages + 1);
  Sh("cd " + mnt + " && for f in *.jpg; do cmp $f ../bucket/$f || exit 1; done");
  EXPECT_EQ(Requests(kGet), kImages + 1);
  EXPECT_EQ(Requests("total"), kImages + 1);
}

TEST_F(RequestsTest, LabelsCostNothingAfterTheFirstTouch) {
  MakeLightweightBucket();
  Serve("bucket");
  std::string mnt = MountBucket();
  Sh("ls " + mnt + "/views/*/yolo >/dev/null");
  ResetCounters();
  Sh("find " + mnt +
     "/views -type f \\( -name '*.txt' -o -name '*.json' -o -name '*.tsv' -o -name '*.yaml' \\) "
     "-exec stat {} + -exec cat {} + >/dev/null");
  EXPECT_EQ(Requests("total"), 0);
  Unmount(mnt);
  ResetCounters();
  MountBucket();
  Sh("cat " + mnt + "/views/*/by-frame/a.tsv >/dev/null");
  EXPECT_EQ(Requests(kGet), 0);
}

TEST_F(RequestsTest, WhatWasReadSurvivesAKill) {
  Sh("mkdir bucket && cd bucket && for i in 1 2 3 4 5 6 7 8; do head -c 200000 /dev/urandom "
     ">$i.png; done");
  Serve("bucket");
  std::string mnt = Path("mnt");
  std::unique_ptr<Process> daemon = MountInForeground(mnt, {"--no-views"});
  Sh("cat " + mnt + "/*.png >/dev/null; sleep 1");
  daemon->Signal(SIGKILL);
  ASSERT_TRUE(daemon->Wait().ok());
  EXPECT_NE(TrySh("ls " + mnt).exit_code, 0);
  Unmount(mnt);
  ResetCounters();
  MountBucket({"--no-views"});
  Sh("cd " + mnt + " && for f in *.png; do cmp $f ../bucket/$f || exit 1; done");
  EXPECT_EQ(Requests(kGet), 0);
}

}  // namespace
}  // namespace annofs::testing
