// Keys and tokens are seen nowhere, however a run fails: not in what it prints, logs or keeps on
// disk, not in /proc, not in the control files, not after a crash. The servers of these tests say
// the secrets aloud in every answer.
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gmock/gmock.h"
#include "tests/cache/store/b2_server.h"
#include "tests/mount/secrets_test_base.h"
#include "tests/testing/files.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST_F(SecretsTest, AWrongKey) {
  Write("bucket/a.bin", "content of a");
  Serve("bucket");
  FailToMount("b2://b", {"--endpoint", emulator_->url(), "--credentials", KeyFile()});
  EXPECT_THAT(said_, HasSubstr("refuses the application key"));
  ExpectNoSecret();
}

TEST_F(SecretsTest, ARefusalThatSaysThemAloud) {
  ServeWithKey();
  ASSERT_TRUE(emulator_->AddFault(Refusal("b2_list_file_names", 401, "unauthorized")).ok());
  FailToMount("b2://b", {"--endpoint", emulator_->url()});
  EXPECT_THAT(said_, HasSubstr("[redacted]"));
  ExpectNoSecret();
}

TEST_F(SecretsTest, AMalformedAnswerThatSaysThemAloud) {
  B2Server server;
  server.authorize = [](const ScriptedRequest& request) {
    return JsonReply(200, absl::StrCat(SaidAloud(), " ", request.headers.at("authorization")));
  };
  FailToMount("b2://bucket", {"--endpoint", server.server().url(), "--credentials", KeyFile()});
  EXPECT_THAT(said_, HasSubstr("malformed"));
  ExpectNoSecret();
}

TEST_F(SecretsTest, AnEndpointThatIsNotThere) {
  FailToMount("b2://b", {"--endpoint", kCertainlyClosed, "--credentials", KeyFile()});
  ExpectNoSecret();
}

TEST_F(SecretsTest, AKeyGivenWhereItDoesNotBelong) {
  FailToMount(absl::StrCat("b2://", kKeyId, ":", kKey, "@b"),
              {"--endpoint", kCertainlyClosed, "--credentials", KeyFile()});
  std::string file = KeyFile(absl::StrCat(kKey, "\n", kKey));
  FailToMount("b2://b", {"--endpoint", kCertainlyClosed, "--credentials", file});
  EXPECT_THAT(said_, HasSubstr("line 3"));
  ExpectNoSecret();
}

TEST_F(SecretsTest, AMountWhoseStoreStallsRefusesAndResets) {
  ServeWithKey();
  std::string mnt = MountLoudly("b2://b", {"--endpoint", emulator_->url(), "--no-views"});
  constexpr char kDownload[] = "b2_download_file_by_id";
  for (const std::string& fault :
       {Refusal(kDownload, 403, "access_denied"), Refusal(kDownload, 503, "service_unavailable"),
        Refusal(kDownload, 401, "bad_auth_token"),
        absl::StrCat("{\"op\":\"", kDownload, "\",\"reset\":true,\"count\":-1}"),
        absl::StrCat("{\"op\":\"", kDownload, "\",\"stall\":true,\"count\":-1}")}) {
    ASSERT_TRUE(emulator_->AddFault(fault).ok());
    ProcessResult cat = TrySh("cat " + mnt + "/a.bin");
    EXPECT_NE(cat.exit_code, 0) << fault;
    absl::StrAppend(&said_, cat.err);
    ASSERT_TRUE(emulator_->ClearFaults().ok());
  }
  AskTheMount(mnt);
  EXPECT_EQ(Read(mnt + "/b.bin"), "content of b");
  Unmount(mnt);
  std::string log = Read(Path("cache/annofs.log"));
  EXPECT_THAT(log, HasSubstr("[redacted]"));
  ExpectNoSecret();
}

TEST_F(SecretsTest, ATokenThatTheServerRepeats) {
  B2Server server;
  server.authorize = [&server](const ScriptedRequest&) {
    return JsonReply(200, server.V4(B2Server::kAllAllowed, kToken));
  };
  server.list_files = [](const ScriptedRequest&) {
    return JsonReply(
        200,
        R"({"files":[{"fileName":"file","fileId":"4_zfile","action":"upload","contentLength":36,)"
        R"("uploadTimestamp":1700000000000,"fileInfo":{}}],"nextFileName":null})");
  };
  server.download = [](const ScriptedRequest&) {
    return ErrorReply(400, "bad_request", absl::StrJoin(TokenForms(), " "));
  };
  std::string mnt = MountLoudly("b2://bucket", {"--endpoint", server.server().url(),
                                                "--credentials", KeyFile(), "--no-views"});
  EXPECT_NE(TrySh("cat " + mnt + "/file").exit_code, 0);
  EXPECT_GE(server.Count("b2_download_file_by_id"), 1);
  AskTheMount(mnt);
  Unmount(mnt);
  EXPECT_THAT(Read(Path("cache/annofs.log")), HasSubstr("[redacted]"));
  ExpectNoSecret();
}

TEST_F(SecretsTest, AMountOfADirectoryWithKeysInItsEnvironment) {
  Write("bucket/a.bin", "content of a");
  setenv("AWS_SECRET_ACCESS_KEY", kKey, 1);
  setenv("AWS_SESSION_TOKEN", kToken, 1);
  absl::Cleanup unset = [] {
    unsetenv("AWS_SECRET_ACCESS_KEY");
    unsetenv("AWS_SESSION_TOKEN");
  };
  std::string mnt = MountLoudly(Path("bucket"));
  AskTheMount(mnt);
  EXPECT_THAT(said_, HasSubstr("AWS_SECRET_ACCESS_KEY=xxx")) << "its environment was not read";
  Unmount(mnt);
  ExpectNoSecret();
}

// Opens the memory of a process.
std::string Open(absl::string_view pid) { return absl::StrCat(": </proc/", pid, "/mem"); }

// A user may open the memory of his own processes, unless they are not dumpable; root too, where
// nobody has CAP_SYS_PTRACE.
TEST_F(SecretsTest, TheDaemonIsClosedToItsOwnUser) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to drop capabilities";
  Write("bucket/a.bin", "content of a");
  std::string mnt = Path("mnt");
  mkdir(mnt.c_str(), 0755);
  std::string plain = "setpriv --bounding-set=-sys_ptrace ";
  Sh(plain + "sh -c 'sleep 20 & pid=$!; " + Open("$pid") + "; code=$?; kill $pid; exit $code'");
  Sh(absl::StrCat("ulimit -c unlimited; ", plain, AnnofsProgram(), " mount ", Path("bucket"), " ",
                  mnt, " --no-views --cache ", Path("cache")));
  pid_t daemon = DaemonOf(mnt);
  ProcessResult open = TrySh(absl::StrCat(plain, "sh -c '", Open(absl::StrCat(daemon)), "'"));
  std::string limits = Read(absl::StrCat("/proc/", daemon, "/limits"));
  Unmount(mnt);
  EXPECT_NE(open.exit_code, 0);
  EXPECT_THAT(open.err, HasSubstr("Permission denied"));
  EXPECT_THAT(limits, ::testing::ContainsRegex("Max core file size +0 +0 "));
}

TEST_F(SecretsTest, ACrashLeavesNoCoreAndNoKey) {
  ServeWithKey();
  std::string mnt = Path("mnt");
  mkdir(mnt.c_str(), 0755);
  // The shell says how its child ended, and whether it left a core.
  std::string command = absl::StrCat(
      "ulimit -c unlimited; ", AnnofsProgram(), " mount -f b2://b ", mnt, " --endpoint ",
      emulator_->url(), " --credentials ", KeyFile(), " --cache ", Path("cache"),
      " --log-level debug & pid=$!; for i in $(seq 200); do mountpoint -q ", mnt,
      " && break; sleep 0.05; done; cat ", mnt,
      "/a.bin; kill -SEGV $pid; wait $pid; echo ended $?");
  ProcessResult shell = TrySh(command);
  absl::StrAppend(&said_, shell.out, shell.err);
  (void)TrySh("umount -l " + mnt);
  EXPECT_THAT(shell.out, HasSubstr("content of a"));
  EXPECT_THAT(shell.out, HasSubstr(absl::StrCat("ended ", 128 + SIGSEGV)));
  EXPECT_THAT(shell.err, HasSubstr("Segmentation fault"));
  EXPECT_THAT(shell.err, Not(HasSubstr("core dumped")));
  EXPECT_EQ(Sh("find . -name 'core*' -not -path './bucket/*' | wc -l"), "0\n");
  ExpectNoSecret();
}

}  // namespace
}  // namespace annofs::testing
