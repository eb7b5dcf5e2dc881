// What tests of secrets share: a key and a token that nobody may see, in all the forms in which
// they could stand somewhere, and the search for them in everything that a run leaves behind.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {

inline constexpr char kKeyId[] = "002d6db572866a50028975495";
inline constexpr char kKey[] = "K002/secret+of=this?test";
inline constexpr char kToken[] = "4_token/that+nobody=may?see";
inline constexpr char kCertainlyClosed[] = "http://127.0.0.1:1";

inline std::string Base64(absl::string_view text) {
  std::string encoded = absl::Base64Escape(text);
  encoded.erase(encoded.find_last_not_of('=') + 1);
  return encoded;
}

inline std::string PercentEncoded(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"/", "%2F"}, {"+", "%2B"}, {"=", "%3D"}, {"?", "%3F"}});
}

// What must not be found anywhere.
inline std::vector<std::string> KeyForms() {
  return {kKey, Base64(kKey), PercentEncoded(kKey), Base64(absl::StrCat(kKeyId, ":", kKey))};
}
inline std::vector<std::string> TokenForms() {
  return {kToken, Base64(kToken), PercentEncoded(kToken)};
}
inline std::vector<std::string> Secrets() {
  std::vector<std::string> all = KeyForms();
  for (const std::string& form : TokenForms()) all.push_back(form);
  return all;
}

// The key in every form, as a message of a server that does not know better.
inline std::string SaidAloud() { return absl::StrJoin(KeyForms(), " "); }

// The emulator's answer to an operation from now on.
inline std::string Refusal(absl::string_view operation, int status, absl::string_view code,
                           const std::string& message = SaidAloud()) {
  return absl::StrCat("{\"op\":\"", operation, "\",\"status\":", status, ",\"code\":\"", code,
                      "\",\"message\":\"", message, "\",\"count\":-1}");
}

class SecretsTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    HideAlso({});
  }

  // Further texts that must not be found.
  void HideAlso(const std::vector<std::string>& more) {
    secrets_.insert(secrets_.end(), more.begin(), more.end());
    ASSERT_TRUE(WriteFile(patterns_ / "secrets", absl::StrJoin(secrets_, "\n") + "\n").ok());
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
      EXPECT_THAT(result.err, ::testing::HasSubstr("annofs: mount: "));
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
    EXPECT_THAT(Run({"status", mountpoint}).out, ::testing::HasSubstr("requests"));
    EXPECT_THAT(Run({"status", "--json", mountpoint}).out,
                ::testing::HasSubstr("\"answers\":true"));
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
    for (const std::string& secret : secrets_) {
      EXPECT_THAT(said_, ::testing::Not(::testing::HasSubstr(secret)));
    }
    EXPECT_FALSE(StandsIn(Path(""))) << found_;
    EXPECT_TRUE(StandsIn(patterns_.path())) << "the search finds nothing at all";
  }

  std::vector<std::string> secrets_ = Secrets();
  std::string said_;
  std::string found_;  // what the last search found, and where
  TempDir patterns_;
};

}  // namespace annofs::testing
