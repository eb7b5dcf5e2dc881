// Where keys come from, in which order, and what is refused.
#include "tools/credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"
#include "tools/secret_file.h"

namespace annofs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kB2 = SourceUrl::Kind::kB2;
constexpr auto kS3 = SourceUrl::Kind::kS3;

class CredentialsTest : public ::testing::Test {
 protected:
  // Writes a file with this mode and answers its path.
  std::string File(const std::string& name, absl::string_view text, mode_t mode = 0600) {
    std::string path = dir_ / name;
    EXPECT_TRUE(testing::WriteFile(path, text).ok());
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path;
  }

  // An environment whose HOME is the test's directory.
  Variables Home(Variables more = {}) {
    more["HOME"] = dir_.path();
    return more;
  }

  testing::TempDir dir_;
};

const Variables kB2Keys = {{"B2_APPLICATION_KEY_ID", "b2id"}, {"B2_APPLICATION_KEY", "b2-secret"}};
const Variables kAwsKeys = {{"AWS_ACCESS_KEY_ID", "awsid"},
                            {"AWS_SECRET_ACCESS_KEY", "aws-secret"}};

TEST_F(CredentialsTest, TheEnvironmentGivesKeysOfBothServices) {
  FoundAccess b2 = FindAccess(kB2, {}, "", kB2Keys);
  ASSERT_TRUE(b2.keys.ok()) << b2.keys;
  EXPECT_EQ(b2.access.b2.key_id, "b2id");
  EXPECT_EQ(b2.access.b2.key, "b2-secret");
  Variables aws = kAwsKeys;
  aws["AWS_SESSION_TOKEN"] = "session-token";
  FoundAccess s3 = FindAccess(kS3, {}, "", aws);
  ASSERT_TRUE(s3.keys.ok()) << s3.keys;
  EXPECT_EQ(s3.access.s3.access_key_id, "awsid");
  EXPECT_EQ(s3.access.s3.secret_access_key, "aws-secret");
  EXPECT_EQ(s3.access.s3.session_token, "session-token");
}

TEST_F(CredentialsTest, WithoutKeysTheMessageSaysWhereToPutThem) {
  absl::Status b2 = FindAccess(kB2, {}, "", Home()).keys;
  EXPECT_TRUE(absl::IsUnauthenticated(b2));
  EXPECT_THAT(std::string(b2.message()), HasSubstr("B2_APPLICATION_KEY_ID"));
  EXPECT_THAT(std::string(b2.message()), HasSubstr("--credentials"));
  absl::Status s3 = FindAccess(kS3, {}, "", Home()).keys;
  EXPECT_TRUE(absl::IsUnauthenticated(s3));
  EXPECT_THAT(std::string(s3.message()), HasSubstr("AWS_SECRET_ACCESS_KEY"));
}

TEST_F(CredentialsTest, HalfAKeyIsNamedAndNotReplacedByOthers) {
  File(".aws/credentials", "[default]\naws_access_key_id=a\naws_secret_access_key=bbbbbbbb\n");
  absl::Status s3 = FindAccess(kS3, {}, "", Home({{"AWS_ACCESS_KEY_ID", "awsid"}})).keys;
  EXPECT_THAT(std::string(s3.message()),
              HasSubstr("AWS_ACCESS_KEY_ID without AWS_SECRET_ACCESS_KEY"));
  absl::Status b2 = FindAccess(kB2, {}, "", {{"B2_APPLICATION_KEY", "secret-key"}}).keys;
  EXPECT_THAT(std::string(b2.message()),
              HasSubstr("B2_APPLICATION_KEY without B2_APPLICATION_KEY_ID"));
  EXPECT_THAT(std::string(b2.message()), Not(HasSubstr("secret-key")));
}

TEST_F(CredentialsTest, TheFileGoesBeforeTheEnvironment) {
  std::string file = File("keys",
                          "# of the training nodes\nexport B2_APPLICATION_KEY_ID=fileid\n"
                          "B2_APPLICATION_KEY=\"file-secret\"\n");
  FoundAccess found = FindAccess(kB2, {}, file, kB2Keys);
  ASSERT_TRUE(found.keys.ok()) << found.keys;
  EXPECT_EQ(found.access.b2.key_id, "fileid");
  EXPECT_EQ(found.access.b2.key, "file-secret");
}

TEST_F(CredentialsTest, AFileWithoutKeysIsAnErrorAndNotTheEnvironment) {
  std::string file = File("keys", "AWS_REGION=eu-west-1\n");
  absl::Status status = FindAccess(kB2, {}, file, kB2Keys).keys;
  EXPECT_TRUE(absl::IsUnauthenticated(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr(file));
}

TEST_F(CredentialsTest, AFileThatOthersCanReadIsRefusedWithTheRemedy) {
  for (mode_t mode : {0640, 0604, 0660, 0601}) {
    std::string file =
        File("keys", "B2_APPLICATION_KEY_ID=i\nB2_APPLICATION_KEY=secret-key\n", mode);
    absl::Status status = FindAccess(kB2, {}, file, {}).keys;
    EXPECT_TRUE(absl::IsPermissionDenied(status)) << mode;
    EXPECT_THAT(std::string(status.message()), HasSubstr("chmod 600 " + file));
  }
  for (mode_t mode : {0600, 0400}) {
    std::string file =
        File("keys", "B2_APPLICATION_KEY_ID=i\nB2_APPLICATION_KEY=secret-key\n", mode);
    EXPECT_TRUE(FindAccess(kB2, {}, file, {}).keys.ok()) << mode;
  }
}

TEST_F(CredentialsTest, AFileOfAnotherUserIsRefused) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root to give a file away";
  std::string file = File("keys", "B2_APPLICATION_KEY_ID=i\nB2_APPLICATION_KEY=secret-key\n");
  ASSERT_EQ(chown(file.c_str(), 12345, 12345), 0);
  absl::Status status = FindAccess(kB2, {}, file, {}).keys;
  EXPECT_TRUE(absl::IsPermissionDenied(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("12345"));
}

TEST_F(CredentialsTest, WhatIsNoFileOfKeysIsRefusedWithoutWaiting) {
  std::string fifo = dir_ / "fifo";
  ASSERT_EQ(mkfifo(fifo.c_str(), 0600), 0);
  EXPECT_TRUE(absl::IsInvalidArgument(ReadSecretFile(fifo).status()));
  EXPECT_TRUE(absl::IsInvalidArgument(ReadSecretFile(dir_.path()).status()));
  EXPECT_TRUE(absl::IsNotFound(ReadSecretFile(dir_ / "absent").status()));
  std::string large = File("large", std::string(kMaxSecretFileBytes + 1, '#'));
  EXPECT_TRUE(absl::IsInvalidArgument(ReadSecretFile(large).status()));
  std::string largest = File("largest", std::string(kMaxSecretFileBytes, '#'));
  EXPECT_EQ(ReadSecretFile(largest)->size(), kMaxSecretFileBytes);
}

TEST_F(CredentialsTest, AWrongLineIsNamedByItsNumberAndNotByItsText) {
  for (absl::string_view text :
       {"B2_APPLICATION_KEY_ID=i\nK0secret-key\n", "# x\nSECRET_NAME=K0secret-key\n"}) {
    absl::Status status = FindAccess(kB2, {}, File("keys", text), {}).keys;
    EXPECT_TRUE(absl::IsInvalidArgument(status)) << status;
    EXPECT_THAT(std::string(status.message()), HasSubstr("line 2"));
    EXPECT_THAT(std::string(status.message()), Not(HasSubstr("K0secret-key")));
  }
}

TEST_F(CredentialsTest, TheProfileGivesKeysAndSettingsOfBothFiles) {
  File(".aws/credentials",
       "[other]\naws_access_key_id = no\naws_secret_access_key = no-no-no\n"
       "[default]\naws_access_key_id = profid ; who\naws_secret_access_key = prof/secret+key==\n"
       "aws_session_token = prof-token\n");
  File(".aws/config",
       "[default]\nregion = eu-central-1\ns3 =\n    addressing_style = path\n    endpoint_url = "
       "http://127.0.0.1:9000\noutput = json\n",
       0644);
  FoundAccess found = FindAccess(kS3, {}, "", Home());
  ASSERT_TRUE(found.keys.ok()) << found.keys;
  EXPECT_EQ(found.access.s3.access_key_id, "profid");
  EXPECT_EQ(found.access.s3.secret_access_key, "prof/secret+key==");
  EXPECT_EQ(found.access.s3.session_token, "prof-token");
  EXPECT_EQ(found.access.region, "eu-central-1");
  EXPECT_EQ(found.access.s3_endpoint, "http://127.0.0.1:9000");
  EXPECT_EQ(found.access.addressing, S3Addressing::kPath);
}

TEST_F(CredentialsTest, AwsProfileChoosesAmongTheSections) {
  std::string keys = File("k", "[a b]\naws_access_key_id=1\naws_secret_access_key=from-ab-1\n");
  std::string config = File("c",
                            "[profile a b]\nregion=r1\nservices=mine\n[services mine]\ns3 =\n "
                            "endpoint_url = https://s3.example.com\n");
  Variables environment = Home(
      {{"AWS_PROFILE", "a b"}, {"AWS_SHARED_CREDENTIALS_FILE", keys}, {"AWS_CONFIG_FILE", config}});
  FoundAccess found = FindAccess(kS3, {}, "", environment);
  ASSERT_TRUE(found.keys.ok()) << found.keys;
  EXPECT_EQ(found.access.s3.secret_access_key, "from-ab-1");
  EXPECT_EQ(found.access.region, "r1");
  EXPECT_EQ(found.access.s3_endpoint, "https://s3.example.com");
  environment["AWS_PROFILE"] = "absent";
  absl::Status absent = FindAccess(kS3, {}, "", environment).keys;
  EXPECT_THAT(std::string(absent.message()), HasSubstr("AWS_PROFILE is absent"));
}

TEST_F(CredentialsTest, TheSharedCredentialsFileMustBePrivateIfItsKeysAreUsed) {
  std::string file = File(".aws/credentials",
                          "[default]\naws_access_key_id=a\naws_secret_access_key=bbbbbbbb\n", 0644);
  absl::Status status = FindAccess(kS3, {}, "", Home()).keys;
  EXPECT_TRUE(absl::IsPermissionDenied(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("chmod 600 " + file));
  EXPECT_TRUE(FindAccess(kS3, {}, "", Home(kAwsKeys)).keys.ok());
}

TEST_F(CredentialsTest, KeysInAConfigFileThatOthersCanReadAreRefused) {
  File(".aws/config", "[default]\naws_access_key_id=a\naws_secret_access_key=bbbbbbbb\n", 0644);
  EXPECT_TRUE(absl::IsPermissionDenied(FindAccess(kS3, {}, "", Home()).keys));
}

TEST_F(CredentialsTest, KeysFromElsewhereAreRefusedByTheNameOfTheSetting) {
  for (std::string setting : {"role_arn", "web_identity_token_file", "sso_start_url", "sso_session",
                              "credential_process", "source_profile"}) {
    File(".aws/config", absl::StrCat("[default]\nregion=r2\n", setting, " = value\n"));
    FoundAccess found = FindAccess(kS3, {}, "", Home());
    EXPECT_TRUE(absl::IsUnimplemented(found.keys)) << setting;
    EXPECT_THAT(std::string(found.keys.message()), HasSubstr(setting));
    FoundAccess exported = FindAccess(kS3, {}, "", Home(kAwsKeys));
    EXPECT_TRUE(exported.keys.ok()) << exported.keys;
    EXPECT_EQ(exported.access.region, "r2") << "the settings serve keys from the environment";
  }
}

TEST_F(CredentialsTest, KeysOfContainersAndPodsAreSaidToBeAbsent) {
  absl::Status status =
      FindAccess(kS3, {}, "", Home({{"AWS_WEB_IDENTITY_TOKEN_FILE", "/run/token"}})).keys;
  EXPECT_TRUE(absl::IsUnimplemented(status));
  EXPECT_THAT(std::string(status.message()), HasSubstr("AWS_WEB_IDENTITY_TOKEN_FILE"));
}

TEST_F(CredentialsTest, SettingsComeFromTheFirstPlaceThatHasThem) {
  File(".aws/config", "[default]\nregion=of-profile\nendpoint_url=https://profile.example\n");
  std::string file = File("keys",
                          "AWS_ACCESS_KEY_ID=i\nAWS_SECRET_ACCESS_KEY=secret-key\n"
                          "AWS_REGION=of-file\n");
  Variables environment = Home({{"AWS_REGION", "of-environment"}});
  EXPECT_EQ(FindAccess(kS3, {.region = "given"}, file, environment).access.region, "given");
  EXPECT_EQ(FindAccess(kS3, {}, file, environment).access.region, "of-file");
  EXPECT_EQ(FindAccess(kS3, {}, "", environment).access.region, "of-environment");
  EXPECT_EQ(FindAccess(kS3, {}, "", Home()).access.region, "of-profile");
  EXPECT_EQ(FindAccess(kS3, {}, file, environment).access.s3_endpoint, "https://profile.example");
  environment["AWS_ENDPOINT_URL"] = "https://any.example";
  EXPECT_EQ(FindAccess(kS3, {}, file, environment).access.s3_endpoint, "https://any.example");
  environment["AWS_ENDPOINT_URL_S3"] = "https://s3.example";
  EXPECT_EQ(FindAccess(kS3, {}, file, environment).access.s3_endpoint, "https://s3.example");
}

TEST_F(CredentialsTest, AProfileFileServesAsTheFileOfKeys) {
  std::string file =
      File("p", "\n# mine\n[default]\naws_access_key_id=a\naws_secret_access_key=of-the-file\n");
  FoundAccess found = FindAccess(kS3, {}, file, Home(kAwsKeys));
  ASSERT_TRUE(found.keys.ok()) << found.keys;
  EXPECT_EQ(found.access.s3.secret_access_key, "of-the-file");
}

TEST_F(CredentialsTest, B2KeysServeS3OnB2sEndpointOnly) {
  Access b2_s3{.s3_endpoint = "https://s3.us-west-004.backblazeb2.com"};
  FoundAccess found = FindAccess(kS3, b2_s3, "", kB2Keys);
  ASSERT_TRUE(found.keys.ok()) << found.keys;
  EXPECT_EQ(found.access.s3.access_key_id, "b2id");
  EXPECT_EQ(found.access.s3.secret_access_key, "b2-secret");
  for (std::string other : {"https://s3.eu-west-1.amazonaws.com", "https://backblazeb2.com.example",
                            "https://s3.evilbackblazeb2.com", "http://127.0.0.1:9000", ""}) {
    EXPECT_TRUE(absl::IsUnauthenticated(FindAccess(kS3, {.s3_endpoint = other}, "", kB2Keys).keys))
        << other;
  }
  Variables both = kB2Keys;
  both.insert(kAwsKeys.begin(), kAwsKeys.end());
  EXPECT_EQ(FindAccess(kS3, b2_s3, "", both).access.s3.access_key_id, "awsid");
}

TEST_F(CredentialsTest, SecretsAreHiddenInTheLogInEveryFormTheyMayTake) {
  std::string file = File("keys",
                          "AWS_ACCESS_KEY_ID=i\nAWS_SECRET_ACCESS_KEY=hide/me+please==\n"
                          "AWS_SESSION_TOKEN=token/of+mine\n");
  ASSERT_TRUE(FindAccess(kS3, {}, file, {}).keys.ok());
  for (absl::string_view form :
       {"hide/me+please==", "hide%2Fme%2Bplease%3D%3D", "hide%2fme%2bplease%3d%3d",
        "aGlkZS9tZStwbGVhc2U9PQ", "token/of+mine", "token%2Fof%2Bmine"}) {
    EXPECT_THAT(Redact(absl::StrCat("a ", form, " b")), Not(HasSubstr(std::string(form))));
  }
}

TEST_F(CredentialsTest, AMalformedProfileFileIsNamedWithTheLineAndWithoutItsText) {
  std::string file = File(".aws/credentials", "[default]\nK0secret-key\n");
  absl::Status status = FindAccess(kS3, {}, "", Home()).keys;
  EXPECT_THAT(std::string(status.message()), HasSubstr(absl::StrCat(file, ": line 2")));
  EXPECT_THAT(std::string(status.message()), Not(HasSubstr("K0secret-key")));
}

}  // namespace
}  // namespace annofs
