// A writable mount: an overlay whose changes stay in the directory of --scratch.
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstdio>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

constexpr char kDataset[] = "synth images ünï";

class ScratchTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    if (!OverlayIsPermitted())
      GTEST_SKIP() << "the kernel's overlayfs is not permitted here (it needs root)";
    MakeLightweightBucket();
    Serve("bucket");
  }
  void TearDown() override {
    MountTest::TearDown();
    for (const std::string& path : more_mounts_) umount2(path.c_str(), MNT_DETACH);
  }

  std::string MountScratch(std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.end(), {"--scratch", Path("scratch")});
    const std::string mountpoint = MountBucket(std::move(arguments));
    const std::string lower = ReadOnlyPlace();
    if (!lower.empty()) more_mounts_.push_back(lower);
    return mountpoint;
  }
  // What a refused `annofs mount` says.
  std::string Refusal(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "mount");
    const ProcessResult result = Annofs(std::move(arguments));
    EXPECT_NE(result.exit_code, 0) << result.out;
    return result.err;
  }
  std::string RefusalOfBucket(const std::string& scratch, std::vector<std::string> more = {}) {
    Sh("mkdir -p mnt");
    more.insert(more.begin(),
                {"b2://b", Path("mnt"), "--endpoint", emulator_->url(), "--scratch", scratch});
    const std::string said = Refusal(std::move(more));
    EXPECT_FALSE(IsMounted(Path("mnt")));
    return said;
  }
  // The path of the read-only mount, as `status` tells it.
  std::string ReadOnlyPlace() {
    const std::string text = Annofs({"status", Path("mnt")}).out;
    const size_t at = text.find("read-only ");
    if (at == std::string::npos) return "";
    return text.substr(at + 10, text.find('\n', at) - at - 10);
  }
  std::string View() const { return absl::StrCat(Path("mnt"), "/views/", kDataset); }
  // Names and digests.
  std::string StateOf(const std::string& directory) {
    return Sh("cd " + directory + " && find . -type f -print0 | sort -z | xargs -0 -r sha256sum");
  }
  // Files, blocks and bytes; less what other programs leave free on the disk.
  std::string CacheHeld() {
    const std::string text = Annofs({"cache", "info", "--json"}).out;
    return text.substr(0, text.find("\"free_bytes"));
  }
  bool Ends(Process& daemon) {
    const bool ended = daemon.Wait(absl::Seconds(20)).ok();
    EXPECT_TRUE(ended);
    return ended;
  }
  bool IsGone(const std::string& path) {
    struct stat info {};
    for (int i = 0; i < 400; ++i) {
      if (lstat(path.c_str(), &info) != 0 && errno == ENOENT) return true;
      absl::SleepFor(absl::Milliseconds(25));
    }
    return false;
  }

  std::vector<std::string> more_mounts_;
};

TEST_F(ScratchTest, WhatIsWrittenIsReadAndStaysInTheDirectory) {
  const std::string mnt = MountScratch();
  Sh("cd mnt && echo new > new.txt && echo mine > a.jpg && mv new.txt moved.txt && "
     "rm 'sub dir/c.JPG' && echo more >> 'sub dir/b ü.png'");
  EXPECT_EQ(Read(mnt + "/moved.txt"), "new\n");
  EXPECT_EQ(Read(mnt + "/a.jpg"), "mine\n");
  EXPECT_EQ(Sh("ls 'mnt/sub dir'"), "b ü.png\n");
  EXPECT_EQ(Sh("cmp -n $(stat -c %s 'bucket/sub dir/b ü.png') 'bucket/sub dir/b ü.png' "
               "'mnt/sub dir/b ü.png' && tail -c 5 'mnt/sub dir/b ü.png'"),
            "more\n");
  EXPECT_EQ(Read(Path("scratch/upper/a.jpg")), "mine\n");
  EXPECT_EQ(Read(Path("scratch/upper/moved.txt")), "new\n");
  Unmount(mnt);
}

TEST_F(ScratchTest, BucketAndCacheAreNotWritten) {
  Annofs({"index", "b2://b", "--endpoint", emulator_->url()});
  const std::string bucket = StateOf("bucket");
  std::string mnt = MountScratch();
  Sh(absl::StrCat("cat mnt/*.jpg 'mnt/sub dir/'* '", View(), "/yolo/labels/'*/* > /dev/null"));
  Unmount(mnt);  // what was read is in the cache now
  mnt = MountScratch();
  Sh("ls -R mnt > /dev/null");
  const std::string counted = Sh("curl -sf " + emulator_->url() + "/__emu/counters");
  const std::string cached = CacheHeld();
  Sh(absl::StrCat("cd mnt && for f in *.jpg 'sub dir/'* '", View(),
                  "/yolo/labels/'*/*; do echo changed > \"$f\"; done && rm a.jpg && mkdir d && "
                  "for i in $(seq 100); do echo $i > d/$i; done"));
  EXPECT_EQ(Sh("curl -sf " + emulator_->url() + "/__emu/counters"), counted);
  EXPECT_EQ(CacheHeld(), cached);
  EXPECT_EQ(StateOf("bucket"), bucket);
  EXPECT_EQ(Sh("grep -rl changed cache bucket | wc -l"), "0\n");
  Unmount(mnt);
}

TEST_F(ScratchTest, ChangesSurviveARemount) {
  std::string mnt = MountScratch();
  Sh("cd mnt && echo new > new.txt && echo mine > a.jpg && rm 'sub dir/c.JPG' && mkdir d && "
     "echo deep > d/deep");
  Unmount(mnt);
  EXPECT_EQ(Sh("ls mnt"), "");
  mnt = MountScratch();
  EXPECT_EQ(Sh("cd mnt && cat new.txt a.jpg d/deep && ls 'sub dir'"), "new\nmine\ndeep\nb ü.png\n");
  Unmount(mnt);
}

// As Ultralytics keeps its cache of labels: "train.cache.npy", renamed, or deleted and made anew.
TEST_F(ScratchTest, ATrainersCacheBesideLabelsIsMadeAndReplaced) {
  const std::string mnt = MountScratch();
  const std::string labels = View() + "/yolo/labels";
  EXPECT_EQ(access(labels.c_str(), W_OK), 0);
  Sh(absl::StrCat("cd '", labels,
                  "' && echo one > train.cache.npy && mv train.cache.npy "
                  "train.cache && cat train.cache"));
  Sh(absl::StrCat("cd '", labels,
                  "' && rm train.cache && echo two > train.cache.npy && mv "
                  "train.cache.npy train.cache && echo three > train.cache.npy && mv "
                  "train.cache.npy train.cache"));
  Unmount(mnt);
  MountScratch();
  EXPECT_EQ(Read(labels + "/train.cache"), "three\n");
  EXPECT_EQ(Sh(absl::StrCat("ls '", labels, "'")), "train\ntrain.cache\nval\n");
  Unmount(mnt);
}

TEST_F(ScratchTest, ArraysBesideImagesAreKept) {
  const std::string mnt = MountScratch();
  Sh(absl::StrCat("cd '", View(),
                  "/yolo/images' && for i in */*; do cp \"$i\" \"${i%.*}.npy\"; "
                  "done"));
  EXPECT_EQ(Sh(absl::StrCat("cd '", View(),
                            "/yolo/images' && for i in */*.npy; do cmp \"$i\" "
                            "\"$(ls \"${i%.*}\".* | grep -v npy)\" || echo differs; done | wc -l")),
            "0\n");
  EXPECT_EQ(Sh(absl::StrCat("ls '", View(), "'/yolo/images/* | grep -c npy")), "4\n");
  Unmount(mnt);
}

TEST_F(ScratchTest, AnImageIsRewrittenThroughATemporaryFile) {
  const std::string mnt = MountScratch();
  const std::string before = Read(Path("bucket/a.jpg"));
  Sh("cd mnt && cp a.jpg a.jpg.tmp && printf '\\377\\331' >> a.jpg.tmp && mv a.jpg.tmp a.jpg");
  EXPECT_EQ(Read(mnt + "/a.jpg"), before + "\xff\xd9");
  EXPECT_EQ(Read(Path("bucket/a.jpg")), before);
  // A further name of the same image is another file to an overlay: what is written to one stays
  // there.
  EXPECT_EQ(Read(View() + "/by-frame/a.jpg"), before);
  Unmount(mnt);
}

TEST_F(ScratchTest, ALabelOfAViewIsEditedInPlace) {
  const std::string mnt = MountScratch();
  const std::string label = Sh(absl::StrCat("ls '", View(), "'/yolo/labels/*/a.txt | tr -d '\\n'"));
  const std::string before = Read(label);
  Sh(absl::StrCat("sed -i 1d '", label, "'"));
  EXPECT_EQ(Read(label), before.substr(before.find('\n') + 1));
  Sh(absl::StrCat("echo '0 0.5 0.5 1 1' >> '", label, "'"));
  EXPECT_TRUE(absl::EndsWith(Read(label), "0 0.5 0.5 1 1\n"));
  Unmount(mnt);
}

// As OpenPCDet makes its database of objects.
TEST_F(ScratchTest, ManyFilesInANewDirectory) {
  const std::string mnt = MountScratch();
  Sh("mkdir mnt/gt_database && cd mnt/gt_database && seq 3000 | split -l 1 -a 4 - 0_Car_ && "
     "echo infos > ../infos_train.pkl");
  EXPECT_EQ(Sh("ls mnt/gt_database | wc -l"), "3000\n");
  EXPECT_EQ(Sh("cat mnt/gt_database/* | sort -n | sha256sum"), Sh("seq 3000 | sha256sum"));
  Unmount(mnt);
}

TEST_F(ScratchTest, FreeSpaceIsThatOfTheScratch) {
  Sh("mkdir scratch && mount -t tmpfs -o size=7M annofs-try scratch");
  more_mounts_.push_back(Path("scratch"));
  const std::string mnt = MountScratch();
  struct statvfs shown {
  }, kept{};
  ASSERT_EQ(statvfs(mnt.c_str(), &shown), 0);
  ASSERT_EQ(statvfs(Path("scratch").c_str(), &kept), 0);
  EXPECT_EQ(shown.f_bavail * shown.f_frsize, kept.f_bavail * kept.f_frsize);
  EXPECT_EQ(shown.f_blocks * shown.f_frsize, uint64_t{7} << 20);
  // A full disk is the writer's error, and what was there is still read.
  EXPECT_NE(TrySh("head -c 9M /dev/zero > mnt/big").exit_code, 0);
  EXPECT_EQ(Sh("rm -f mnt/big; cmp mnt/a.jpg bucket/a.jpg && echo same"), "same\n");
  Unmount(mnt);
}

TEST_F(ScratchTest, DirectoriesFromBelowCannotBeRenamedAtOnce) {
  const std::string mnt = MountScratch();
  EXPECT_NE(rename((mnt + "/sub dir").c_str(), (mnt + "/other").c_str()), 0);
  EXPECT_EQ(errno, EXDEV);
  Sh("cd mnt && mv 'sub dir' other");  // copies
  EXPECT_EQ(Sh("ls mnt/other"), "b ü.png\nc.JPG\n");
  EXPECT_EQ(TrySh("ls 'mnt/sub dir'").exit_code, 2);
  Unmount(mnt);
}

TEST_F(ScratchTest, ControlFilesAreOnTheReadOnlyMount) {
  const std::string mnt = MountScratch();
  EXPECT_EQ(access((mnt + "/.annofs").c_str(), F_OK), -1);
  const std::string below = ReadOnlyPlace();
  EXPECT_TRUE(absl::StrContains(Read(below + "/.annofs/status.json"), "\"source\""));
  EXPECT_EQ(TrySh("touch '" + below + "/x'").exit_code, 1);
  EXPECT_TRUE(absl::StrContains(Annofs({"status", below}).out, below));
  EXPECT_FALSE(absl::StrContains(Sh("ls -A mnt"), ".annofs"));
  Unmount(mnt);
}

TEST_F(ScratchTest, OthersAreLetInOnlyWhenAskedFor) {
  const std::string as_nobody = "setpriv --reuid 65534 --regid 65534 --clear-groups ";
  Sh("chmod 755 .");
  const std::string mnt = MountScratch();
  EXPECT_NE(TrySh(as_nobody + "ls mnt").exit_code, 0);
  Unmount(mnt);
  MountScratch({"--allow-other", "--uid", "65534", "--gid", "65534"});
  EXPECT_EQ(Sh(as_nobody + "bash -c 'echo x > mnt/n && echo y > mnt/a.jpg && cat mnt/n mnt/a.jpg'"),
            "x\ny\n");
  Unmount(mnt);
}

TEST_F(ScratchTest, StatusAndWarmTakeTheOverlaysPath) {
  const std::string mnt = MountScratch();
  const std::string text = Annofs({"status"}).out;
  EXPECT_TRUE(absl::StrContains(text, mnt + "\n")) << text;
  EXPECT_TRUE(absl::StrContains(text, Path("scratch"))) << text;
  const std::string json = Annofs({"status", "--json", mnt}).out;
  EXPECT_TRUE(absl::StrContains(json, "\"scratch\"")) << json;
  EXPECT_EQ(Annofs({"warm", mnt, "a.jpg"}).exit_code, 0);
  Unmount(mnt);
}

TEST_F(ScratchTest, UnmountLeavesNothing) {
  const std::string mnt = MountScratch();
  const std::string below = ReadOnlyPlace();
  ASSERT_TRUE(IsMounted(below));
  Unmount(mnt);
  EXPECT_FALSE(IsMounted(below));
  EXPECT_TRUE(IsGone(below.substr(0, below.rfind('/'))));
}

TEST_F(ScratchTest, UnmountIsRefusedWhileFilesAreOpenAndNothingIsHalfDown) {
  const std::string mnt = MountScratch();
  const std::string below = ReadOnlyPlace();
  {
    absl::StatusOr<std::unique_ptr<Process>> reader =
        Process::Start({.argv = {"/bin/bash", "-c", "exec sleep 60 < a.jpg"}, .directory = mnt});
    ASSERT_TRUE(reader.ok());
    absl::SleepFor(absl::Milliseconds(200));
    const ProcessResult refused = Annofs({"umount", mnt});
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_TRUE(absl::StrContains(refused.err, "--lazy")) << refused.err;
    EXPECT_TRUE(IsMounted(mnt));
    EXPECT_TRUE(IsMounted(below));
    EXPECT_EQ(Annofs({"umount", "--lazy", mnt}).exit_code, 0);
    EXPECT_FALSE(IsMounted(mnt));
    EXPECT_FALSE(IsMounted(below));
  }
  EXPECT_TRUE(IsGone(below.substr(0, below.rfind('/'))));
}

TEST_F(ScratchTest, AnotherToolsUnmountTakesBothDown) {
  const std::string mnt = MountScratch();
  const std::string below = ReadOnlyPlace();
  Sh("umount mnt");
  EXPECT_TRUE(IsGone(below.substr(0, below.rfind('/'))));
  EXPECT_FALSE(IsMounted(below));
}

TEST_F(ScratchTest, SigtermTakesBothDown) {
  std::unique_ptr<Process> daemon = MountInForeground(Path("mnt"), {"--scratch", Path("scratch")});
  ASSERT_NE(daemon, nullptr);
  const std::string below = ReadOnlyPlace();
  Sh("echo x > mnt/x");
  daemon->Signal(SIGTERM);
  ASSERT_TRUE(Ends(*daemon));
  EXPECT_FALSE(IsMounted(Path("mnt")));
  EXPECT_FALSE(IsMounted(below));
  EXPECT_EQ(Read(Path("scratch/upper/x")), "x\n");
}

TEST_F(ScratchTest, BothAreTakenDownAfterTheDaemonWasKilled) {
  std::unique_ptr<Process> daemon = MountInForeground(Path("mnt"), {"--scratch", Path("scratch")});
  ASSERT_NE(daemon, nullptr);
  const std::string below = ReadOnlyPlace();
  more_mounts_.push_back(below);
  Sh("echo x > mnt/x");
  daemon->Signal(SIGKILL);
  ASSERT_TRUE(Ends(*daemon));
  const std::string status = Annofs({"status", Path("mnt")}).out;
  EXPECT_TRUE(absl::StrContains(status, "no answer")) << status;
  // The overlay still writes there.
  Sh("mkdir other");
  const std::string refused = Refusal(
      {"b2://b", Path("other"), "--endpoint", emulator_->url(), "--scratch", Path("scratch")});
  EXPECT_TRUE(absl::StrContains(refused, "annofs umount " + Path("mnt"))) << refused;
  Unmount(Path("mnt"));
  EXPECT_FALSE(IsMounted(below));
  EXPECT_TRUE(IsGone(below.substr(0, below.rfind('/'))));
  const std::string mnt = MountScratch();
  EXPECT_EQ(Read(mnt + "/x"), "x\n");
  Unmount(mnt);
}

TEST_F(ScratchTest, ASecondMountOfTheDirectoryIsRefused) {
  const std::string mnt = MountScratch();
  Sh("mkdir other");
  const std::string said = Refusal(
      {"b2://b", Path("other"), "--endpoint", emulator_->url(), "--scratch", Path("scratch")});
  EXPECT_TRUE(absl::StrContains(said, "another mount keeps its changes there")) << said;
  EXPECT_TRUE(absl::StrContains(said, mnt)) << said;
  EXPECT_FALSE(IsMounted(Path("other")));
  Sh("echo x > mnt/x");
  Unmount(mnt);
}

TEST_F(ScratchTest, ADirectoryInMountpointSourceOrCacheIsRefused) {
  for (const std::string& inside : {Path("mnt"), Path("mnt/changes"), Path(""), Path("cache/s")}) {
    const std::string said = RefusalOfBucket(inside);
    EXPECT_TRUE(absl::StrContains(said, "--scratch")) << said;
    EXPECT_TRUE(absl::StrContains(said, "choose a directory outside of it")) << said;
  }
  const std::string said =
      Refusal({Path("bucket"), Path("mnt"), "--scratch", Path("bucket/changes")});
  EXPECT_TRUE(absl::StrContains(said, "lies in the source")) << said;
  EXPECT_EQ(access(Path("bucket/changes").c_str(), F_OK), -1);
}

TEST_F(ScratchTest, ADirectoryOnAnOverlayOrAFuseMountIsRefused) {
  const std::string mnt = MountScratch();
  for (const std::string& place : {mnt + "/changes", ReadOnlyPlace() + "/changes"}) {
    Sh("mkdir -p other");
    const std::string said =
        Refusal({"b2://b", Path("other"), "--endpoint", emulator_->url(), "--scratch", place});
    EXPECT_TRUE(absl::StrContains(said, "cannot take the changes")) << said;
    EXPECT_TRUE(absl::StrContains(said, "ext4")) << said;
  }
  EXPECT_EQ(access((mnt + "/changes").c_str(), F_OK), -1);
  Unmount(mnt);
}

TEST_F(ScratchTest, ADirectoryWithoutExtendedAttributesIsRefused) {
  Sh("mkdir scratch && mount -t ramfs annofs-try scratch");
  more_mounts_.push_back(Path("scratch"));
  const std::string said = RefusalOfBucket(Path("scratch"));
  EXPECT_TRUE(absl::StrContains(said, "without extended attributes")) << said;
}

TEST_F(ScratchTest, FollowIsRefusedWithTheReason) {
  const std::string said = RefusalOfBucket(Path("scratch"), {"--follow"});
  EXPECT_TRUE(absl::StrContains(said, "--follow and --scratch exclude each other")) << said;
  EXPECT_EQ(access(Path("scratch").c_str(), F_OK), -1);
}

// A user without privileges, in a mount namespace whose /dev/fuse is open to everybody.
TEST_F(ScratchTest, WithoutPrivilegesTheProgramIsTakenElseTheRemedyIsSaid) {
  Sh(absl::StrCat(
      "chmod 755 . && mkdir -p nb/run nb/mnt nb/ro nb/src && cp bucket/a.jpg nb/src && "
      "chown -R 65534:65534 nb && cp '",
      AnnofsProgram(), "' nb/annofs && mknod -m 666 fuse c 10 229"));
  Write("as_nobody.sh",
        "mount --bind fuse /dev/fuse\n"
        "as() { setpriv --reuid 65534 --regid 65534 --clear-groups env XDG_RUNTIME_DIR=$PWD/nb/run "
        "HOME=$PWD/nb \"$@\"; }\n"
        "mnt=$PWD/nb/mnt\n"
        "as nb/annofs mount $PWD/nb/src $PWD/nb/ro || { echo no FUSE; exit; }\n"
        "as nb/annofs umount $PWD/nb/ro\n"
        "as nb/annofs mount $PWD/nb/src $mnt --scratch $PWD/nb/s && "
        "as sh -c 'echo x > nb/mnt/x && echo y > nb/mnt/a.jpg && cat nb/mnt/x nb/mnt/a.jpg' && "
        "as nb/annofs umount $mnt && echo code $?\n"
        "grep -c -e $PWD/nb/mnt -e $PWD/nb/run /proc/self/mountinfo\n");
  const ProcessResult result = TrySh("unshare -m --propagation private bash as_nobody.sh");
  if (absl::StrContains(result.out, "no FUSE")) {
    GTEST_SKIP() << "users cannot mount here: " << result.err;
  }
  if (TrySh("command -v fuse-overlayfs").exit_code == 0) {
    EXPECT_TRUE(absl::StrContains(result.err, "10 times slower")) << result.err;
    EXPECT_EQ(result.out, "x\ny\ncode 0\n0\n") << result.err;
    EXPECT_EQ(Read(Path("nb/s/upper/a.jpg")), "y\n");
  } else {
    EXPECT_TRUE(absl::StrContains(result.err, "install the package fuse-overlayfs")) << result.err;
    EXPECT_TRUE(absl::StrContains(result.err, "run as root")) << result.err;
    EXPECT_EQ(result.out, "0\n");
  }
}

TEST_F(ScratchTest, ThePathsMayHoldWhatOptionsSeparate) {
  Sh("mkdir 'm,nt:1'");
  const std::string mnt = Mount(Path("bucket"), "m,nt:1", {"--scratch", Path("s,cr:a\\tch é")});
  Sh("echo x > 'm,nt:1/new'");
  EXPECT_EQ(Read(Path("s,cr:a\\tch é/upper/new")), "x\n");
  Unmount(mnt);
}

TEST_F(ScratchTest, TheFormOfFstabWorks) {
  Sh("mkdir mnt");
  EXPECT_EQ(
      Annofs({"mount", "b2://b", Path("mnt"), "-o",
              absl::StrCat("rw,_netdev,scratch=", Path("scratch"), ",endpoint=", emulator_->url())})
          .exit_code,
      0);
  Sh("echo x > mnt/x");
  Unmount(Path("mnt"));
  EXPECT_EQ(Read(Path("scratch/upper/x")), "x\n");
}

}  // namespace
}  // namespace annofs::testing
