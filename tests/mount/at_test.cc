// `.annofs/at/<TIME>` and `--at TIME` on a mount of a bucket that another client has written to.
#include <sys/stat.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/mount/bucket_mount_test.h"

namespace annofs::testing {
namespace {

class AtMountTest : public BucketMountTest {
 protected:
  void SetUp() override {
    BucketMountTest::SetUp();
    if (IsSkipped() || HasFatalFailure()) return;
    WriteHistory();
  }

  // Two states of the bucket; `time_` lies between them.
  void WriteHistory() {
    Put("changed.txt", "old");
    Put("dir/hidden.txt", "was here");
    Put("a.xml", ImagesXml("11.00"));
    Put("a.jpg", "old image");
    absl::SleepFor(absl::Milliseconds(50));
    time_ = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
    absl::SleepFor(absl::Milliseconds(50));
    Put("changed.txt", "newer");
    Put("dir/new.txt", "new");
    Put("a.xml", ImagesXml("12.00"));
    Put("a.jpg", "newer image");
    ASSERT_TRUE(bucket_->Hide("dir/hidden.txt").ok());
  }
  // Of a mount, or of its directory of that time.
  void ExpectOld(const std::string& root) {
    EXPECT_EQ(Read(root + "/changed.txt"), "old");
    EXPECT_EQ(Sh("ls " + root + "/dir"), "hidden.txt\n");
    EXPECT_EQ(Read(root + "/dir/hidden.txt"), "was here");
    EXPECT_TRUE(absl::StrContains(Read(root + "/views/street/by-frame/a.json"), "11"));
    EXPECT_EQ(Read(root + "/views/street/by-frame/a.jpg"), "old image");
  }
  void ExpectNew(const std::string& root) {
    EXPECT_EQ(Read(root + "/changed.txt"), "newer");
    EXPECT_EQ(Sh("ls " + root + "/dir"), "new.txt\n");
    EXPECT_TRUE(absl::StrContains(Read(root + "/views/street/by-frame/a.json"), "12"));
    EXPECT_EQ(Read(root + "/views/street/by-frame/a.jpg"), "newer image");
  }

  std::string time_;
};

TEST_F(AtMountTest, APastTimeAndThePresentStandSideBySide) {
  std::string mnt = MountBucket();
  const std::string then = absl::StrCat(mnt, "/.annofs/at/", time_);
  ExpectOld(then);
  ExpectNew(mnt);
  ExpectOld(then);
  EXPECT_EQ(Sh("ls " + then), "a.jpg\na.xml\nchanged.txt\ndir\nviews\n");
  EXPECT_EQ(Sh("ls " + mnt + "/.annofs/at"), time_ + "\n");
}

TEST_F(AtMountTest, ADirectoryOfThePastIsNeverMovedToThePresent) {
  std::string mnt = MountBucket();
  const std::string then = absl::StrCat(mnt, "/.annofs/at/", time_);
  // A shell that stands in one directory while the other is looked up.
  for (const std::string inner : {"dir", "views/street/by-frame", "views/street/yolo/labels"}) {
    EXPECT_EQ(Sh(absl::StrCat("cd ", then, "/", inner, " && ls ", mnt, "/", inner,
                              " >/dev/null && pwd -P && ls .. >/dev/null && pwd -P")),
              absl::StrCat(then, "/", inner, "\n", then, "/", inner, "\n"));
  }
}

TEST_F(AtMountTest, WhatIsTheSameIsOneInode) {
  Put("same.jpg", "image");
  absl::SleepFor(absl::Milliseconds(50));
  std::string mnt = MountBucket();
  std::string now = absl::FormatTime("%Y-%m-%dT%H:%M:%E3SZ", absl::Now(), absl::UTCTimeZone());
  EXPECT_EQ(Sh(absl::StrCat("stat -c %i ", mnt, "/same.jpg")),
            Sh(absl::StrCat("stat -c %i ", mnt, "/.annofs/at/", now, "/same.jpg")));
}

TEST_F(AtMountTest, WhatIsNoTimeOrIsToComeIsRefused) {
  std::string mnt = MountBucket();
  struct stat info;
  EXPECT_EQ(stat((mnt + "/.annofs/at/yesterday").c_str(), &info), -1);
  EXPECT_EQ(errno, ENOENT);
  EXPECT_EQ(stat((mnt + "/.annofs/at/2999-01-01").c_str(), &info), -1);
  EXPECT_EQ(errno, EINVAL);
}

TEST_F(AtMountTest, ADirectoryAsSourceSaysThatItKeepsNoVersions) {
  Write("local/a.txt", "x");
  std::string mnt = Mount(Path("local"));
  struct stat info;
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(stat((mnt + "/.annofs/at/2026-01-01").c_str(), &info), -1);
    EXPECT_EQ(errno, ENOSYS);
  }
  EXPECT_TRUE(absl::StrContains(Read(Path("cache/annofs.log")), "versions"));
  EXPECT_EQ(Read(mnt + "/a.txt"), "x");
}

TEST_F(AtMountTest, AWholeMountOfAPastTime) {
  std::string mnt = MountBucket({"--at", time_});
  ExpectOld(mnt);
  EXPECT_TRUE(absl::StrContains(Read(mnt + "/.annofs/status.json"), "\"past\""));
  Unmount(mnt);
  mnt = MountBucket();
  ExpectNew(mnt);
}

TEST_F(AtMountTest, APastTimeIsListedOnceHoweverOftenItIsMounted) {
  std::string mnt = MountBucket({"--at", time_});
  ExpectOld(mnt);
  EXPECT_GT(Requests("b2_list_file_versions"), 0);
  EXPECT_EQ(Requests("b2_list_file_names"), 0);
  Unmount(mnt);
  ResetCounters();
  mnt = MountBucket({"--at", time_});
  ExpectOld(mnt);
  EXPECT_EQ(Requests("b2_list_file_versions"), 0);
  EXPECT_EQ(Requests("b2_list_file_names"), 0);
  EXPECT_EQ(Requests("b2_download_file_by_id"), 0);
}

}  // namespace
}  // namespace annofs::testing
