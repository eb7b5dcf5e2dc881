// What opening a source refuses before anything is asked of it.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "formats/dataset_config.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"
#include "tools/command.h"

namespace annofs {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

// What `annofs ARGUMENTS…` says when it fails.
std::string Failure(const std::vector<std::string>& arguments) {
  std::ostringstream out, err;
  EXPECT_EQ(RunAnnofs(arguments, {out, err}), kFailed) << err.str();
  return err.str();
}

TEST(StackTest, AnEarlierTimeOfALocalDirectoryIsRefused) {
  testing::TempDir dir;
  EXPECT_THAT(Failure({"ls", dir.path(), "--at", "2026-05-01"}), HasSubstr("local directory"));
}

TEST(StackTest, AMissingFileOfKeysIsNamed) {
  testing::TempDir dir;
  EXPECT_THAT(Failure({"ls", "b2://b", "--credentials", dir / "absent", "--cache", dir / "cache"}),
              HasSubstr(dir / "absent"));
}

TEST(StackTest, AFileOfKeysThatIsOpenToOthersIsRefusedForEveryCommand) {
  testing::TempDir dir;
  std::string file = dir / "keys";
  ASSERT_TRUE(testing::WriteFile(file, "B2_APPLICATION_KEY_ID=i\nB2_APPLICATION_KEY=k\n").ok());
  for (const std::vector<std::string>& command : std::vector<std::vector<std::string>>{
           {"ls", "b2://b"},
           {"cat", "b2://b", "x"},
           {"export", "b2://b", "--view", "v", "--output", dir / "o"},
           {"mount", "-f", "b2://b", dir.path()}}) {
    std::vector<std::string> arguments = command;
    arguments.insert(arguments.end(), {"--credentials", file, "--cache", dir / "cache"});
    EXPECT_THAT(Failure(arguments), HasSubstr("chmod 600 " + file)) << command[0];
  }
}

TEST(StackTest, AConfigurationThatIsWrongIsNamedWithLineAndKey) {
  testing::TempDir dir;
  const std::string file = dir / "my.json";
  for (const std::string& command : {"ls", "warm", "index"}) {
    const std::vector<std::string> arguments = {command, dir.path(), "--config",
                                                file,    "--cache",  dir / "cache"};
    std::filesystem::remove(file);
    EXPECT_THAT(Failure(arguments), HasSubstr(file)) << command;
    ASSERT_TRUE(testing::WriteFile(file, "{\"datasets\": [\n{\"nme\": 1}]}").ok());
    EXPECT_THAT(Failure(arguments), AllOf(HasSubstr(file + ":2: "), HasSubstr("nme"))) << command;
    ASSERT_TRUE(testing::WriteFile(file, std::string(kMaxConfigurationBytes + 1, ' ')).ok());
    EXPECT_THAT(Failure(arguments), HasSubstr("larger than 4 MiB")) << command;
  }
  EXPECT_THAT(Failure({"ls", dir.path(), "--config", dir.path(), "--cache", dir / "cache"}),
              HasSubstr("directory"));
}

}  // namespace
}  // namespace annofs
