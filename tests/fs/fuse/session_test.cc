#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>

#include "tests/fs/fuse/mounted.h"

namespace annofs {
namespace {

using testing::FakeTree;
using testing::Mounted;
using testing::TempDir;
using testing::WaitUntil;
class SessionTest : public testing::MountTest {};

size_t CountOf(const std::string& directory) {
  size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory))
    count += !entry.path().empty();
  return count;
}

std::string FirstLine(const std::string& path) {
  std::ifstream file(path);
  std::string line;
  std::getline(file, line);
  return line;
}

// What a reader may get from a mount that goes: our answer, or the kernel's to the page it asks for
// again after that.
bool IsGone(int error) { return error == EIO || error == ENOTCONN || error == ECONNABORTED; }

// "major:minor" of a mount.
std::string DeviceOf(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return "";
  return absl::StrCat(major(info.st_dev), ":", minor(info.st_dev));
}

TEST_F(SessionTest, TheMountNamesItsTypeAndSource) {
  FakeTree tree;
  Mounted mount(tree, {.source_name = "b2://a,b\\c"});
  std::ifstream mounts("/proc/self/mountinfo");
  std::string line, found;
  while (std::getline(mounts, line))
    if (line.find(mount.path()) != std::string::npos) found = line;
  EXPECT_NE(found.find(" - fuse.annofs b2://a,b\\134c ro,"), std::string::npos) << found;
  EXPECT_NE(found.find("default_permissions"), std::string::npos) << found;
}

TEST_F(SessionTest, TheKernelSendsManyBackgroundRequests) {
  FakeTree tree;
  Mounted mount(tree);
  std::string device = DeviceOf(mount.path());
  std::string connections = "/sys/fs/fuse/connections";
  bool mounted_here = std::filesystem::is_empty(connections) &&
                      ::mount("none", connections.c_str(), "fusectl", 0, nullptr) == 0;
  std::string minor = device.substr(device.find(':') + 1);
  EXPECT_EQ(FirstLine(absl::StrCat(connections, "/", minor, "/max_background")), "4096");
  EXPECT_EQ(FirstLine(absl::StrCat(connections, "/", minor, "/congestion_threshold")), "3072");
  if (mounted_here) umount2(connections.c_str(), MNT_DETACH);
}

TEST_F(SessionTest, TheKernelReadsAheadOneMebibyte) {
  FakeTree tree;
  Mounted mount(tree);
  std::string setting = absl::StrCat("/sys/class/bdi/", DeviceOf(mount.path()), "/read_ahead_kb");
  if (access(setting.c_str(), W_OK) != 0) GTEST_SKIP() << setting << " cannot be written here";
  EXPECT_EQ(FirstLine(setting), "1024");
}

TEST_F(SessionTest, APathThroughALinkAndWithSpacesIsAsGoodAsAnother) {
  TempDir directory;
  std::filesystem::create_directory(directory / "with space");
  std::filesystem::create_symlink("with space", directory / "link");
  FakeTree tree;
  Counters counters;
  auto session = MountSession(tree, counters,
                              {.mountpoint = directory / "link/", .source_name = "b2://bucket"});
  ASSERT_TRUE(session.ok()) << session.status();
  std::thread run([&] { EXPECT_TRUE((*session)->Run().ok()); });
  std::string device = DeviceOf(directory / "with space");
  std::string readahead = FirstLine(absl::StrCat("/sys/class/bdi/", device, "/read_ahead_kb"));
  (*session)->Stop();
  run.join();
  session->reset();
  bool may_raise = access("/sys/class/bdi", W_OK) == 0;
  EXPECT_EQ(readahead, may_raise ? "1024" : "128");
  EXPECT_TRUE(std::filesystem::is_empty(directory / "with space"));
}

TEST_F(SessionTest, StopAnswersParkedReadsAndTakesTheMountDown) {
  FakeTree tree;
  for (int i = 0; i < 20; ++i)
    tree.AddFile(absl::StrCat("slow", i), {.text = "x", .read_delay = absl::Seconds(60)});
  Mounted mount(tree);
  std::atomic<int> refused{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 20; ++i) {
    readers.emplace_back([&, i] {
      int file = open((mount / absl::StrCat("slow", i)).c_str(), O_RDONLY | O_CLOEXEC);
      char byte;
      if (read(file, &byte, 1) == -1 && IsGone(errno)) ++refused;
      close(file);
    });
  }
  EXPECT_TRUE(WaitUntil([&] { return tree.waiting == 20; }));
  absl::Time start = absl::Now();
  mount.session().Stop();
  EXPECT_TRUE(mount.Join().ok());
  for (std::thread& reader : readers) reader.join();
  EXPECT_EQ(refused, 20);
  EXPECT_LT(absl::Now() - start, absl::Seconds(10));
  EXPECT_TRUE(std::filesystem::is_empty(mount.path()));
}

TEST_F(SessionTest, StopAnswersReadsThatIgnoreIt) {
  FakeTree tree;
  tree.AddFile("slow", {.text = "x", .read_delay = absl::Seconds(3), .ignores_cancellation = true});
  Mounted mount(tree);
  int error = 0;
  std::thread reader([&] {
    int file = open((mount / "slow").c_str(), O_RDONLY | O_CLOEXEC);
    char byte;
    if (read(file, &byte, 1) == -1) error = errno;
    close(file);
  });
  EXPECT_TRUE(WaitUntil([&] { return tree.waiting == 1; }));
  mount.session().Stop();
  reader.join();
  EXPECT_EQ(tree.waiting, 1);
  EXPECT_TRUE(IsGone(error)) << error;
}

TEST_F(SessionTest, AnUnmountFromOutsideEndsIt) {
  FakeTree tree;
  tree.AddFile("file", {.text = "x"});
  Mounted mount(tree);
  EXPECT_TRUE(WaitUntil([&] { return access((mount / "file").c_str(), R_OK) == 0; }));
  EXPECT_EQ(umount2(mount.path().c_str(), 0), 0);
  EXPECT_TRUE(mount.Join().ok());
}

TEST_F(SessionTest, StoppedBeforeItRunsItEndsAtOnce) {
  FakeTree tree;
  Counters counters;
  TempDir directory;
  auto session =
      MountSession(tree, counters, {.mountpoint = directory.path(), .source_name = "b2://bucket"});
  ASSERT_TRUE(session.ok()) << session.status();
  (*session)->Stop();
  (*session)->Stop();
  EXPECT_TRUE((*session)->Run().ok());
  session->reset();
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST_F(SessionTest, NeverRunItUnmountsWhenItGoes) {
  FakeTree tree;
  Counters counters;
  TempDir directory;
  auto session =
      MountSession(tree, counters, {.mountpoint = directory.path(), .source_name = "b2://bucket"});
  ASSERT_TRUE(session.ok()) << session.status();
  session->reset();
  EXPECT_TRUE(std::filesystem::is_empty(directory.path()));
}

TEST_F(SessionTest, TwoInOneProcess) {
  FakeTree one, two;
  one.AddFile("one", {.text = "1"});
  two.AddFile("two", {.text = "2"});
  Mounted first(one), second(two);
  EXPECT_EQ(access((first / "one").c_str(), R_OK), 0);
  EXPECT_EQ(access((second / "two").c_str(), R_OK), 0);
  first.Stop();
  EXPECT_EQ(access((second / "two").c_str(), R_OK), 0);
  struct stat info;
  EXPECT_EQ(stat((second / "absent").c_str(), &info), -1);
  EXPECT_EQ(errno, ENOENT);
}

TEST_F(SessionTest, LeavesNoDescriptorAndNoThread) {
  FakeTree tree;
  tree.AddFile("slow", {.text = "x", .lookup_delay = absl::Milliseconds(5)});
  auto cycle = [&tree] {
    Mounted mount(tree);
    struct stat info;
    EXPECT_EQ(stat((mount / "slow").c_str(), &info), 0);
  };
  cycle();  // what a process opens once
  size_t files = CountOf("/proc/self/fd"), threads = CountOf("/proc/self/task");
  for (int i = 0; i < 5; ++i) cycle();
  EXPECT_EQ(CountOf("/proc/self/fd"), files);
  EXPECT_TRUE(WaitUntil([&] { return CountOf("/proc/self/task") <= threads; }));
}

std::string MountError(const std::string& mountpoint) {
  FakeTree tree;
  Counters counters;
  return std::string(
      MountSession(tree, counters, {.mountpoint = mountpoint, .source_name = "b2://bucket"})
          .status()
          .message());
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_F(SessionTest, AMountpointThatCannotBeUsedIsNamedWithTheRemedy) {
  TempDir directory;
  std::string missing = directory / "missing", file = directory / "file";
  EXPECT_TRUE(Contains(MountError(missing), missing + ": does not exist")) << MountError(missing);
  std::ofstream(file) << "x";
  EXPECT_TRUE(Contains(MountError(file), "is not a directory")) << MountError(file);
  EXPECT_TRUE(Contains(MountError(directory.path()), "is not empty"));
}

TEST_F(SessionTest, AMountpointInUseIsRefused) {
  FakeTree tree;
  Mounted mount(tree);
  EXPECT_TRUE(Contains(MountError(mount.path()), "annofs umount")) << MountError(mount.path());
}

TEST_F(SessionTest, AMountWhoseDaemonDiedIsNamed) {
  TempDir directory;
  int device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  std::string options = absl::StrCat("fd=", device, ",rootmode=40000,user_id=0,group_id=0");
  ASSERT_EQ(mount("dead", directory.path().c_str(), "fuse", 0, options.c_str()), 0);
  close(device);
  std::string error = MountError(directory.path());
  umount2(directory.path().c_str(), MNT_DETACH);
  EXPECT_TRUE(Contains(error, "fusermount3 -u -z " + directory.path())) << error;
}

}  // namespace
}  // namespace annofs
