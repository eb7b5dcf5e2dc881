// Ordinary tools on a mount: what they read is right, and what they may not do is refused.
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_split.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

class ToolsTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    MakeLightweightBucket();
    Serve("bucket");
    mnt_ = MountBucket();
    dataset_ = mnt_ + "/views/" + Sh("ls -p " + mnt_ + "/views | grep / | head -1");
    while (!dataset_.empty() && (dataset_.back() == '\n' || dataset_.back() == '/'))
      dataset_.pop_back();
  }
  std::vector<std::string> AllFiles() {
    return absl::StrSplit(Sh("find '" + mnt_ + "' -type f"), '\n', absl::SkipEmpty());
  }
  std::string mnt_, dataset_;
};

TEST_F(ToolsTest, AnImageIsOneInodeUnderEveryName) {
  std::string inodes = Sh("cd '" + dataset_ +
                          "' && stat -c %i ../../a.jpg by-frame/a.jpg by-class/*/a.jpg "
                          "yolo/images/*/a.jpg | sort -u | wc -l");
  EXPECT_EQ(inodes, "1\n");
  EXPECT_GE(std::stoi(Sh("find '" + mnt_ + "' -samefile '" + mnt_ + "/a.jpg' | wc -l")), 4);
  EXPECT_EQ(Sh("stat -c %h '" + mnt_ + "/a.jpg'"), "2\n");
  EXPECT_EQ(Sh("stat -c %h '" + dataset_ + "/by-frame/a.json'"), "1\n");
}

TEST_F(ToolsTest, SizesAreTheBytesRead) {
  for (const std::string& path : AllFiles()) {
    struct stat info;
    ASSERT_EQ(stat(path.c_str(), &info), 0) << path;
    EXPECT_EQ(size_t(info.st_size), Read(path).size()) << path;
    EXPECT_EQ(info.st_blksize, 131072);
    EXPECT_EQ(info.st_blocks, (info.st_size + 511) / 512);
  }
}

TEST_F(ToolsTest, EveryFileCanBeMappedAndReadFromItsEnd) {
  for (const std::string& path : AllFiles()) {
    std::string text = Read(path);
    if (text.size() < 2) continue;
    int fd = open(path.c_str(), O_RDONLY);
    ASSERT_GE(fd, 0) << path;
    absl::Cleanup closer = [fd] { close(fd); };
    for (int flags : {MAP_PRIVATE, MAP_SHARED}) {
      void* map = mmap(nullptr, text.size(), PROT_READ, flags, fd, 0);
      ASSERT_NE(map, MAP_FAILED) << path;
      EXPECT_EQ(absl::string_view(static_cast<char*>(map), text.size()), text) << path;
      munmap(map, text.size());
    }
    char end[2];
    ASSERT_EQ(lseek(fd, -2, SEEK_END), off_t(text.size()) - 2) << path;
    ASSERT_EQ(read(fd, end, 2), 2) << path;
    EXPECT_EQ(absl::string_view(end, 2), absl::string_view(text).substr(text.size() - 2)) << path;
  }
}

TEST_F(ToolsTest, TarCpAndRsyncCopyTheTree) {
  std::string list = "cd '" + dataset_ + "' && find . -type f -exec sha256sum {} + | sort -k2";
  std::string sums = Sh(list);
  EXPECT_GT(sums.size(), 1000u);
  auto sums_in = [&](const std::string& copy) {
    return Sh("cd " + copy + " && find . -type f -exec sha256sum {} + | sort -k2");
  };
  Sh("mkdir t && tar -C '" + dataset_ + "' -cf - . | tar -C t -xf -");
  EXPECT_EQ(sums_in("t"), sums);
  Sh("cp -a '" + dataset_ + "' c");
  EXPECT_EQ(sums_in("c"), sums);
  Sh("rsync -a '" + dataset_ + "/' r/");
  EXPECT_EQ(sums_in("r"), sums);
}

TEST_F(ToolsTest, GrepAndFindNewerSeeEverything) {
  EXPECT_NE(Sh("grep -rl car '" + dataset_ + "/by-frame' | head -1"), "");
  Sh("touch -d 2001-01-01 old");
  std::string all = Sh("find '" + dataset_ + "' -type f | wc -l");
  EXPECT_EQ(Sh("find '" + dataset_ + "' -type f -newer old | wc -l"), all);
}

TEST_F(ToolsTest, NothingCanBeWritten) {
  ProcessResult touch = TrySh("touch '" + mnt_ + "/new'");
  EXPECT_NE(touch.exit_code, 0);
  EXPECT_NE(touch.err.find("Read-only file system"), std::string::npos) << touch.err;
  for (const std::string& path : {mnt_, mnt_ + "/a.jpg", dataset_ + "/yolo/labels"}) {
    EXPECT_EQ(access(path.c_str(), W_OK), -1) << path;
    EXPECT_EQ(errno, EROFS) << path;
  }
}

TEST_F(ToolsTest, TheControlDirectoryIsFoundByNameOnly) {
  EXPECT_EQ(Sh("ls -a '" + mnt_ + "' | grep -c annofs; true"), "0\n");
  std::string status = Read(mnt_ + "/.annofs/status.json");
  EXPECT_NE(status.find("b2://b"), std::string::npos) << status;
  EXPECT_EQ(status.find(emulator_->key()), std::string::npos);
}

TEST_F(ToolsTest, TwoMountsOfOneCacheShowTheSame) {
  std::string print = "find . -printf '%P %i %s %T@ %m\\n' | sort";
  std::string first = Sh("cd '" + mnt_ + "' && " + print);
  Unmount(mnt_);
  MountBucket();
  EXPECT_EQ(Sh("cd '" + mnt_ + "' && " + print), first);
}

}  // namespace
}  // namespace annofs::testing
