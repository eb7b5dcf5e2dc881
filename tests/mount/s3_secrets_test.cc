// The same over S3: neither the secret nor what is derived from it is seen, and the session token
// is not, whatever the service answers.
#include <stdlib.h>

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cache/base/sigv4.h"
#include "gmock/gmock.h"
#include "tests/mount/secrets_test_base.h"

namespace annofs::testing {
namespace {

using ::testing::HasSubstr;

constexpr char kRegion[] = "us-west-002";

// The secret in every form in which it could stand in a message of S3, where nobody says id and
// secret in one word.
std::string SecretSaidAloud() {
  return absl::StrCat(kKey, " ", Base64(kKey), " ", PercentEncoded(kKey));
}

std::string S3Refusal(absl::string_view operation, int status, absl::string_view code) {
  return Refusal(operation, status, code, SecretSaidAloud());
}

class S3SecretsTest : public SecretsTest {
 protected:
  void SetUp() override {
    SecretsTest::SetUp();
    // A test may go on over midnight.
    for (const absl::Duration day : {absl::ZeroDuration(), absl::Hours(24)}) {
      for (const char* region : {kRegion, "eu-central-003"}) {
        const SigV4Scope scope{.date = SigV4Date(absl::Now() + day), .region = region};
        const std::string key = SigV4Key(kKey, scope);
        HideAlso({absl::BytesToHexString(key), Base64(key)});
      }
    }
    HideAlso({Base64(absl::StrCat("AWS4", kKey)), absl::StrCat("AWS4", kKey)});
  }
  void TearDown() override {
    for (const char* name : {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"}) {
      unsetenv(name);
    }
    SecretsTest::TearDown();
  }

  // Keys in the environment of what is run.
  void SetKeys(const std::string& id, const char* session_token = "") {
    setenv("AWS_ACCESS_KEY_ID", id.c_str(), 1);
    setenv("AWS_SECRET_ACCESS_KEY", kKey, 1);
    setenv("AWS_SESSION_TOKEN", session_token, 1);
  }

  std::vector<std::string> Service(const std::string& region = kRegion) {
    return {"--endpoint", emulator_->url(), "--region", region};
  }
};

TEST_F(S3SecretsTest, AWrongSecret) {
  Write("bucket/a.bin", "content of a");
  Serve("bucket");
  SetKeys(emulator_->key_id());
  FailToMount("s3://b", Service());
  EXPECT_THAT(said_, HasSubstr("check AWS_SECRET_ACCESS_KEY"));
  ExpectNoSecret();
}

TEST_F(S3SecretsTest, ARegionThatIsRefused) {
  ServeWithKey();
  SetKeys(kKeyId);
  FailToMount("s3://b", Service("eu-central-003"));
  EXPECT_THAT(said_, HasSubstr("region"));
  ExpectNoSecret();
}

TEST_F(S3SecretsTest, ASessionTokenThatIsRefused) {
  ServeWithKey();
  SetKeys(kKeyId, kToken);
  FailToMount("s3://b", Service());
  EXPECT_THAT(said_, HasSubstr("AWS_SESSION_TOKEN is not valid"));
  ExpectNoSecret();
}

TEST_F(S3SecretsTest, ARefusalThatSaysThemAloud) {
  ServeWithKey();
  SetKeys(kKeyId);
  ASSERT_TRUE(emulator_->AddFault(S3Refusal("s3_list_objects_v2", 403, "AccessDenied")).ok());
  FailToMount("s3://b", Service());
  EXPECT_THAT(said_, HasSubstr("[redacted]"));
  ExpectNoSecret();
}

TEST_F(S3SecretsTest, AMountWhoseStoreStallsRefusesAndResets) {
  ServeWithKey();
  SetKeys(kKeyId);
  std::vector<std::string> arguments = Service();
  arguments.push_back("--no-views");
  const std::string mnt = MountLoudly("s3://b", arguments);
  for (const std::string& fault :
       {S3Refusal("s3_get_object", 403, "AccessDenied"),
        S3Refusal("s3_get_object", 503, "SlowDown"),
        S3Refusal("s3_get_object", 403, "SignatureDoesNotMatch"),
        std::string(R"({"op":"s3_get_object","reset":true,"count":-1})"),
        std::string(R"({"op":"s3_get_object","stall":true,"count":-1})")}) {
    ASSERT_TRUE(emulator_->AddFault(fault).ok());
    const ProcessResult cat = TrySh("cat " + mnt + "/a.bin");
    EXPECT_NE(cat.exit_code, 0) << fault;
    absl::StrAppend(&said_, cat.err);
    ASSERT_TRUE(emulator_->ClearFaults().ok());
  }
  AskTheMount(mnt);
  EXPECT_EQ(Read(mnt + "/b.bin"), "content of b");
  Unmount(mnt);
  EXPECT_THAT(Read(Path("cache/annofs.log")), HasSubstr("[redacted]"));
  ExpectNoSecret();
}

}  // namespace
}  // namespace annofs::testing
