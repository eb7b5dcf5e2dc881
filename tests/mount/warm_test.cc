// `annofs warm` of a source and towards a live mount, counted by the emulator.
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "cache/base/json.h"
#include "gmock/gmock.h"
#include "tests/mount/mount_test_base.h"
#include "tests/testing/files.h"
#include "tools/control_socket.h"

namespace annofs::testing {
namespace {

using ::testing::ContainsRegex;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kGet[] = "b2_download_file_by_id";

class WarmMountTest : public MountTest {
 protected:
  // images/NUMBER.jpg of 50,000 bytes each.
  void MakeImages(int count, const std::vector<std::string>& emulator = {}) {
    Sh(absl::StrCat("mkdir -p bucket/images && cd bucket/images && for i in $(seq ", count,
                    "); do head -c 50000 /dev/urandom >$i.jpg; done"));
    Serve("bucket", emulator);
  }
  std::vector<std::string> WarmArguments(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), {"warm", "b2://b", "--endpoint", emulator_->url()});
    return arguments;
  }
  // `annofs warm` of the bucket, which must work.
  ProcessResult Warm(std::vector<std::string> arguments = {}) {
    ProcessResult result = Annofs(WarmArguments(std::move(arguments)));
    EXPECT_EQ(result.exit_code, 0) << result.err;
    return result;
  }
  JsonDocument Json(const std::string& text) {
    absl::StatusOr<JsonDocument> json = JsonDocument::Parse(text);
    EXPECT_TRUE(json.ok()) << json.status() << text;
    return *std::move(json);
  }
  void AwaitGets(int64_t count) {
    for (int i = 0; i < 400 && Requests(kGet) < count; ++i) {
      absl::SleepFor(absl::Milliseconds(25));
    }
    EXPECT_GE(Requests(kGet), count);
  }
  void ReadEverything(const std::string& mnt) {
    Sh("cd " + mnt +
       " && find . -path ./views -prune -o -type f -print | while read f; do cmp $f "
       "../bucket/$f || exit 1; done");
  }
  std::string SocketOf(const std::string& mnt) {
    return std::string(Json(Annofs({"status", "--json", mnt}).out).root().StringOr("socket", ""));
  }
  // What the control socket answers to that, to its end.
  std::string Say(const std::string& socket, absl::string_view text) {
    absl::StatusOr<int> connection = ConnectControl(socket);
    EXPECT_TRUE(connection.ok()) << connection.status();
    if (!connection.ok()) return "";
    absl::Cleanup closer = [&] { close(*connection); };
    SendControl(*connection, text);
    shutdown(*connection, SHUT_WR);
    LineReader lines(*connection, nullptr);
    std::string answers;
    for (;;) {
      absl::StatusOr<std::optional<std::string>> line = lines.Next(absl::Seconds(30));
      EXPECT_TRUE(line.ok()) << line.status();
      if (!line.ok() || !*line) return answers;
      absl::StrAppend(&answers, **line, "\n");
    }
  }
};

TEST_F(WarmMountTest, AfterAWarmReadingEverythingCostsNothingAndSoDoesAnotherWarm) {
  Sh("mkdir bucket && head -c 5000000 /dev/urandom >bucket/large.bin");
  MakeImages(30);
  EXPECT_THAT(Warm({"--no-views"}).out, HasSubstr("31 objects, 6.2 MiB by 32 requests"));
  EXPECT_EQ(Requests(kGet), 32);  // the large one by two
  ResetCounters();
  EXPECT_THAT(Warm({"--no-views"}).out, HasSubstr("31 objects in the cache already"));
  ReadEverything(MountBucket({"--no-views"}));
  EXPECT_EQ(Requests(kGet), 0);
}

TEST_F(WarmMountTest, ADryRunSaysWhatTheWarmThenTakes) {
  Sh("mkdir bucket && head -c 5000000 /dev/urandom >bucket/large.bin");
  MakeImages(10);
  EXPECT_THAT(Warm({"--no-views", "--dry-run"}).out,
              ContainsRegex("would fetch 11 objects, 5.2 MiB by 12 requests, about \\$0.00 "
                            "\\(prices of 20"));
  const JsonDocument counted = Json(Warm({"--no-views", "--dry-run", "--json"}).out);
  EXPECT_EQ(Requests(kGet), 0);
  ResetCounters();
  const JsonDocument warmed = Json(Warm({"--no-views", "--json"}).out);
  for (absl::string_view member : {"files", "bytes", "requests", "objects"}) {
    EXPECT_EQ(warmed.root().IntOr(member, -1), counted.root().IntOr(member, -2)) << member;
  }
  EXPECT_EQ(warmed.root().IntOr("requests", -1), Requests(kGet));
  EXPECT_GT(counted.root()["estimate"].DoubleOr("amount", 0), 0);
}

TEST_F(WarmMountTest, ALocalDirectoryHasNoCost) {
  Write("bucket/a", "content");
  ProcessResult result = Annofs({"warm", Path("bucket"), "--dry-run"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("1 object, 7 B by 1 request\n"));
}

TEST_F(WarmMountTest, ALargeObjectFromAFastStoreIsKeptWhole) {
  Sh("mkdir bucket && head -c 300000000 /dev/urandom >bucket/large.bin");
  ProcessResult result = Annofs({"warm", Path("bucket"), "--pin", "--json"});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  const JsonDocument json = Json(result.out);
  EXPECT_EQ(json.root().IntOr("bytes", -1), 300'000'000);
  EXPECT_EQ(json.root().IntOr("not_kept_bytes", -1), 0);
}

TEST_F(WarmMountTest, AViewBringsItsImagesOnceHoweverManyViewsShowThem) {
  MakeLightweightBucket();
  Serve("bucket");
  const std::string mnt = MountBucket();
  const std::string dataset(
      absl::StripSuffix(Sh("cd " + mnt + "/views && ls -d */ | head -1"), "/\n"));
  const std::string images =
      Sh("cd '" + mnt + "/views/" + dataset + "/by-frame' && find . -links 2 -type f | wc -l");
  Unmount(mnt);
  Warm({dataset + "/reports"});  // reads the annotations
  ResetCounters();
  const ProcessResult warmed =
      Warm({dataset + "/by-frame", "views/*/yolo/images/*/*", dataset + "/by-class", "--json"});
  EXPECT_EQ(Requests(kGet), std::stoi(images));
  const JsonDocument json = Json(warmed.out);
  EXPECT_EQ(json.root().IntOr("fetched", -1), std::stoi(images));
  EXPECT_GT(json.root().IntOr("made_when_read", 0), 0);
  MountBucket();
  ResetCounters();
  Sh("cat '" + mnt + "/views/" + dataset + "'/yolo/images/*/* >/dev/null");
  EXPECT_EQ(Requests(kGet), 0);
}

TEST_F(WarmMountTest, AGlobBringsWhatItMatches) {
  MakeImages(12);
  EXPECT_THAT(Warm({"images/1*.jpg", "--no-views"}).out, HasSubstr("4 objects"));
  EXPECT_EQ(Requests(kGet), 4);
}

TEST_F(WarmMountTest, OneConnectionKeepsTheOrder) {
  MakeImages(8);
  // Refused, each is named: in the order in which they were asked for.
  ASSERT_TRUE(
      emulator_->AddFault("{\"op\":\"b2_download_file_by_id\",\"status\":404,\"count\":-1}").ok());
  const std::vector<std::string> order = {"images/5.jpg", "images/2.jpg", "images/8.jpg",
                                          "images/1.jpg"};
  Write("order", absl::StrJoin(order, "\n"));
  ProcessResult result = Annofs(
      WarmArguments({"--no-views", "--connections", "1", "--order", Path("order"), "--json"}));
  EXPECT_EQ(result.exit_code, 1);
  const JsonDocument json = Json(result.out);
  std::vector<std::string> asked;
  for (size_t i = 0; i < json.root()["failures"].size(); ++i) {
    asked.emplace_back(json.root()["failures"][i].StringOr("path", ""));
  }
  EXPECT_EQ(asked, order);
}

TEST_F(WarmMountTest, WhatFailsIsNamedAndTheOthersAreThere) {
  MakeImages(10);
  ASSERT_TRUE(
      emulator_->AddFault("{\"op\":\"b2_download_file_by_id\",\"status\":404,\"count\":1}").ok());
  ProcessResult result = Annofs(WarmArguments({"--no-views", "images", "imags"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, ContainsRegex("annofs: warm: images/[0-9]+.jpg: "));
  EXPECT_THAT(result.err, HasSubstr("annofs: warm: imags: no such file or directory"));
  EXPECT_THAT(result.out, HasSubstr("9 objects"));
  EXPECT_THAT(result.out, HasSubstr("2 failed"));
  ResetCounters();
  Warm({"--no-views"});
  EXPECT_EQ(Requests(kGet), 1);
}

TEST_F(WarmMountTest, AWarmThatWasKilledIsGoneOnWith) {
  constexpr int kImages = 60;
  MakeImages(kImages, {"--latency", "50"});
  std::vector<std::string> arguments =
      WarmArguments({"--no-views", "--connections", "2", "--cache", Path("cache")});
  std::unique_ptr<Process> process = StartAnnofs(arguments);
  AwaitGets(20);
  process->Signal(SIGKILL);
  ASSERT_TRUE(process->Wait().ok());
  ResetCounters();
  const JsonDocument again = Json(Warm({"--no-views", "--json"}).out);
  EXPECT_GT(again.root().IntOr("cached", 0), 0);
  EXPECT_EQ(again.root().IntOr("cached", 0) + Requests(kGet), kImages);
  ResetCounters();
  ReadEverything(MountBucket({"--no-views"}));
  EXPECT_EQ(Requests(kGet), 0);
}

TEST_F(WarmMountTest, AnInterruptedWarmSaysWhatItDidAndThatItCanGoOn) {
  constexpr int kImages = 60;
  MakeImages(kImages, {"--latency", "50"});
  std::unique_ptr<Process> process =
      StartAnnofs(WarmArguments({"--no-views", "--connections", "2", "--cache", Path("cache")}));
  AwaitGets(10);
  process->Signal(SIGINT);
  const absl::StatusOr<ProcessResult> ended = process->Wait(absl::Seconds(10));
  ASSERT_TRUE(ended.ok()) << ended.status();
  EXPECT_EQ(ended->exit_code, 1);
  EXPECT_THAT(ended->err, ContainsRegex("interrupted: warmed b2://b: [0-9]+ objects"));
  EXPECT_THAT(ended->err, HasSubstr("running it again goes on from there"));
  const int64_t before = Requests(kGet);
  EXPECT_LT(before, kImages);
  Warm({"--no-views"});
  EXPECT_LE(Requests(kGet), kImages + 2)
      << "what was fetched is fetched once, but what was under way";
}

TEST_F(WarmMountTest, MoreThanTheCacheHoldsIsSaid) {
  MakeImages(400);  // 20 MB
  const ProcessResult result = Warm({"--no-views", "--cache-size", "16M", "--dry-run"});
  EXPECT_THAT(result.err, HasSubstr("more than the cache holds"));
  EXPECT_THAT(result.err, HasSubstr("--cache-size is 16 MiB"));
}

TEST_F(WarmMountTest, AMountThatUsesTheSameCacheIsNotDisturbed) {
  MakeImages(20);
  const std::string mnt = MountBucket({"--no-views"});
  Warm({"--no-views"});
  EXPECT_EQ(Requests(kGet), 20);
  ReadEverything(mnt);
  EXPECT_EQ(Requests(kGet), 20) << "the mount has what was warmed beside it";
}

TEST_F(WarmMountTest, WhatIsPinnedStaysWhateverElseIsRead) {
  Sh("mkdir -p bucket/others && cd bucket/others && for i in $(seq 60); do head -c 1000000 "
     "/dev/urandom >$i; done");
  MakeImages(40);
  const std::vector<std::string> cache = {"--no-views", "--cache-size", "32M"};
  auto warm = [&](std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), cache.begin(), cache.end());
    return Warm(arguments);
  };
  EXPECT_THAT(warm({"images", "--pin"}).out, HasSubstr("warmed and pinned b2://b: 40 objects"));
  ResetCounters();
  EXPECT_THAT(warm({"images", "--pin"}).out, HasSubstr("40 objects in the cache already"));
  EXPECT_EQ(Requests(kGet), 0);
  warm({"others"});
  ResetCounters();
  const std::string mnt = MountBucket(cache);
  Sh("cd " + mnt + "/images && for f in *; do cmp $f " + Path("bucket") + "/images/$f; done");
  EXPECT_EQ(Requests(kGet), 0);
}

TEST_F(WarmMountTest, WhatIsThereIsPinnedWithoutARequest) {
  MakeImages(20);
  Warm({"--no-views"});
  ResetCounters();
  EXPECT_THAT(Warm({"--no-views", "--pin"}).out, HasSubstr("20 objects, 0 B by 0 requests"));
  EXPECT_EQ(Requests(kGet), 0);
}

TEST_F(WarmMountTest, WhatCouldNotBePinnedIsSaid) {
  MakeImages(300);  // 15 MB
  const ProcessResult result =
      Annofs(WarmArguments({"--no-views", "--cache-size", "16M", "--pin"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, ContainsRegex("annofs: warm: [0-9.]+ MiB could not be pinned"));
  EXPECT_THAT(result.err, HasSubstr("--cache-size"));
}

TEST_F(WarmMountTest, ALiveMountPins) {
  MakeImages(300);
  const std::string mnt = MountBucket({"--no-views", "--cache-size", "16M"});
  EXPECT_THAT(Annofs({"warm", mnt, "images/1*.jpg", "--pin"}).out,
              HasSubstr("warmed and pinned " + mnt + ": 111 files"));
  const ProcessResult all = Annofs({"warm", mnt, "--pin"});
  EXPECT_EQ(all.exit_code, 1);
  EXPECT_THAT(all.err, ContainsRegex("[0-9.]+ MiB could not be pinned"));
}

TEST_F(WarmMountTest, ALiveMountIsWarmed) {
  MakeImages(25);
  const std::string mnt = MountBucket({"--no-views"});
  EXPECT_THAT(Annofs({"warm", mnt, "--dry-run"}).out,
              ContainsRegex("would fetch 25 objects, 1.2 MiB by 25 requests, about \\$0.00"));
  EXPECT_EQ(Requests(kGet), 0);
  const ProcessResult result = Annofs({"warm", mnt});
  EXPECT_EQ(result.exit_code, 0) << result.err;
  EXPECT_THAT(result.out, HasSubstr("25 files, 1.2 MiB by 25 requests"));
  EXPECT_EQ(Requests(kGet), 25);
  ReadEverything(mnt);
  EXPECT_EQ(Requests(kGet), 25);
}

TEST_F(WarmMountTest, PathsInALiveMountAreMeantFromWhereTheUserStands) {
  MakeImages(12);
  const std::string mnt = MountBucket({"--no-views"});
  const std::string annofs = AnnofsProgram();
  EXPECT_THAT(Sh("cd " + mnt + "/images && " + annofs + " warm 1.jpg"), HasSubstr("1 file"));
  EXPECT_EQ(Requests(kGet), 1);
  EXPECT_THAT(Sh(annofs + " warm " + mnt + "/images '1*.jpg'"), HasSubstr("4 files"));
  EXPECT_EQ(Requests(kGet), 4);
  EXPECT_THAT(Sh("seq 12 | sed 's|^|" + mnt + "/images/|;s|$|.jpg|' | " + annofs + " warm " + mnt +
                 " --order -"),
              HasSubstr("12 files"));
  EXPECT_EQ(Requests(kGet), 12);
}

TEST_F(WarmMountTest, WhatALiveMountCannotBringIsNamed) {
  MakeImages(3);
  const std::string mnt = MountBucket({"--no-views"});
  const ProcessResult result = Annofs({"warm", mnt, "images/1.jpg", "imags"});
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.err, HasSubstr("annofs: warm: imags: no such file or directory"));
  EXPECT_THAT(result.out, HasSubstr("1 file"));
}

TEST_F(WarmMountTest, WhatAClientAskedForIsDoneWhenItHasGone) {
  MakeImages(30, {"--latency", "20"});
  const std::string mnt = MountBucket({"--no-views", "--connections", "4"});
  absl::StatusOr<int> connection = ConnectControl(SocketOf(mnt));
  ASSERT_TRUE(connection.ok()) << connection.status();
  SendControl(*connection, "warm\nimages\n");
  close(*connection);
  AwaitGets(30);
  ReadEverything(mnt);
  EXPECT_EQ(Requests(kGet), 30);
}

TEST_F(WarmMountTest, ClientsOfEveryKindLeaveTheMountServing) {
  MakeImages(40, {"--latency", "100"});
  const std::string mnt = MountBucket({"--no-views", "--connections", "2"});
  const std::string socket = SocketOf(mnt);
  EXPECT_THAT(Say(socket, "nonsense\n"), HasSubstr("error 'nonsense' is not understood"));
  EXPECT_THAT(Say(socket, "warm quickly\n"), HasSubstr("error 'quickly'"));
  EXPECT_THAT(Say(socket, "warm\n" + std::string(5000, 'x') + "\n"),
              HasSubstr("error a line of more than 4096 bytes"));
  EXPECT_THAT(Say(socket, "warm\nimages/1.jpg\nbroken\\q\n../../etc/passwd\n"),
              ContainsRegex("failed broken.*\nfailed .*passwd\tno such file or directory\n"
                            "done 1 50000 1 2\n"));
  std::vector<int> clients;
  for (int i = 0; i < 8; ++i) {
    absl::StatusOr<int> connection = ConnectControl(socket);
    ASSERT_TRUE(connection.ok());
    clients.push_back(*connection);
    SendControl(*connection, "warm\nimages\n");
  }
  absl::SleepFor(absl::Milliseconds(300));
  EXPECT_THAT(Say(socket, "warm\nimages\n"), HasSubstr("error 8 clients are served already"));
  const absl::Time begin = absl::Now();
  EXPECT_THAT(Annofs({"status", mnt}).out, HasSubstr("requests"));
  EXPECT_LT(absl::Now() - begin, absl::Seconds(2)) << "the warms take longer than that";
  for (int client : clients) close(client);
  AwaitGets(40);
  EXPECT_EQ(Requests(kGet), 40) << "nothing is fetched twice";
}

TEST_F(WarmMountTest, TheEndOfAMountEndsItsWarms) {
  MakeImages(300, {"--latency", "200"});
  const std::string mnt = Path("mnt");
  std::unique_ptr<Process> daemon = MountInForeground(mnt, {"--no-views", "--connections", "2"});
  std::unique_ptr<Process> client = StartAnnofs({"warm", mnt});
  AwaitGets(3);
  const absl::Time begin = absl::Now();
  daemon->Signal(SIGTERM);
  ASSERT_TRUE(daemon->Wait(absl::Seconds(10)).ok());
  EXPECT_LT(absl::Now() - begin, absl::Seconds(5));
  absl::StatusOr<ProcessResult> told = client->Wait(absl::Seconds(10));
  ASSERT_TRUE(told.ok()) << told.status();
  EXPECT_EQ(told->exit_code, 1);
  EXPECT_THAT(told->err, HasSubstr("the mount ends"));
  EXPECT_LT(Requests(kGet), 50);
}

// The example of README.md, as it stands there.
TEST_F(WarmMountTest, TheExampleOfASamplerRuns) {
  MakeImages(15);
  const std::string mnt = MountBucket({"--no-views"});
  const std::string readme = Read(SourcePath("README.md"));
  const size_t begin = readme.find("```python\n");
  ASSERT_NE(begin, readme.npos);
  const size_t code = begin + 10;
  Write("sampler.py", readme.substr(code, readme.find("```", code) - code));
  const std::string path = absl::StrCat("PATH=$(dirname ", AnnofsProgram(), "):$PATH ");
  const std::string said = Sh(path + "python3 sampler.py " + mnt + " images");
  EXPECT_THAT(said, ContainsRegex("done 15 750000 15 0\n$"));
  EXPECT_EQ(Requests(kGet), 15);
  ReadEverything(mnt);
  EXPECT_EQ(Requests(kGet), 15);
}

}  // namespace
}  // namespace annofs::testing
