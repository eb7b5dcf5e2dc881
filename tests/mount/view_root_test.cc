// `mount --view`: the tree of a view as the root of a mount.
#include <sys/stat.h>

#include <csignal>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "gmock/gmock.h"
#include "tests/mount/bucket_mount_test.h"

namespace annofs::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class ViewRootTest : public BucketMountTest {
 protected:
  void PutStreet() {
    Put("street.xml", ImagesXml("10.00"));
    Put("a.jpg", "the image");
  }
  std::string Bucket() const { return "b2://b"; }
  std::string MountAt(const std::string& name, std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.end(), {"--endpoint", emulator_->url()});
    return Mount(Bucket(), name, std::move(arguments));
  }
  // What is refused says.
  std::string Refused(std::vector<std::string> arguments, int exit_code = 1) {
    Sh("mkdir -p refused");
    arguments.insert(arguments.begin(), {"mount", Bucket(), Path("refused")});
    arguments.insert(arguments.end(), {"--endpoint", emulator_->url()});
    const ProcessResult result = Annofs(arguments);
    EXPECT_EQ(result.exit_code, exit_code) << result.err;
    EXPECT_FALSE(IsMounted(Path("refused")));
    return result.err;
  }
};

TEST_F(ViewRootTest, IsTheViewWithTheSameBytesNamesInodesAndTimes) {
  PutStreet();
  const std::string whole = MountAt("whole") + "/views/street/yolo";
  const std::string root = MountAt("root", {"--view", "street/yolo"});
  // But for the root itself, which FUSE calls 1.
  const std::string print = " -mindepth 1 -printf '%P %i %s %T@ %m %n %y\\n' | sort";
  const std::string shown = Sh("find " + root + print);
  EXPECT_THAT(shown, HasSubstr("data.yaml "));
  EXPECT_EQ(shown, Sh("find " + whole + print));
  EXPECT_EQ(Sh("stat -c %i " + root), "1\n");
  EXPECT_EQ(Sh("stat -c %y " + root), Sh("stat -c %y " + whole));
  EXPECT_EQ(Sh("diff -r " + root + " " + whole + " && echo same"), "same\n");
  EXPECT_EQ(Sh("stat -c %i " + root + "/images/*/a.jpg | sort -u"),
            Sh("stat -c %i " + Path("whole") + "/a.jpg"));
}

TEST_F(ViewRootTest, TheOnlyDatasetNeedNotBeNamed) {
  PutStreet();
  EXPECT_THAT(Sh("ls " + MountAt("root", {"--view", "by-frame"})), HasSubstr("a.json"));
  const std::string coco = MountAt("coco", {"--view", "cvat/COCO 1.0"});
  EXPECT_EQ(Sh("ls " + coco), "annotations\nimages\n");
}

TEST_F(ViewRootTest, NothingElseIsInTheRootAndAnnofsIsFoundByName) {
  PutStreet();
  const std::string root = MountAt("root", {"--view", "yolo"});
  for (const char* absent : {"views", "street.xml", "a.jpg"}) {
    EXPECT_EQ(TrySh(absl::StrCat("stat ", root, "/", absent)).exit_code, 1) << absent;
  }
  EXPECT_THAT(Sh("ls -a " + root), Not(HasSubstr("annofs")));
  EXPECT_THAT(Read(root + "/.annofs/status.json"), HasSubstr("b2://b"));
  // The twins of data.yaml would name a tree that is not there.
  EXPECT_EQ(TrySh("stat " + root + "/.annofs/data").exit_code, 1);
}

TEST_F(ViewRootTest, TheStatusSaysWhereItIs) {
  PutStreet();
  const std::string root = MountAt("root", {"--view", "yolo"});
  const absl::StatusOr<JsonDocument> status =
      JsonDocument::Parse(Read(root + "/.annofs/status.json"));
  ASSERT_TRUE(status.ok()) << status.status();
  EXPECT_EQ(status->root().StringOr("mountpoint", ""), root);
}

TEST_F(ViewRootTest, ABindMountOfItShowsTheSame) {
  PutStreet();
  const std::string root = MountAt("root", {"--view", "yolo"});
  Sh("mkdir bound");
  if (TrySh("mount --bind root bound").exit_code != 0) GTEST_SKIP() << "bind mounts need root";
  EXPECT_EQ(Sh("diff -r root bound && echo same; umount bound"), "same\n");
}

TEST_F(ViewRootTest, WarmTakesPathsOfTheRoot) {
  PutStreet();
  const std::string root = MountAt("root", {"--view", "yolo"});
  ResetCounters();
  const ProcessResult warmed = Annofs({"warm", root, "images"});
  EXPECT_EQ(warmed.exit_code, 0) << warmed.err;
  EXPECT_EQ(Requests("b2_download_file_by_id"), 1);
  EXPECT_EQ(Sh("cat " + root + "/images/train/a.jpg"), "the image");
  EXPECT_EQ(Requests("b2_download_file_by_id"), 1);
  EXPECT_EQ(Annofs({"warm", root, "views"}).exit_code, 1);
}

TEST_F(ViewRootTest, AnUnknownViewOrDatasetIsToldWhatThereIs) {
  PutStreet();
  EXPECT_THAT(Refused({"--view", "yoloo"}),
              AllOf(HasSubstr("--view yoloo: no directory 'yoloo'"),
                    HasSubstr("did you mean 'yolo'?"), HasSubstr("by-frame")));
  EXPECT_THAT(Refused({"--view", "stret/yolo"}), HasSubstr("no directory 'stret'"));
  Put("night.xml", ImagesXml("11.00"));
  EXPECT_THAT(Refused({"--view", "yolo"}),
              AllOf(HasSubstr("several datasets"), HasSubstr("street")));
}

TEST_F(ViewRootTest, ABucketWithoutAnnotationsHasNoView) {
  Put("a.jpg", "the image");
  EXPECT_THAT(Refused({"--view", "yolo"}), HasSubstr("no annotations were found"));
}

TEST_F(ViewRootTest, AMountThatWouldWaitTooLongIsToldToIndexFirst) {
  PutStreet();
  ASSERT_TRUE(
      emulator_->AddFault(R"({"op":"b2_download_file_by_id","delayMs":3000,"count":100})").ok());
  EXPECT_THAT(Refused({"--view", "yolo", "--timeout", "1"}),
              AllOf(HasSubstr("--view yolo: it is not ready after 1s"),
                    HasSubstr("annofs index b2://b"), HasSubstr("--timeout")));
}

TEST_F(ViewRootTest, FollowAndNoViewsAreRefusedWithTheReason) {
  PutStreet();
  EXPECT_THAT(Refused({"--view", "yolo", "--follow"}, 2),
              AllOf(HasSubstr("--follow and --view"), HasSubstr("cannot be replaced")));
  EXPECT_THAT(Refused({"--view", "yolo", "--no-views"}, 2),
              HasSubstr("--no-views and --view exclude each other"));
}

TEST_F(ViewRootTest, ASignalEndsTheWaiting) {
  PutStreet();
  ASSERT_TRUE(
      emulator_->AddFault(R"({"op":"b2_download_file_by_id","delayMs":4000,"count":100})").ok());
  Sh("mkdir root");
  std::unique_ptr<Process> mount =
      StartAnnofs({"mount", "-f", "--cache", Path("cache"), Bucket(), Path("root"), "--view",
                   "yolo", "--endpoint", emulator_->url()});
  ASSERT_NE(mount, nullptr);
  for (int i = 0; i < 100 && Requests("b2_download_file_by_id") == 0; ++i) {
    absl::SleepFor(absl::Milliseconds(50));
  }
  const absl::Time begin = absl::Now();
  mount->Signal(SIGTERM);
  absl::StatusOr<ProcessResult> ended = mount->Wait();
  ASSERT_TRUE(ended.ok());
  // What waited goes no further: else it would be mounted, and go on.
  EXPECT_EQ(ended->exit_code, 1);
  EXPECT_THAT(ended->err, HasSubstr("mount: --view yolo: "));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(15));
  EXPECT_FALSE(IsMounted(Path("root")));
}

TEST_F(ViewRootTest, UnmountAndSignalsEndItAsEveryMount) {
  PutStreet();
  mkdir(Path("root").c_str(), 0755);
  std::unique_ptr<Process> mount = MountInForeground(Path("root"), {"--view", "yolo"});
  EXPECT_THAT(Sh("ls " + Path("root")), HasSubstr("data.yaml"));
  mount->Signal(SIGTERM);
  absl::StatusOr<ProcessResult> ended = mount->Wait();
  ASSERT_TRUE(ended.ok());
  EXPECT_EQ(ended->exit_code, 0) << ended->err;
  EXPECT_FALSE(IsMounted(Path("root")));
}

TEST_F(ViewRootTest, ScratchStandsOverTheView) {
  if (!OverlayIsPermitted()) GTEST_SKIP() << "overlayfs is not permitted here";
  PutStreet();
  const std::string root = MountAt("root", {"--view", "yolo", "--scratch", Path("changes")});
  Sh("echo cache >" + root + "/labels.cache");
  EXPECT_EQ(Read(root + "/labels.cache"), "cache\n");
  EXPECT_THAT(Sh("ls " + root), HasSubstr("data.yaml"));
  Unmount(root);
}

}  // namespace
}  // namespace annofs::testing
