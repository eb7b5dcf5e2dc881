// `annofs export` that is not done: interrupted, killed, out of room, twice at once.
#include <gmock/gmock.h>
#include <signal.h>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "tests/mount/mount_test_base.h"
#include "tests/testing/small_disk.h"

namespace annofs::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr int kFrames = 150;

class ExportPartialTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    std::string xml =
        "<annotations><version>1.1</version><meta><task><name>many</name></task></meta>";
    for (int i = 0; i < kFrames; ++i) {
      absl::StrAppend(&xml, "<image id=\"", i, "\" name=\"", i,
                      ".jpg\" width=\"10\" height=\"10\"></image>\n");
      Write(absl::StrCat("bucket/", i, ".jpg"), absl::StrCat("image ", i));
    }
    Write("bucket/many.xml", xml + "</annotations>\n");
  }

  std::vector<std::string> FromBucket(const std::string& output) {
    return {"export",   "b2://b",   "--endpoint", emulator_->url(),
            "--format", "COCO 1.0", "--output",   Path(output)};
  }

  // So slow that it cannot be done before it is stopped.
  std::unique_ptr<Process> StartSlowly(const std::string& output) {
    std::vector<std::string> arguments = FromBucket(output);
    arguments.insert(arguments.end(), {"--request-rate", "40", "--connections", "4", "--cache",
                                       Path("cache-of-" + output)});
    return StartAnnofs(arguments);
  }

  void ExpectSoon(const std::string& condition) {
    for (int i = 0; i < 300 && TrySh(condition).exit_code != 0; ++i)
      absl::SleepFor(absl::Milliseconds(50));
    Sh(condition);
  }

  // Stops one by the signal once some images are written, and goes on.
  void StopAndGoOn(int signal) {
    Serve("bucket");
    std::unique_ptr<Process> slow = StartSlowly("out");
    ASSERT_NE(slow, nullptr);
    ExpectSoon("[ $(ls out.partial/images/default | wc -l) -ge 20 ]");
    slow->Signal(signal);
    absl::StatusOr<ProcessResult> stopped = slow->Wait();
    ASSERT_TRUE(stopped.ok()) << stopped.status();
    EXPECT_NE(stopped->exit_code, 0);
    if (signal == SIGINT) {
      EXPECT_THAT(stopped->err, AllOf(HasSubstr("interrupted"), HasSubstr("out.partial"),
                                      HasSubstr("run the same again to go on")));
    }
    EXPECT_EQ(Sh("ls -d out*"), "out.partial\n");
    ProcessResult done = Annofs(FromBucket("out"));
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_THAT(done.err, HasSubstr(" of them were there already"));
    EXPECT_EQ(Sh("ls -d out*"), "out\n");
    EXPECT_EQ(Sh("for i in bucket/*.jpg; do cmp $i out/images/default/${i#*/} && echo same; done | "
                 "grep -c same"),
              absl::StrCat(kFrames, "\n"));
    EXPECT_EQ(Annofs(FromBucket("other")).exit_code, 0);
    Sh("diff -r out other");
  }
};

TEST_F(ExportPartialTest, OneThatIsInterruptedIsGoneOnWith) { StopAndGoOn(SIGINT); }

TEST_F(ExportPartialTest, OneThatIsKilledIsGoneOnWith) { StopAndGoOn(SIGKILL); }

TEST_F(ExportPartialTest, AFileThatWasCutShortIsWrittenAnew) {
  Serve("bucket");
  std::unique_ptr<Process> slow = StartSlowly("out");
  ExpectSoon("[ $(ls out.partial/images/default | wc -l) -ge 20 ]");
  slow->Signal(SIGKILL);
  ASSERT_TRUE(slow->Wait().ok());
  // As if the disk had taken other bytes and less of them.
  Sh("cd out.partial/images/default && for i in *; do printf 'IMAGE' > $i; done");
  ProcessResult done = Annofs(FromBucket("out"));
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(Sh("grep -l IMAGE out/images/default/*; true"), "");
}

TEST_F(ExportPartialTest, AnImageThatIsGoneSinceIsNotLeftThere) {
  Sh("touch -d '2026-01-01 00:00:00' bucket/many.xml");
  Serve("bucket");
  std::unique_ptr<Process> slow = StartSlowly("out");
  ExpectSoon("[ $(ls out.partial/images/default | wc -l) -ge 20 ]");
  slow->Signal(SIGKILL);
  ASSERT_TRUE(slow->Wait().ok());
  // As if the bucket had had them then.
  Sh("cd out.partial && touch images/default/gone.jpg && mkdir -p images/old/a && "
     "touch images/old/a/gone.jpg");
  ProcessResult done = Annofs(FromBucket("out"));
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.err, HasSubstr("were there already"));
  EXPECT_EQ(Sh("find out -name gone.jpg -o -name old; ls out/images/default | wc -l"),
            absl::StrCat(kFrames, "\n"));
}

TEST_F(ExportPartialTest, AZipThatIsInterruptedLeavesNothing) {
  Serve("bucket");
  std::unique_ptr<Process> slow = StartSlowly("out.zip");
  ExpectSoon("[ -d out.zip.partial ]");
  slow->Signal(SIGINT);
  absl::StatusOr<ProcessResult> stopped = slow->Wait();
  ASSERT_TRUE(stopped.ok());
  EXPECT_EQ(stopped->exit_code, 1);
  EXPECT_EQ(Sh("ls -d out*; true"), "");
}

TEST_F(ExportPartialTest, AZipThatIsKilledIsBegunAnew) {
  Serve("bucket");
  std::unique_ptr<Process> slow = StartSlowly("out.zip");
  ExpectSoon("[ -f out.zip.partial/zip ]");
  slow->Signal(SIGKILL);
  ASSERT_TRUE(slow->Wait().ok());
  EXPECT_EQ(Sh("ls -d out*"), "out.zip.partial\n");
  ProcessResult done = Annofs(FromBucket("out.zip"));
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_EQ(Sh("ls -d out*; unzip -Z1 out.zip | grep -c jpg; unzip -tqq out.zip"),
            absl::StrCat("out.zip\n", kFrames, "\n"));
}

TEST_F(ExportPartialTest, OfAnotherViewNothingIsGoneOnWith) {
  Serve("bucket");
  std::unique_ptr<Process> slow = StartSlowly("out");
  ExpectSoon("[ $(ls out.partial/images/default | wc -l) -ge 20 ]");
  slow->Signal(SIGINT);
  ASSERT_TRUE(slow->Wait().ok());
  std::vector<std::string> other = FromBucket("out");
  other[5] = "YOLO 1.1";
  ProcessResult done = Annofs(other);
  EXPECT_EQ(done.exit_code, 0) << done.err;
  EXPECT_THAT(done.err, Not(HasSubstr("already")));
  EXPECT_EQ(Sh("ls -A out"), "obj.data\nobj.names\nobj_train_data\ntrain.txt\n");
}

TEST_F(ExportPartialTest, OfAnotherVersionOfTheAnnotationsNothingIsGoneOnWith) {
  Sh("touch -d '2026-01-01 00:00:00' bucket/many.xml");
  const std::vector<std::string> again = {"export",   Path("bucket"), "--view", "yolo",
                                          "--output", Path("out"),    "--force"};
  EXPECT_EQ(Annofs(again).exit_code, 0);
  Write("out.partial/labels/train/alien.txt", "alien");
  Write("out.partial/.annofs-export", "an unfinished annofs export\nview of before\n");
  Sh("sed -i 's/name=\"7.jpg\"/name=\"700.jpg\"/' bucket/many.xml");
  EXPECT_EQ(Annofs(again).exit_code, 0);
  EXPECT_EQ(Sh("find out -name alien.txt -o -name .annofs-export -o -name 7.txt"), "");
  EXPECT_EQ(Sh("find out -name 700.txt | wc -l"), "1\n");
}

TEST_F(ExportPartialTest, OfTwoToOneOutputTheSecondIsRefused) {
  Serve("bucket");
  for (const char* output : {"out", "out.zip"}) {
    std::unique_ptr<Process> first = StartSlowly(output);
    ExpectSoon(absl::StrCat("[ -s ", output, ".partial/.annofs-export ]"));
    ProcessResult second = Annofs(FromBucket(output));
    EXPECT_EQ(second.exit_code, 1);
    EXPECT_THAT(second.err, HasSubstr("another export is writing there"));
    Sh(absl::StrCat("[ -d ", output, ".partial ]"));
    absl::StatusOr<ProcessResult> done = first->Wait(absl::Seconds(60));
    ASSERT_TRUE(done.ok()) << done.status();
    EXPECT_EQ(done->exit_code, 0) << done->err;
  }
  EXPECT_EQ(Sh("unzip -Z1 out.zip | wc -l"), Sh("find out -type f | wc -l"));
}

TEST_F(ExportPartialTest, WhatNoExportHasMadeIsNotTouched) {
  Write("out.partial/mine", "mine");
  Write("plain.partial", "mine");
  Sh("mkdir elsewhere && touch elsewhere/mine && ln -s elsewhere link.partial");
  Sh("mkdir -p odd.partial/.annofs-export");
  const std::string before = Sh("ls -lR *.partial elsewhere");
  for (const char* output : {"out", "plain", "link", "odd"}) {
    for (const char* force : {"", "--force"}) {
      std::vector<std::string> arguments = {"export", Path("bucket"), "--view",
                                            "yolo",   "--output",     Path(output)};
      if (*force != 0) arguments.emplace_back(force);
      ProcessResult result = Annofs(arguments);
      EXPECT_EQ(result.exit_code, 1) << output;
      EXPECT_THAT(result.err, HasSubstr("no export has made it"));
    }
  }
  EXPECT_EQ(Sh("ls -lR *.partial elsewhere"), before);
  EXPECT_EQ(Sh("ls -d out plain link odd 2>/dev/null; true"), "");
}

TEST_F(ExportPartialTest, ADiskThatIsFullLeavesNoFinalNameAndRoomLetsItBeDone) {
  SmallDisk disk(8 << 20);
  if (!disk.mounted()) GTEST_SKIP() << "no right to mount a tmpfs";
  Sh("for i in 1 2 3 4; do head -c 1500000 /dev/urandom > bucket/$i.jpg; done");
  for (const char* name : {"/out", "/out.zip"}) {
    const std::string output = disk.path() + name;
    const std::vector<std::string> arguments = {"export",   Path("bucket"), "--format",
                                                "COCO 1.0", "--output",     output};
    disk.Fill(3 << 20);
    ProcessResult full = Annofs(arguments);
    EXPECT_EQ(full.exit_code, 1);
    EXPECT_THAT(full.err, HasSubstr("No space left on device"));
    EXPECT_EQ(TrySh("ls -d " + output).exit_code, 2);
    disk.Free();
    ProcessResult done = Annofs(arguments);
    EXPECT_EQ(done.exit_code, 0) << done.err;
    EXPECT_EQ(TrySh("ls -d " + output + ".partial").exit_code, 2);
    if (output.back() == 'p') break;
    EXPECT_THAT(full.err, HasSubstr("make room and run the same again"));
    EXPECT_THAT(done.err, HasSubstr("were there already"));
    Sh("for i in bucket/*.jpg; do cmp $i " + output +
       "/images/default/${i#*/} || exit 1; done; rm -r " + output);
  }
}

}  // namespace
}  // namespace annofs::testing
