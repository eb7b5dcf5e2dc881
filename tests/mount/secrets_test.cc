// Keys and tokens are seen nowhere, however a run fails: not in what it prints, logs or keeps on
// disk, not in /proc, not in the control files, not after a crash. The servers of these tests say
// the secrets aloud in every answer.
#include <signal.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "tests/cache/store/b2_server.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kKeyId[] = "002d6db572866a50028975495";
constexpr char kKey[] = "K002/secret+of=this?test";
constexpr char kToken[] = "4_token/that+nobody=may?see";
constexpr char kCertainlyClosed[] = "http://127.0.0.1:1";

std::string Base64(absl::string_view text) {
  std::string encoded = absl::Base64Escape(text);
  encoded.erase(encoded.find_last_not_of('=') + 1);
  return encoded;
}

std::string PercentEncoded(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"/", "%2F"}, {"+", "%2B"}, {"=", "%3D"}, {"?", "%3F"}});
}

// What must not be found anywhere.
std::vector<std::string> KeyForms() {
  return {kKey, Base64(kKey), PercentEncoded(kKey), Base64(absl::StrCat(kKeyId, ":", kKey))};
}
std::vector<std::string> TokenForms() { return {kToken, Base64(kToken), PercentEncoded(kToken)}; }
std::vector<std::string> Secrets() {
  std::vector<std::string> all = KeyForms();
  for (const std::string& form : TokenForms()) all.push_back(form);
  return all;
}

// The key in every form, as a message of a server that does not know better.
std::string SaidAloud() { return absl::StrJoin(KeyForms(), " "); }

// The emulator's answer to an operation from now on.
std::string Refusal(absl::string_view operation, int status, absl::string_view code) {
  return absl::StrCat("{\"op\":\"", operation, "\",\"status\":", status, ",\"code\":\"", code,
                      "\",\"message\":\"", SaidAloud(), "\",\"count\":-1}");
}

class SecretsTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    ASSERT_TRUE(WriteFile(patterns_ / "secrets", absl::StrJoin(Secrets(), "\n") + "\n").ok());
  }

  // The emulator with the key of this test; nobody else inherits it.
  void ServeWithKey() {
    Write("bucket/a.bin", "content of a");
    Write("bucket/b.bin", "content of b");
    setenv("ANNOFS_EMULATOR_KEY_ID", kKeyId, 1);
    setenv("ANNOFS_EMULATOR_KEY", kKey, 1);
    Serve("bucket");
    unsetenv("ANNOFS_EMULATOR_KEY_ID");
    unsetenv("ANNOFS_EMULATOR_KEY");
    ASSERT_EQ(emulator_->key(), kKey);
  }

  // Keys as a file that only we can read.
  std::string KeyFile(absl::string_view key = kKey) {
    std::string path = patterns_ / "keys";
    EXPECT_TRUE(WriteFile(path, absl::StrCat("B2_APPLICATION_KEY_ID=", kKeyId,
                                             "\nB2_APPLICATION_KEY=", key, "\n"))
                    .ok());
    EXPECT_EQ(chmod(path.c_str(), 0600), 0);
    return path;
  }

  // `annofs ARGUMENTS…` that logs all it can; what it prints is kept for the search.
  ProcessResult Run(std::vector<std::string> arguments) {
    if (arguments[0] == "mount") {
      arguments.insert(arguments.end(),
                       {"--log-level", "debug", "--timeout", "2", "--cache-size", "16M"});
    }
    ProcessResult result = Annofs(arguments);
    absl::StrAppend(&said_, result.out, result.err);
    return result;
  }

  // A mount that must fail, in the background (the log goes to the cache directory) and in front
  // (it goes to stderr).
  void FailToMount(const std::string& source, std::vector<std::string> more) {
    std::string mountpoint = Path("mnt");
    mkdir(mountpoint.c_str(), 0755);
    for (bool in_front : {false, true}) {
      std::vector<std::string> arguments = {"mount", source, mountpoint};
      arguments.insert(arguments.end(), more.begin(), more.end());
      if (in_front) arguments.push_back("-f");
      ProcessResult result = Run(arguments);
      EXPECT_EQ(result.exit_code, 1);
      EXPECT_THAT(result.err, HasSubstr("annofs: mount: "));
    }
  }

  std::string MountLoudly(const std::string& source, std::vector<std::string> more = {}) {
    more.insert(more.end(), {"--log-level", "debug", "--timeout", "2", "--cache-size", "16M"});
    return Mount(source, "mnt", std::move(more));
  }

  // The process that serves this mountpoint.
  pid_t DaemonOf(const std::string& mountpoint) {
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      pid_t pid = 0;
      if (!absl::SimpleAtoi(entry.path().filename().string(), &pid) || pid == getpid()) continue;
      std::string base = entry.path().string();
      bool is_annofs = ReadFile(base + "/comm").value_or("") == "annofs\n";
      std::string arguments = ReadFile(base + "/cmdline").value_or("");
      if (is_annofs && absl::StrContains(arguments, mountpoint + '\0')) return pid;
    }
    ADD_FAILURE() << "no daemon serves " << mountpoint;
    return -1;
  }

  // Keeps what a living mount shows of itself.
  void AskTheMount(const std::string& mountpoint) {
    std::string proc = absl::StrCat("/proc/", DaemonOf(mountpoint), "/");
    for (const char* file : {"cmdline", "environ", "status", "limits", "maps"}) {
      absl::StrAppend(&said_, ReadFile(proc + file).value_or(""), "\n");
    }
    absl::StrAppend(&said_, Sh("cat " + mountpoint + "/.annofs/*"));
    EXPECT_THAT(Run({"status", mountpoint}).out, HasSubstr("requests"));
    EXPECT_THAT(Run({"status", "--json", mountpoint}).out, HasSubstr("\"answers\":true"));
  }

  // Whether a secret stands in a file below this directory.
  bool StandsIn(const std::string& directory) {
    ProcessResult grep =
        TrySh(absl::StrCat("grep -raoF -D skip --exclude-dir=bucket --exclude-dir=mnt -f ",
                           patterns_ / "secrets", " ", directory));
    EXPECT_LE(grep.exit_code, 1) << grep.err;
    found_ = grep.out;
    return grep.exit_code == 0;
  }

  void ExpectNoSecret() {
    EXPECT_NE(said_, "");
    for (const std::string& secret : Secrets()) EXPECT_THAT(said_, Not(HasSubstr(secret)));
    EXPECT_FALSE(StandsIn(Path(""))) << found_;
    EXPECT_TRUE(StandsIn(patterns_.path())) << "the search finds nothing at all";
  }

  std::string said_;
  std::string found_;  // what the last search found, and where
  TempDir patterns_;
};

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
  Sh(absl::StrCat("ulimit -c unlimited; ", plain, ANNOFS_BINARY, " mount ", Path("bucket"), " ",
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
  std::string command =
      absl::StrCat("ulimit -c unlimited; ", ANNOFS_BINARY, " mount -f b2://b ", mnt, " --endpoint ",
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
