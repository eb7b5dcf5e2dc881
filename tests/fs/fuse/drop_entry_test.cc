// Names that change while the kernel remembers them.
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>

#include "tests/fs/fuse/mounted.h"

namespace annofs {
namespace {

using testing::FakeTree;
using testing::Mounted;
using testing::WaitUntil;

// The inode of a path; 0 if there is none.
uint64_t InodeOf(const std::string& path) {
  struct stat info;
  return stat(path.c_str(), &info) == 0 ? info.st_ino : 0;
}

// What a descriptor reads from its start.
std::string Bytes(int file) {
  std::string text(100, '\0');
  ssize_t got = pread(file, text.data(), text.size(), 0);
  text.resize(size_t(std::max<ssize_t>(got, 0)));
  return got < 0 ? strerror(errno) : text;
}

std::string BytesOf(const std::string& path) {
  int file = open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return strerror(errno);
  std::string text = Bytes(file);
  close(file);
  return text;
}

class DropEntryTest : public testing::MountTest {};

TEST_F(DropEntryTest, AChangedNameIsKeptUntilItIsDroppedAndThenAskedForAgain) {
  FakeTree tree;
  tree.AddFile("file", {.text = "old"});
  Mounted mount(tree);
  EXPECT_EQ(BytesOf(mount / "file"), "old");
  NodeId changed = tree.AddFile("file", {.text = "newer"});
  EXPECT_EQ(BytesOf(mount / "file"), "old");
  mount.session().DropEntry(kRootNode, "file");
  EXPECT_EQ(InodeOf(mount / "file"), changed.value);
  EXPECT_EQ(BytesOf(mount / "file"), "newer");
}

TEST_F(DropEntryTest, ANameThatWasAbsentIsFound) {
  FakeTree tree;
  Mounted mount(tree);
  EXPECT_EQ(InodeOf(mount / "file"), 0u);
  NodeId file = tree.AddFile("file", {.text = "x"});
  EXPECT_EQ(InodeOf(mount / "file"), 0u);
  mount.session().DropEntry(kRootNode, "file");
  EXPECT_EQ(InodeOf(mount / "file"), file.value);
}

TEST_F(DropEntryTest, ARemovedDirectoryGoesWithAllBelowIt) {
  FakeTree tree;
  NodeId top = tree.AddDirectory(kRootNode, "top");
  NodeId inner = tree.AddDirectory(top, "inner");
  tree.AddFile("file", {.text = "x"}, inner);
  Mounted mount(tree);
  EXPECT_EQ(BytesOf(mount / "top/inner/file"), "x");
  tree.Remove(kRootNode, "top");
  mount.session().DropEntry(kRootNode, "top");
  EXPECT_EQ(InodeOf(mount / "top/inner/file"), 0u);
  EXPECT_EQ(errno, ENOENT);
  EXPECT_EQ(InodeOf(mount / "top"), 0u);
}

TEST_F(DropEntryTest, AnOpenFileKeepsItsBytes) {
  FakeTree tree;
  tree.AddFile("file", {.text = "old"});
  Mounted mount(tree);
  int file = open((mount / "file").c_str(), O_RDONLY | O_CLOEXEC);
  ASSERT_GE(file, 0);
  tree.AddFile("file", {.text = "newer"});
  mount.session().DropEntry(kRootNode, "file");
  EXPECT_EQ(BytesOf(mount / "file"), "newer");
  EXPECT_EQ(Bytes(file), "old");
  close(file);
}

TEST_F(DropEntryTest, ANameThatTheKernelNeverHeardOfIsNoError) {
  FakeTree tree;
  NodeId directory = tree.AddDirectory(kRootNode, "directory");
  Mounted mount(tree);
  mount.session().DropEntry(kRootNode, "unknown");  // perhaps before the first request
  EXPECT_EQ(InodeOf(mount / "directory"), directory.value);
  mount.session().DropEntry(kRootNode, "unknown");
  mount.session().DropEntry(directory, "unknown");
  EXPECT_EQ(InodeOf(mount / "directory"), directory.value);
}

// A stalled lookup holds its directory, and a drop waits for it in the kernel.
class StalledDropTest : public DropEntryTest {
 protected:
  void SetUp() override {
    DropEntryTest::SetUp();
    if (IsSkipped()) return;
    tree_.AddFile("file", {.text = "x"});
    tree_.AddFile("slow", {.lookup_delay = absl::Seconds(60)});
    mount_.emplace(tree_);
    EXPECT_NE(InodeOf(*mount_ / "file"), 0u);
    lookup_ = std::thread([this] { EXPECT_EQ(InodeOf(*mount_ / "slow"), 0u); });
    EXPECT_TRUE(WaitUntil([this] { return tree_.waiting == 1; }));
    drop_ = std::thread([this] {
      mount_->session().DropEntry(kRootNode, "file");
      dropped_ = true;
    });
    absl::SleepFor(absl::Milliseconds(200));
  }
  void TearDown() override {
    if (lookup_.joinable()) lookup_.join();
    if (drop_.joinable()) drop_.join();
  }

  FakeTree tree_;
  std::optional<Mounted> mount_;
  std::thread lookup_, drop_;
  std::atomic<bool> dropped_{false};
};

TEST_F(StalledDropTest, TheSessionStillStops) {
  EXPECT_FALSE(dropped_);
  absl::Time begin = absl::Now();
  mount_->session().Stop();
  EXPECT_TRUE(WaitUntil([this] { return dropped_.load(); }));
  EXPECT_TRUE(mount_->Join().ok());
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
  EXPECT_TRUE(std::filesystem::is_empty(mount_->path()));
}

TEST_F(StalledDropTest, TheSessionStopsAlsoWithMoreLookupsBehindIt) {
  std::vector<std::thread> more;
  for (int i = 0; i < 8; ++i) {
    more.emplace_back([this, i] { (void)InodeOf(*mount_ / absl::StrCat("absent", i)); });
  }
  absl::SleepFor(absl::Milliseconds(100));
  absl::Time begin = absl::Now();
  mount_->session().Stop();
  EXPECT_TRUE(mount_->Join().ok());
  for (std::thread& thread : more) thread.join();
  EXPECT_LT(absl::Now() - begin, absl::Seconds(10));
}

TEST_F(DropEntryTest, WhatIsDroppedLastIsSeenHoweverManyLookAtIt) {
  constexpr int kChanges = 300;
  FakeTree tree;
  tree.AddFile("file", {.text = "0", .lookup_delay = absl::Milliseconds(1)});
  Mounted mount(tree);
  std::atomic<bool> ended{false};
  std::vector<std::thread> readers;
  for (int i = 0; i < 8; ++i) {
    readers.emplace_back([&, i] {
      for (int round = 0; !ended; ++round) {
        EXPECT_NE(InodeOf(mount / "file"), 0u);
        (void)InodeOf(mount / absl::StrCat("absent-", i, "-", round));
      }
    });
  }
  NodeId last;
  for (int i = 1; i <= kChanges; ++i) {
    last = tree.AddFile("file", {.text = absl::StrCat(i), .lookup_delay = absl::Milliseconds(1)});
    mount.session().DropEntry(kRootNode, "file");
    EXPECT_EQ(InodeOf(mount / "file"), last.value);
  }
  ended = true;
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(BytesOf(mount / "file"), absl::StrCat(kChanges));
}

TEST_F(DropEntryTest, OnceStoppedNothingIsDropped) {
  FakeTree tree;
  tree.AddFile("file", {.text = "x"});
  Mounted mount(tree);
  EXPECT_NE(InodeOf(mount / "file"), 0u);
  mount.session().Stop();
  mount.session().DropEntry(kRootNode, "file");
  EXPECT_TRUE(mount.Join().ok());
  mount.session().DropEntry(kRootNode, "file");
}

}  // namespace
}  // namespace annofs
