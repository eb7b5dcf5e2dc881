#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>

#include "tests/fs/fuse/mounted.h"

namespace annofs {
namespace {

using testing::FakeTree;
using testing::Mounted;
using testing::WaitUntil;
class LookupTest : public testing::MountTest {};

TEST_F(LookupTest, LookupsInOneDirectoryRunInParallel) {
  constexpr int kThreads = 16, kEach = 20;
  constexpr absl::Duration kDelay = absl::Milliseconds(10);
  FakeTree tree;
  for (int i = 0; i < kThreads * kEach; ++i)
    tree.AddFile(absl::StrCat("f", i), {.lookup_delay = kDelay});
  Mounted mount(tree);
  std::atomic<int> found{0};
  absl::Time start = absl::Now();
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&, t] {
      struct stat info;
      for (int i = 0; i < kEach; ++i)
        found += stat((mount / absl::StrCat("f", t * kEach + i)).c_str(), &info) == 0;
    });
  }
  for (std::thread& thread : threads) thread.join();
  absl::Duration taken = absl::Now() - start;
  std::printf("%d lookups of 10 ms from %d threads: %.0f/s\n", kThreads * kEach, kThreads,
              kThreads * kEach / absl::ToDoubleSeconds(taken));
  EXPECT_EQ(found, kThreads * kEach);
  EXPECT_LT(taken, kThreads * kEach * kDelay / 2);
}

TEST_F(LookupTest, FoundNamesAreAskedForOnce) {
  FakeTree tree;
  tree.AddFile("file", {.text = "x"});
  Mounted mount(tree);
  struct stat info;
  for (int i = 0; i < 5; ++i) EXPECT_EQ(stat((mount / "file").c_str(), &info), 0);
  EXPECT_EQ(tree.lookups, 1);
}

TEST_F(LookupTest, AbsentNamesAreAskedForOnce) {
  FakeTree tree;
  Mounted mount(tree);
  struct stat info;
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(stat((mount / "absent").c_str(), &info), -1);
    EXPECT_EQ(errno, ENOENT);
  }
  EXPECT_EQ(tree.lookups, 1);
}

TEST_F(LookupTest, AttributesAreThoseOfTheTree) {
  FakeTree tree;
  NodeId file = tree.AddFile("file", {.text = std::string(1000, 'x'), .links = 3});
  tree.AddDirectory(kRootNode, "directory");
  Mounted mount(tree, {.uid = 12, .gid = 34});
  struct stat info;
  ASSERT_EQ(stat((mount / "file").c_str(), &info), 0);
  EXPECT_EQ(info.st_ino, file.value);
  EXPECT_EQ(info.st_size, 1000);
  EXPECT_EQ(info.st_blocks, 2);
  EXPECT_EQ(info.st_blksize, 131072);
  EXPECT_EQ(info.st_nlink, 3u);
  EXPECT_EQ(info.st_mode, mode_t{S_IFREG | 0444});
  EXPECT_EQ(info.st_uid, 12u);
  EXPECT_EQ(info.st_gid, 34u);
  EXPECT_EQ(info.st_mtim.tv_sec, 1'600'000'000);
  EXPECT_EQ(info.st_mtim.tv_nsec, 123'456'789);
  ASSERT_EQ(stat((mount / "directory").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode, mode_t{S_IFDIR | 0555});
}

TEST_F(LookupTest, NothingCanBeChanged) {
  FakeTree tree;
  tree.AddFile("file", {.text = "x"});
  Mounted mount(tree);
  std::string file = mount / "file", absent = mount / "absent";
  auto is_read_only = [](int result) { return result == -1 && errno == EROFS; };
  EXPECT_TRUE(is_read_only(open(absent.c_str(), O_CREAT | O_WRONLY, 0600)));
  EXPECT_TRUE(is_read_only(open(file.c_str(), O_WRONLY)));
  EXPECT_TRUE(is_read_only(mkdir(absent.c_str(), 0700)));
  EXPECT_TRUE(is_read_only(unlink(file.c_str())));
  EXPECT_TRUE(is_read_only(chmod(file.c_str(), 0600)));
  EXPECT_TRUE(is_read_only(access(file.c_str(), W_OK)));
  EXPECT_EQ(access(file.c_str(), R_OK), 0);
}

TEST_F(LookupTest, ASignalInterruptsASlowLookup) {
  FakeTree tree;
  tree.AddFile("slow", {.lookup_delay = absl::Seconds(30)});
  Mounted mount(tree);
  struct sigaction old, handler{};
  handler.sa_handler = [](int) {};
  sigaction(SIGUSR1, &handler, &old);
  int result = 0, error = 0;
  absl::Time start = absl::Now();
  std::thread caller([&] {
    struct stat info;
    result = stat((mount / "slow").c_str(), &info);
    error = errno;
  });
  EXPECT_TRUE(WaitUntil([&] { return tree.waiting == 1; }));
  pthread_kill(caller.native_handle(), SIGUSR1);
  caller.join();
  sigaction(SIGUSR1, &old, nullptr);
  EXPECT_EQ(result, -1);
  EXPECT_EQ(error, EINTR);
  EXPECT_LT(absl::Now() - start, absl::Seconds(15));
}

TEST_F(LookupTest, PastItsDeadlineALookupFailsAndTheMountGoesOn) {
  FakeTree tree;
  tree.AddFile("slow", {.lookup_delay = absl::Seconds(4), .ignores_cancellation = true});
  tree.AddFile("file", {.text = "x"});
  Mounted mount(tree, {.timeout = absl::Milliseconds(300)});
  struct stat info;
  absl::Time start = absl::Now();
  EXPECT_EQ(stat((mount / "slow").c_str(), &info), -1);
  EXPECT_EQ(errno, EIO);
  EXPECT_LT(absl::Now() - start, absl::Seconds(3));
  EXPECT_TRUE(WaitUntil([&] { return mount.Count("errors") == 1; }));
  EXPECT_EQ(stat((mount / "file").c_str(), &info), 0);
}

TEST_F(LookupTest, NamesWithoutLifetimeReachTheTreeEachTimeAndAreForgotten) {
  FakeTree tree;
  tree.AddFile("status", {.text = "x", .lifetime = Lifetime::kNoEntry});
  Mounted mount(tree);
  struct stat first, second;
  ASSERT_EQ(stat((mount / "status").c_str(), &first), 0);
  ASSERT_EQ(stat((mount / "status").c_str(), &second), 0);
  EXPECT_NE(first.st_ino, second.st_ino);
  // The kernel asks twice for a name whose node has changed: for the dentry it has, and anew.
  EXPECT_EQ(tree.lookups, 3);
  EXPECT_TRUE(WaitUntil([&] { return tree.forgotten == 2; })) << tree.forgotten;
}

}  // namespace
}  // namespace annofs
