// Which place an option's value comes from: command line, environment, file, default.
#include "tools/option_sources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"
#include "tools/command.h"
#include "tools/option_values.h"
#include "tools/options.h"

namespace annofs {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

const OptionSpec& Option(absl::string_view name) {
  for (const OptionSpec& option : OptionTable()) {
    if (option.name == name) return option;
  }
  ADD_FAILURE() << name;
  return OptionTable()[0];
}

class OptionSourcesTest : public ::testing::Test {
 protected:
  // Of the command line.
  void Say(absl::string_view name, absl::string_view value) {
    ASSERT_TRUE(SetOption(Option(name), value, kCommandLine, settings_).ok()) << name;
  }
  void File(const std::string& text) {
    ASSERT_TRUE(testing::WriteFile(dir_ / "my.json", text).ok());
    settings_.config = dir_ / "my.json";
  }
  // All places but the command line, for `command`.
  absl::Status Read(absl::string_view command) {
    if (absl::Status status = SetFromEnvironment(command, settings_); !status.ok()) return status;
    if (absl::Status status = SetFromFile(command, settings_); !status.ok()) return status;
    return CheckTogether(settings_);
  }
  void Variable(const std::string& name, const std::string& value) {
    settings_.environment[name] = value;
  }

  testing::TempDir dir_;
  // A home without files, so that this machine's own count for nothing.
  Settings settings_{.environment = {{"HOME", dir_.path()}}};
};

TEST_F(OptionSourcesTest, TheCommandLineCountsBeforeTheEnvironmentAndThatBeforeTheFile) {
  Say("cache-size", "1G");
  Variable("ANNOFS_CACHE_SIZE", "2G");
  Variable("ANNOFS_MEMORY", "300M");
  File(R"({"options": {"cache-size": "3G", "memory": "400M", "connections": 7}})");
  ASSERT_TRUE(Read("mount").ok());
  EXPECT_EQ(settings_.cache_size, uint64_t{1} << 30);
  EXPECT_EQ(settings_.memory, uint64_t{300} << 20);
  EXPECT_EQ(settings_.connections, 7);
  EXPECT_EQ(settings_.timeout, absl::Seconds(60));
}

TEST_F(OptionSourcesTest, OfARepeatableOptionOnePlaceCounts) {
  File(R"({"options": {"annotations": ["a.zip", "b.zip"]}})");
  ASSERT_TRUE(Read("ls").ok());
  EXPECT_THAT(settings_.annotations, ElementsAre("a.zip", "b.zip"));
  settings_ = Settings{.environment = settings_.environment, .config = settings_.config};
  Variable("ANNOFS_ANNOTATIONS", "c d.zip");
  ASSERT_TRUE(Read("ls").ok());
  EXPECT_THAT(settings_.annotations, ElementsAre("c d.zip"));
  settings_ = Settings{.environment = settings_.environment, .config = settings_.config};
  Say("annotations", "e.zip");
  Say("annotations", "f.zip");
  ASSERT_TRUE(Read("ls").ok());
  EXPECT_THAT(settings_.annotations, ElementsAre("e.zip", "f.zip"));
}

TEST_F(OptionSourcesTest, ASwitchIsTurnedOffAgain) {
  for (const std::string off : {"0", "false", "no", "off"}) {
    settings_ = Settings{.environment = {{"ANNOFS_OFFLINE", off}}};
    File(R"({"options": {"offline": true}})");
    ASSERT_TRUE(Read("ls").ok());
    EXPECT_FALSE(settings_.offline) << off;
  }
  for (const std::string on : {"1", "true", "yes", "on"}) {
    settings_ = Settings{.environment = {{"ANNOFS_OFFLINE", on}}};
    File(R"({"options": {"offline": false}})");
    ASSERT_TRUE(Read("ls").ok());
    EXPECT_TRUE(settings_.offline) << on;
  }
  settings_ = Settings{.environment = {{"ANNOFS_OFFLINE", "1"}}};
  Say("offline", "off");
  ASSERT_TRUE(Read("ls").ok());
  EXPECT_FALSE(settings_.offline);
}

TEST_F(OptionSourcesTest, ASwitchWithAValueTakesTheValueOrAWord) {
  File(R"({"options": {"follow": true}})");
  ASSERT_TRUE(Read("mount").ok());
  EXPECT_EQ(settings_.follow, absl::Seconds(60));
  settings_ = Settings{.environment = {{"ANNOFS_FOLLOW", "1"}}, .config = settings_.config};
  ASSERT_TRUE(Read("mount").ok());
  EXPECT_EQ(settings_.follow, absl::Seconds(1));
  settings_ = Settings{.environment = {{"ANNOFS_FOLLOW", "off"}}, .config = settings_.config};
  ASSERT_TRUE(Read("mount").ok());
  EXPECT_EQ(settings_.follow, absl::ZeroDuration());
}

TEST_F(OptionSourcesTest, EveryOptionIsReadFromTheEnvironmentAndFromAFile) {
  // Options that one value fits, whatever they are.
  const auto value_of = [](const OptionSpec& option) -> std::string {
    if (IsSwitch(option)) return "true";
    if (!WordsOf(option).empty()) return std::string(WordsOf(option)[1]);
    if (absl::StrContains(option.value, "SIZE")) return "5G";
    if (option.value == "TIME") return "2026-05-01";
    if (option.value == "DURATION") return "1h";
    if (option.value == "OCTAL") return "027";
    if (option.value == "FILE" || option.value == "DIR") return "/x";
    if (option.value == "ADDRESS") return "127.0.0.1:9464";
    return "3";
  };
  for (const OptionSpec& option : OptionTable()) {
    if (option.name == "config") continue;
    const std::string value = value_of(option);
    Settings from_variable{.environment = {{VariableOf(option), value}}};
    ASSERT_TRUE(SetFromEnvironment(option.commands[0], from_variable).ok()) << option.name;
    EXPECT_EQ(from_variable.given.count(option.name), 1u) << option.name;
    const bool is_bare = IsSwitch(option);
    const std::string json = option.times == OptionSpec::Times::kMany
                                 ? absl::StrCat("[\"", value, "\"]")
                                 : absl::StrCat(is_bare ? "" : "\"", value, is_bare ? "" : "\"");
    ASSERT_TRUE(testing::WriteFile(dir_ / "one.json", absl::StrCat("{\"options\": {\"", option.name,
                                                                   "\": ", json, "}}"))
                    .ok());
    for (const absl::string_view command : option.commands) {
      Settings from_file{.config = dir_ / "one.json"};
      const absl::Status status = SetFromFile(command, from_file);
      ASSERT_TRUE(status.ok()) << option.name << ": " << status;
      const auto& taken = OptionsOf(command);
      const bool reads_files = std::any_of(taken.begin(), taken.end(),
                                           [](const auto* one) { return one->name == "config"; });
      EXPECT_EQ(from_file.given.count(option.name), reads_files ? 1u : 0u) << option.name;
    }
  }
}

TEST_F(OptionSourcesTest, WhatTheCommandDoesNotTakeIsPassedOver) {
  Variable("ANNOFS_SCRATCH", "/s");
  Variable("ANNOFS_ORDER", "/o");
  File(R"({"options": {"umask": "077", "pin": true, "json": true}})");
  ASSERT_TRUE(Read("ls").ok());
  EXPECT_EQ(settings_.scratch, "");
  EXPECT_EQ(settings_.order, "");
  EXPECT_EQ(settings_.umask, 0222u);
  EXPECT_TRUE(settings_.json);
}

TEST_F(OptionSourcesTest, WhatExcludesSomethingThatCountsMoreIsPassedOver) {
  Say("at", "2026-05-01");
  Variable("ANNOFS_INDEX_AGE", "12h");
  File(R"({"options": {"follow": 60, "memory": "512M"}})");
  const absl::Status read = Read("mount");
  ASSERT_TRUE(read.ok()) << read;
  EXPECT_EQ(settings_.follow, absl::ZeroDuration());
  EXPECT_FALSE(settings_.index_age.has_value());
  EXPECT_EQ(settings_.memory, uint64_t{512} << 20);
}

TEST_F(OptionSourcesTest, TwoOfOnePlaceThatExcludeEachOtherAreAnErrorThatNamesIt) {
  File(R"({"options": {"follow": 60, "offline": true}})");
  const absl::Status read = Read("mount");
  EXPECT_THAT(read.message(), AllOf(HasSubstr("--follow (" + settings_.config + ")"),
                                    HasSubstr("--offline"), HasSubstr("exclude each other")));
}

TEST_F(OptionSourcesTest, AWrongVariableIsNamed) {
  Variable("ANNOFS_CACHE_SIZE", "10Q");
  EXPECT_THAT(Read("ls").message(),
              AllOf(HasSubstr("ANNOFS_CACHE_SIZE: "), HasSubstr("'10Q' is not a size")));
  settings_ = Settings{.environment = {{"ANNOFS_OFFLINE", "maybe"}}};
  EXPECT_THAT(Read("ls").message(), HasSubstr("ANNOFS_OFFLINE: 'maybe' is none of 1, true"));
}

TEST_F(OptionSourcesTest, AnEmptyVariableSaysNothing) {
  setenv("ANNOFS_CACHE", "", 1);
  EXPECT_EQ(TakeEnvironment().count("ANNOFS_CACHE"), 0u);
  setenv("ANNOFS_CACHE", "/c", 1);
  EXPECT_EQ(ValueOf(TakeEnvironment(), "ANNOFS_CACHE"), "/c");
  unsetenv("ANNOFS_CACHE");
}

TEST_F(OptionSourcesTest, AVariableThatIsNearlyOneIsTold) {
  EXPECT_THAT(DoubtfulVariables({{"ANNOFS_CACHE_SZIE", "1G"}}),
              ElementsAre("ANNOFS_CACHE_SZIE is no variable of annofs; did you mean "
                          "'ANNOFS_CACHE_SIZE'?"));
  EXPECT_THAT(DoubtfulVariables({{"ANNOFS_CACHE_SIZE", "1G"},
                                 {"ANNOFS_SERVICE_HOST", "10.0.0.1"},
                                 {"ANNOFS_PORT", "tcp://10.0.0.1:80"}}),
              IsEmpty());
}

TEST_F(OptionSourcesTest, AWrongFileIsAnErrorWithLineAndKey) {
  File("{\"options\": {\n\"cache-size\": \"10Q\"}}");
  EXPECT_THAT(Read("ls").message(),
              HasSubstr("my.json:2: options.cache-size: '10Q' is not a size"));
  File("{\"options\": {\"addressing\": \"pathh\"}}");
  EXPECT_THAT(Read("ls").message(), HasSubstr("did you mean 'path'?"));
  File("{\"options\": {\"cache\": \"~/annofs\"}}");
  EXPECT_THAT(Read("ls").message(), HasSubstr("options.cache: no shell replaces the ~"));
  // Also of an option that another place says, or another command takes.
  Say("cache", "/c");
  File("{\"options\": {\"cache\": \"~/annofs\"}}");
  EXPECT_FALSE(Read("ls").ok());
  File("{\"options\": {\"fail-on\": \"eror\"}}");
  EXPECT_THAT(Read("ls").message(), HasSubstr("did you mean 'error'?"));
}

TEST_F(OptionSourcesTest, APathOfAFileIsMeantFromWhereThatIs) {
  File(R"({"options": {"cache": "cache", "ca-file": "/etc/ca.pem", "order": "-"}})");
  ASSERT_TRUE(Read("warm").ok());
  EXPECT_EQ(settings_.cache, dir_ / "cache");
  EXPECT_EQ(settings_.ca_file, "/etc/ca.pem");
  EXPECT_EQ(settings_.order, "-");
}

TEST_F(OptionSourcesTest, TheUsersOwnFileIsReadWithoutAskingForIt) {
  EXPECT_THAT(ConfigFilePlaces({{"HOME", "/home/ada"}}),
              ElementsAre("/home/ada/.config/annofs/annofs.json", "/etc/annofs.json"));
  EXPECT_THAT(ConfigFilePlaces({{"HOME", "/home/ada"}, {"XDG_CONFIG_HOME", "/conf"}}),
              ElementsAre("/conf/annofs/annofs.json", "/etc/annofs.json"));
  EXPECT_THAT(ConfigFilePlaces({}), ElementsAre("/etc/annofs.json"));
  ASSERT_TRUE(
      testing::WriteFile(dir_ / ".config/annofs/annofs.json", R"({"options": {"connections": 5}})")
          .ok());
  ASSERT_TRUE(Read("ls").ok());
  EXPECT_EQ(settings_.connections, 5);
  settings_ = Settings{.environment = settings_.environment};
  File(R"({"options": {"timeout": 9}})");  // that one alone then
  ASSERT_TRUE(Read("ls").ok());
  EXPECT_FALSE(settings_.connections.has_value());
  EXPECT_EQ(settings_.timeout, absl::Seconds(9));
  settings_ = Settings{.environment = settings_.environment};
  Variable("ANNOFS_CONFIG", dir_ / "my.json");
  ASSERT_TRUE(Read("ls").ok());
  EXPECT_EQ(settings_.timeout, absl::Seconds(9));
}

TEST_F(OptionSourcesTest, DatasetsOfAFileAreKeptAndOptionsAloneLeaveTheBucketsOwn) {
  File(R"({"options": {"timeout": 9}})");
  ASSERT_TRUE(Read("ls").ok());
  EXPECT_EQ(settings_.config_text, "");
  const std::string both = R"({"options": {}, "datasets": []})";
  File(both);
  ASSERT_TRUE(Read("ls").ok());
  EXPECT_EQ(settings_.config_text, both);
}

TEST_F(OptionSourcesTest, CommandsWithoutConfigDoNotReadAFile) {
  ASSERT_TRUE(testing::WriteFile(dir_ / ".config/annofs/annofs.json", "not JSON").ok());
  EXPECT_TRUE(Read("umount").ok());
  EXPECT_TRUE(Read("version").ok());
  EXPECT_THAT(Read("cache").message(), HasSubstr("annofs.json:1: "));
}

TEST_F(OptionSourcesTest, TheWholeProgramHeedsThem) {
  ASSERT_TRUE(testing::WriteFile(dir_ / "source/a.txt", "a").ok());
  const auto run = [](const std::vector<std::string>& arguments) {
    std::ostringstream out, err;
    const int code = RunAnnofs(arguments, {out, err});
    return absl::StrCat(code, "\n", out.str(), err.str());
  };
  const std::vector<std::string> ls = {"ls", dir_ / "source", "--cache", dir_ / "cache"};
  setenv("ANNOFS_NO_VIEWS", "1", 1);
  EXPECT_EQ(run(ls), "0\na.txt\n");
  setenv("ANNOFS_NO_VIEWS", "perhaps", 1);
  EXPECT_THAT(run(ls), AllOf(HasSubstr("2\nannofs: ls: ANNOFS_NO_VIEWS: "), HasSubstr("help ls")));
  unsetenv("ANNOFS_NO_VIEWS");
  ASSERT_TRUE(testing::WriteFile(dir_ / "c.json", R"({"options": {"views-name": "v"}})").ok());
  setenv("ANNOFS_CONFIG", (dir_ / "c.json").c_str(), 1);
  EXPECT_THAT(run(ls), AllOf(HasSubstr("v/\n"), Not(HasSubstr("views/"))));
  std::vector<std::string> with = ls;
  with.push_back("--views-name=w");
  EXPECT_THAT(run(with), HasSubstr("w/\n"));
  ASSERT_TRUE(testing::WriteFile(dir_ / "c.json", "{\"options\": {\n\"speed\": 1}}").ok());
  EXPECT_THAT(run(ls), AllOf(HasSubstr("1\nannofs: ls: "), HasSubstr("c.json:2: options.speed")));
  unsetenv("ANNOFS_CONFIG");
}

TEST(OptionValuesTest, AWrongWordIsAnsweredWithTheNearestOne) {
  Settings settings;
  for (const auto& [name, wrong, meant] :
       std::vector<std::array<std::string, 3>>{{"addressing", "vitual", "virtual"},
                                               {"log-level", "warnin", "warning"},
                                               {"log-format", "jsn", "json"},
                                               {"images", "cpoy", "copy"},
                                               {"fail-on", "eror", "error"}}) {
    EXPECT_THAT(SetOption(Option(name), wrong, kCommandLine, settings).message(),
                HasSubstr("did you mean '" + meant + "'?"))
        << name;
  }
}

TEST(OptionValuesTest, BeingSaidOnAndOffInOnePlaceIsAnError) {
  Settings settings;
  ASSERT_TRUE(SetOption(Option("offline"), "", kCommandLine, settings).ok());
  EXPECT_THAT(SetOption(Option("offline"), "off", kCommandLine, settings).message(),
              HasSubstr("on and to be off"));
}

TEST(OptionValuesTest, AWordOfFstabTurnsASwitchOff) {
  Settings settings;
  ASSERT_TRUE(ApplyMountOptions("offline=0,allow_other=1,follow=off", settings).ok());
  EXPECT_FALSE(settings.offline);
  EXPECT_TRUE(settings.allow_other);
  EXPECT_EQ(settings.follow, absl::ZeroDuration());
  EXPECT_THAT(ApplyMountOptions("offline=what", settings).message(), HasSubstr("-o offline: "));
  EXPECT_THAT(ApplyMountOptions("cahce=/c", settings).message(),
              HasSubstr("-o cahce: no such option; did you mean 'cache'?"));
  EXPECT_THAT(ApplyMountOptions("_netdef", settings).message(), HasSubstr("'_netdev'"));
}

}  // namespace
}  // namespace annofs
