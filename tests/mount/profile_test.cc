// `annofs profile` of mounts with known traffic.
#include <csignal>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "cache/base/json.h"
#include "gmock/gmock.h"
#include "tests/mount/bucket_mount_test.h"

namespace annofs::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class ProfileTest : public BucketMountTest {
 protected:
  void PutImages() {
    Put("street.xml", ImagesXml("10.00"));
    Put("a.jpg", std::string(300'000, 'a'));
    Put("b.jpg", std::string(50'000, 'b'));
  }
  // Starts it; the result is there when it has heard of the directory `marker`, which is looked for
  // until then.
  std::unique_ptr<Process> Start(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "profile");
    return StartAnnofs(std::move(arguments));
  }
  // The access log of what `command` does in the mount, from its first to its last request, which
  // are looks for names that nobody has asked for before.
  std::vector<std::string> AccessLogOf(const std::string& mnt, const std::string& command,
                                       std::vector<std::string> arguments = {}) {
    arguments.insert(arguments.begin(), {mnt, "--access-log", "--duration", "60"});
    std::unique_ptr<Process> profile = Start(arguments);
    std::vector<std::string> lines;
    int asked = 0;
    for (bool heard = false; !heard && asked < 100;) {
      TrySh(absl::StrCat("stat ", mnt, "/begin", ++asked));
      heard = profile->ReadLine(absl::Milliseconds(150)).ok();
    }
    Sh(command);
    TrySh(absl::StrCat("stat -f ", mnt, "; stat ", mnt, "/end"));
    // What came before is not of it: looks for begin, of the root.
    for (;;) {
      absl::StatusOr<std::string> line = profile->ReadLine();
      EXPECT_TRUE(line.ok()) << line.status();
      if (!line.ok() || absl::StrContains(*line, "statfs")) break;
      lines.push_back(*std::move(line));
    }
    profile->Signal(SIGINT);
    absl::StatusOr<ProcessResult> ended = profile->Wait();
    EXPECT_TRUE(ended.ok());
    if (ended.ok()) EXPECT_EQ(ended->exit_code, 0) << ended->err;
    return lines;
  }
};

TEST_F(ProfileTest, TheAccessLogHasALineForEachRequest) {
  PutImages();
  const std::string mnt = MountBucket();
  uint64_t bytes = 0;
  bool looked = false;
  for (const std::string& line : AccessLogOf(mnt, "cat " + mnt + "/a.jpg >/dev/null")) {
    const std::vector<std::string> fields = absl::StrSplit(line, '\t');
    ASSERT_EQ(fields.size(), 7u) << line;
    EXPECT_EQ(fields[0].size(), 27u) << line;
    EXPECT_EQ(fields[6], "ok");
    looked |= fields[1] == "lookup" && fields[2] == ".";
    if (fields[1] != "read") continue;
    EXPECT_EQ(fields[2], "a.jpg");
    bytes += std::stoull(fields[4]);
  }
  EXPECT_EQ(bytes, 300'000u);
  EXPECT_TRUE(looked);
}

TEST_F(ProfileTest, FilesOfViewsHaveTheirPaths) {
  PutImages();
  const std::string mnt = MountBucket();
  const std::vector<std::string> lines = AccessLogOf(
      mnt, "cat " + mnt + "/views/street/by-frame/a.json " + mnt + "/views/street/yolo/data.yaml");
  const auto reads = [&lines](const std::string& path) {
    return std::any_of(lines.begin(), lines.end(), [&path](const std::string& line) {
      return absl::StrContains(line, "\tread\t" + path + "\t");
    });
  };
  EXPECT_TRUE(reads("views/street/by-frame/a.json"));
  EXPECT_TRUE(reads("views/street/yolo/data.yaml"));
}

TEST_F(ProfileTest, InAMountOfAViewPathsAreFromItsRoot) {
  PutImages();
  const std::string mnt = MountBucket({"--view", "yolo"});
  const std::vector<std::string> lines = AccessLogOf(mnt, "cat " + mnt + "/data.yaml");
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    return absl::StrContains(line, "\tread\tdata.yaml\t");
  }));
  // statx of the root, which the kernel asks for, or the look for a name in it.
  EXPECT_TRUE(std::any_of(lines.begin(), lines.end(), [](const std::string& line) {
    return absl::StrContains(line, "\tlookup\t.\t");
  }));
}

TEST_F(ProfileTest, JsonLinesHaveTheSameFields) {
  PutImages();
  const std::string mnt = MountBucket();
  int64_t bytes = 0;
  for (const std::string& line : AccessLogOf(mnt, "cat " + mnt + "/b.jpg >/dev/null", {"--json"})) {
    absl::StatusOr<JsonDocument> json = JsonDocument::Parse(line);
    ASSERT_TRUE(json.ok()) << line;
    EXPECT_EQ(json->root().StringOr("result", ""), "ok");
    if (json->root().StringOr("path", "") == "b.jpg") bytes += json->root().IntOr("bytes", 0);
  }
  EXPECT_EQ(bytes, 50'000);
}

TEST_F(ProfileTest, TheSummaryCountsWhatWasReadInItsTime) {
  PutImages();
  const std::string mnt = MountBucket();
  ASSERT_TRUE(
      emulator_->AddFault(R"({"op":"b2_download_file_by_id","delayMs":300,"count":1})").ok());
  std::unique_ptr<Process> profile = Start({mnt, "--json", "--duration", "4"});
  absl::SleepFor(absl::Milliseconds(200));
  // Once it listens, new names are heard of: these are looked for all the time.
  for (int i = 0; i < 10; ++i) {
    TrySh(absl::StrCat("stat ", mnt, "/none", i));
    absl::SleepFor(absl::Milliseconds(100));
  }
  Sh("cat " + mnt + "/a.jpg " + mnt + "/b.jpg >/dev/null");
  absl::StatusOr<ProcessResult> ended = profile->Wait();
  ASSERT_TRUE(ended.ok());
  ASSERT_EQ(ended->exit_code, 0) << ended->err;
  absl::StatusOr<JsonDocument> json = JsonDocument::Parse(ended->out);
  ASSERT_TRUE(json.ok()) << ended->out;
  const JsonValue root = json->root();
  EXPECT_EQ(root.StringOr("mountpoint", ""), mnt);
  EXPECT_EQ(root.IntOr("bytes", 0), 350'000);
  EXPECT_EQ(root["files_by_bytes"][0].StringOr("path", ""), "a.jpg");
  EXPECT_EQ(root["files_by_bytes"][0].IntOr("bytes", 0), 300'000);
  EXPECT_EQ(root["files_by_bytes"][1].StringOr("path", ""), "b.jpg");
  EXPECT_GE(root.IntOr("slow_count", 0), 1);
  EXPECT_EQ(root["slow"][0].StringOr("path", ""), "a.jpg");
  EXPECT_THAT(std::string(root["slow"][0].StringOr("waits_for", "")), HasSubstr("bytes"));
}

TEST_F(ProfileTest, PeopleAreToldTheSame) {
  PutImages();
  const std::string mnt = MountBucket();
  std::unique_ptr<Process> profile = Start({mnt, "--duration", "2.5"});
  absl::SleepFor(absl::Milliseconds(200));
  for (int i = 0; i < 10; ++i) {
    TrySh(absl::StrCat("stat ", mnt, "/none", i));
    absl::SleepFor(absl::Milliseconds(100));
  }
  Sh("cat " + mnt + "/a.jpg >/dev/null");
  absl::StatusOr<ProcessResult> ended = profile->Wait();
  ASSERT_TRUE(ended.ok());
  EXPECT_THAT(ended->out, AllOf(HasSubstr(mnt + "\n"), HasSubstr("operation "), HasSubstr("read "),
                                HasSubstr("files by bytes read"), HasSubstr("a.jpg\n")));
}

TEST_F(ProfileTest, WhatIsNoMountAndWhatDoesNotAnswerIsSaid) {
  PutImages();
  const ProcessResult none = Annofs({"profile", Path("bucket")});
  EXPECT_EQ(none.exit_code, 1);
  EXPECT_THAT(none.err, HasSubstr("profile: no annofs mount at "));
  const std::string mnt = Path("mnt");
  std::unique_ptr<Process> daemon = MountInForeground(mnt, {"--no-views"});
  daemon->Signal(SIGKILL);
  ASSERT_TRUE(daemon->Wait().ok());
  const ProcessResult gone = Annofs({"profile", mnt});
  EXPECT_EQ(gone.exit_code, 1);
  EXPECT_THAT(gone.err,
              AllOf(HasSubstr("no answer from the daemon of " + mnt), HasSubstr("umount --lazy")));
}

TEST_F(ProfileTest, TheEndOfTheMountEndsItWithWhatItHasHeard) {
  PutImages();
  const std::string mnt = MountBucket({"--no-views"});
  std::unique_ptr<Process> profile = Start({mnt, "--duration", "60"});
  absl::SleepFor(absl::Milliseconds(200));
  Unmount(mnt);
  absl::StatusOr<ProcessResult> ended = profile->Wait();
  ASSERT_TRUE(ended.ok());
  EXPECT_EQ(ended->exit_code, 1);
  EXPECT_THAT(ended->out, HasSubstr(mnt));
  EXPECT_THAT(ended->err, HasSubstr("profile: the mount has ended"));
}

TEST_F(ProfileTest, ALineOfTheLogNamesTheFileThatCannotBeRead) {
  PutImages();
  const std::string mnt = MountBucket({"--log-file", Path("log"), "--timeout", "2"});
  ASSERT_TRUE(
      emulator_->AddFault(R"({"op":"b2_download_file_by_id","status":503,"count":1000})").ok());
  EXPECT_NE(TrySh("cat " + mnt + "/a.jpg").exit_code, 0);
  EXPECT_THAT(Read(Path("log")), HasSubstr("read of a.jpg: "));
}

}  // namespace
}  // namespace annofs::testing
