// Mounts whose daemon was killed ("Transport endpoint is not connected"): told without touching
// them, and taken down by the next `annofs mount`.
#include <fcntl.h>
#include <signal.h>
#include <sys/mount.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "tests/mount/mount_test_base.h"
#include "tools/dead_mounts.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

class DeadMountTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    Write("bucket/a", "a");
    Serve("bucket");
  }
  void TearDown() override {
    MountTest::TearDown();
    for (const std::string& path : more_mounts_) umount2(path.c_str(), MNT_DETACH);
  }
  void Kill(Process& daemon) {
    daemon.Signal(SIGKILL);
    ASSERT_TRUE(daemon.Wait().ok());
  }
  // `before`: a shell command while it lives.
  void MakeDeadMount(const std::string& mountpoint, std::vector<std::string> more = {},
                     const std::string& before = "true") {
    std::unique_ptr<Process> daemon = MountInForeground(mountpoint, std::move(more));
    ASSERT_NE(daemon, nullptr);
    // The socket is there when it answers.
    for (int i = 0; i < 400 && StateOf(mountpoint) != DaemonState::kLives; ++i) {
      absl::SleepFor(absl::Milliseconds(25));
    }
    ASSERT_EQ(StateOf(mountpoint), DaemonState::kLives);
    Sh(before);
    Kill(*daemon);
  }
  DaemonState StateOf(const std::string& mountpoint) {
    for (const MountEntry& mount : AnnofsMounts()) {
      if (mount.mountpoint == mountpoint) return StateOfDaemon(mount);
    }
    return DaemonState::kUnknown;
  }
  // The mount below the overlay is to be taken down at the end, too.
  void NoteReadOnly() {
    for (const MountEntry& mount : AnnofsMounts()) {
      if (mount.mountpoint == Path("mnt")) more_mounts_.push_back(mount.read_only);
    }
    ASSERT_EQ(more_mounts_.size(), 1u);
  }
  ProcessResult MountAgain(std::vector<std::string> more = {}) {
    more.insert(more.begin(), {"mount", "b2://b", Path("mnt"), "--endpoint", emulator_->url()});
    return Annofs(std::move(more));
  }

  std::vector<std::string> more_mounts_;
};

TEST_F(DeadMountTest, TheDeadAreToldFromTheLiving) {
  MakeDeadMount(Path("dead"));
  const std::string mnt = MountBucket();
  EXPECT_EQ(StateOf(Path("dead")), DaemonState::kDead);
  EXPECT_EQ(StateOf(mnt), DaemonState::kLives);
  Unmount(Path("dead"));
  EXPECT_FALSE(IsMounted(Path("dead")));
  Unmount(mnt);
}

TEST_F(DeadMountTest, ADaemonThatIsStoppedIsNotDead) {
  std::unique_ptr<Process> daemon = MountInForeground(Path("mnt"));
  for (int i = 0; i < 400 && StateOf(Path("mnt")) != DaemonState::kLives; ++i) {
    absl::SleepFor(absl::Milliseconds(25));
  }
  daemon->Signal(SIGSTOP);
  EXPECT_EQ(StateOf(Path("mnt")), DaemonState::kLives);
  const ProcessResult result = MountAgain();
  daemon->Signal(SIGCONT);
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("something is mounted there already"));
  Unmount(Path("mnt"));
}

TEST_F(DeadMountTest, MountTakesItDownSaysSoAndMounts) {
  MakeDeadMount(Path("mnt"));
  const ProcessResult result = MountAgain();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_EQ(result.err, absl::StrCat("annofs: mount: ", Path("mnt"),
                                     ": the mount of b2://b had died with its daemon; it was taken "
                                     "down before mounting anew\n"));
  EXPECT_EQ(Read(Path("mnt/a")), "a");
  EXPECT_THAT(Read(Path("cache/annofs.log")), HasSubstr("had died with its daemon"));
  Unmount(Path("mnt"));
  EXPECT_FALSE(IsMounted(Path("mnt")));
}

TEST_F(DeadMountTest, ADirectoryInUseIsFreedAllTheSame) {
  MakeDeadMount(Path("mnt"));
  absl::StatusOr<std::unique_ptr<Process>> stands =
      Process::Start({.argv = {"/bin/bash", "-c", "cd mnt; exec sleep 60"}, .directory = Path("")});
  const ProcessResult result = MountAgain();
  EXPECT_EQ(result.exit_code, 0) << result.err;
  Unmount(Path("mnt"));
}

TEST_F(DeadMountTest, UmountTakesItDown) {
  MakeDeadMount(Path("mnt"));
  Unmount(Path("mnt"));
}

TEST_F(DeadMountTest, ADeadMountOfAnotherTypeIsLeftWithTheRemedy) {
  Sh("mkdir mnt");
  const int device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  ASSERT_GE(device, 0);
  const std::string data =
      absl::StrCat("fd=", device, ",rootmode=40000,user_id=", getuid(), ",group_id=", getgid());
  if (mount("host:/dir", Path("mnt").c_str(), "fuse.sshfs", 0, data.c_str()) != 0) {
    close(device);
    GTEST_SKIP() << "no right to mount";
  }
  more_mounts_.push_back(Path("mnt"));
  close(device);
  const ProcessResult result = MountAgain();
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("a mount of host:/dir (type fuse.sshfs) that has died"));
  EXPECT_THAT(result.err, HasSubstr("fusermount3 -u -z " + Path("mnt")));
  EXPECT_TRUE(IsMounted(Path("mnt")));
}

TEST_F(DeadMountTest, WhatAKilledScratchLeftIsTakenDownAndItsChangesAreKept) {
  if (!OverlayIsPermitted()) GTEST_SKIP() << "the kernel's overlayfs is not permitted here";
  MakeDeadMount(Path("mnt"), {"--scratch", Path("scratch")}, "echo mine > mnt/mine");
  NoteReadOnly();
  EXPECT_EQ(StateOf(Path("mnt")), DaemonState::kDead);
  const ProcessResult result = MountAgain({"--scratch", Path("scratch")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.err, HasSubstr("had died with its daemon"));
  EXPECT_FALSE(IsMounted(more_mounts_[0]));
  EXPECT_EQ(Read(Path("mnt/mine")), "mine\n");
  EXPECT_EQ(Read(Path("mnt/a")), "a");
  Unmount(Path("mnt"));
}

TEST_F(DeadMountTest, FilesThatAreOpenInWhatAScratchLeftAreNotCutOff) {
  if (!OverlayIsPermitted()) GTEST_SKIP() << "the kernel's overlayfs is not permitted here";
  MakeDeadMount(Path("mnt"), {"--scratch", Path("scratch")},
                "touch mnt/mine; sleep 60 > mnt/mine 2>/dev/null & echo $! > writer");
  NoteReadOnly();
  const ProcessResult refused = MountAgain({"--scratch", Path("scratch")});
  Sh("kill $(cat writer); for i in $(seq 50); do kill -0 $(cat writer) || exit 0; sleep 0.1; done");
  EXPECT_EQ(refused.exit_code, 1);
  EXPECT_THAT(refused.err, HasSubstr("files below it are open"));
  const ProcessResult result = MountAgain({"--scratch", Path("scratch")});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  Unmount(Path("mnt"));
}

TEST_F(DeadMountTest, UmountLeavesAForeignOverlayAtTheMountpointOfAScratch) {
  if (!OverlayIsPermitted()) GTEST_SKIP() << "the kernel's overlayfs is not permitted here";
  MakeDeadMount(Path("mnt"), {"--scratch", Path("scratch")});
  NoteReadOnly();
  Sh("umount mnt && mkdir -p o/l o/u o/w && mount -t overlay annofs:mine -o "
     "lowerdir=o/l,upperdir=o/u,workdir=o/w mnt && touch mnt/foreign");
  Annofs({"umount", Path("mnt")});
  EXPECT_TRUE(IsMounted(Path("mnt")));
  EXPECT_EQ(Sh("ls mnt"), "foreign\n");
  EXPECT_FALSE(IsMounted(more_mounts_[0])) << "that was ours";
  Sh("umount mnt");
}

}  // namespace
}  // namespace annofs::testing
