// Secrets leave the environment at once, for every command.
#include "tools/environment.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cstdlib>
#include <sstream>
#include <utility>

#include "cache/base/log.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"
#include "tools/command.h"

namespace annofs {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr const char* kSecrets[] = {"B2_APPLICATION_KEY_ID", "B2_APPLICATION_KEY",
                                    "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
                                    "AWS_SESSION_TOKEN"};

TEST(EnvironmentTest, SecretsAreTakenOutAndOverwrittenWhereTheyStood) {
  setenv("B2_APPLICATION_KEY", "a-key-of-this-test", 1);
  const char* place = std::getenv("B2_APPLICATION_KEY");
  Variables taken = TakeEnvironment();
  EXPECT_EQ(ValueOf(taken, "B2_APPLICATION_KEY"), "a-key-of-this-test");
  EXPECT_EQ(std::getenv("B2_APPLICATION_KEY"), nullptr);
  EXPECT_EQ(std::string(place), "xxxxxxxxxxxxxxxxxx");
  EXPECT_THAT(Redact("key a-key-of-this-test"), Not(HasSubstr("a-key-of-this-test")));
}

TEST(EnvironmentTest, ASecretThatIsGivenTwiceIsOverwrittenTwice) {
  char first[] = "AWS_SESSION_TOKEN=first-token", second[] = "AWS_SESSION_TOKEN=other-token";
  char* both[] = {first, second, nullptr};
  char** own = std::exchange(environ, both);
  Variables taken = TakeEnvironment();
  environ = own;
  EXPECT_EQ(ValueOf(taken, "AWS_SESSION_TOKEN"), "first-token");
  EXPECT_STREQ(first, "AWS_SESSION_TOKEN=xxxxxxxxxxx");
  EXPECT_STREQ(second, "AWS_SESSION_TOKEN=xxxxxxxxxxx");
}

TEST(EnvironmentTest, SettingsStayWhereTheyAre) {
  setenv("AWS_REGION", "eu-west-3", 1);
  EXPECT_EQ(ValueOf(TakeEnvironment(), "AWS_REGION"), "eu-west-3");
  EXPECT_STREQ(std::getenv("AWS_REGION"), "eu-west-3");
  unsetenv("AWS_REGION");
}

TEST(EnvironmentTest, EveryCommandAndKindOfSourceTakesTheSecretsOut) {
  for (const std::vector<std::string>& arguments : std::vector<std::vector<std::string>>{
           {"version"}, {"status"}, {"formats"}, {"help"}, {"ls", "/"}, {"no-such-command"}, {}}) {
    for (const char* name : kSecrets) setenv(name, "secret-of-a-command", 1);
    std::ostringstream out, err;
    RunAnnofs(arguments, {out, err});
    for (const char* name : kSecrets) {
      EXPECT_EQ(std::getenv(name), nullptr) << ::testing::PrintToString(arguments) << name;
    }
  }
}

TEST(EnvironmentTest, EveryCommandMakesTheProcessUndumpable) {
  prctl(PR_SET_DUMPABLE, 1);
  std::ostringstream out, err;
  RunAnnofs({"version"}, {out, err});
  EXPECT_EQ(prctl(PR_GET_DUMPABLE), 0);
  rlimit cores{1, 1};
  ASSERT_EQ(getrlimit(RLIMIT_CORE, &cores), 0);
  EXPECT_EQ(cores.rlim_cur, 0u);
}

TEST(EnvironmentTest, FailuresAreToldWithoutSecrets) {
  setenv("B2_APPLICATION_KEY", "secret-in-a-message", 1);
  std::ostringstream out, err;
  testing::TempDir cache;
  RunAnnofs({"ls", "--cache", cache.path(), "/no-such-directory/secret-in-a-message"}, {out, err});
  EXPECT_THAT(err.str(), HasSubstr("/no-such-directory/[redacted]"));
}

}  // namespace
}  // namespace annofs
