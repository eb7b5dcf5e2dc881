// The configuration file of a machine: options beside datasets, read as strictly.
#include "formats/machine_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "formats/dataset_config.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

const std::vector<KnownOption>& Known() {
  static const auto& known = *new std::vector<KnownOption>{
      {"cache-size", KnownOption::Value::kOne},
      {"offline", KnownOption::Value::kSwitch},
      {"follow", KnownOption::Value::kMayBeLeftOut},
      {"annotations", KnownOption::Value::kMany},
  };
  return known;
}

absl::Status NoTen(absl::string_view name, absl::string_view value) {
  if (value != "10") return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat(name, " is never 10"));
}

absl::StatusOr<MachineConfiguration> Parsed(absl::string_view text) {
  return ParseMachineConfiguration(text, "/etc/annofs.json", Known(), NoTen);
}

std::string ErrorOf(absl::string_view options) {
  const auto parsed = Parsed(absl::StrCat("{\"options\":\n", options, "}"));
  return parsed.ok() ? "" : std::string(parsed.status().message());
}

// "name=value,value" of each option.
std::vector<std::string> Options(absl::string_view options) {
  const auto parsed = Parsed(absl::StrCat("{\"options\":", options, "}"));
  EXPECT_TRUE(parsed.ok()) << parsed.status();
  std::vector<std::string> all;
  if (!parsed.ok()) return all;
  for (const FileOption& option : parsed->options) {
    std::string one = option.name + "=";
    for (const std::string& value : option.values) absl::StrAppend(&one, value, ",");
    all.push_back(one);
  }
  return all;
}

TEST(MachineConfigTest, ValuesAreAsTheCommandLineHasThem) {
  EXPECT_THAT(Options(R"({"cache-size": "10G", "offline": true, "annotations": ["a", "b c"]})"),
              ElementsAre("cache-size=10G,", "offline=true,", "annotations=a,b c,"));
  EXPECT_THAT(Options(R"({"cache-size": 20000000000, "offline": false})"),
              ElementsAre("cache-size=20000000000,", "offline=false,"));
  EXPECT_THAT(Options(R"({"follow": 2.5})"), ElementsAre("follow=2.5,"));
  EXPECT_THAT(Options(R"({"follow": true})"), ElementsAre("follow=true,"));
  EXPECT_THAT(Options("{}"), IsEmpty());
}

TEST(MachineConfigTest, AnotherTypeIsAnErrorWithItsLine) {
  EXPECT_EQ(ErrorOf(R"({"offline": "yes"})"),
            "/etc/annofs.json:2: options.offline: true or false is wanted, this is a string");
  EXPECT_EQ(ErrorOf("{\n\"cache-size\": true}"),
            "/etc/annofs.json:3: options.cache-size: a string or a number is wanted, this is true "
            "or false");
  EXPECT_EQ(ErrorOf(R"({"annotations": "a.zip"})"),
            "/etc/annofs.json:2: options.annotations: an array of strings is wanted, this is a "
            "string");
  EXPECT_THAT(ErrorOf(R"({"follow": null})"), HasSubstr("this is null; leave the key out"));
  EXPECT_THAT(ErrorOf(R"({"annotations": []})"), HasSubstr("an empty array"));
  EXPECT_THAT(ErrorOf(R"({"cache-size": ""})"), HasSubstr("an empty string"));
  EXPECT_THAT(ErrorOf("[]"), HasSubstr("options: an object is wanted, this is an array"));
}

TEST(MachineConfigTest, AnUnknownOptionIsAnErrorWithTheNearestName) {
  EXPECT_EQ(ErrorOf("{\"offline\": true,\n\"cache_size\": 1}"),
            "/etc/annofs.json:3: options.cache_size: no such option; did you mean 'cache-size'? "
            "(see annofs-config(5))");
  EXPECT_EQ(ErrorOf(R"({"speed": 1})"),
            "/etc/annofs.json:2: options.speed: no such option (see annofs-config(5))");
  EXPECT_THAT(ErrorOf(R"({"config": "x"})"), HasSubstr("a file does not name another one"));
}

TEST(MachineConfigTest, AValueThatTheCheckRefusesIsAnErrorThere) {
  EXPECT_EQ(ErrorOf("{\n\"cache-size\": 10}"),
            "/etc/annofs.json:3: options.cache-size: cache-size is never 10");
  EXPECT_THAT(ErrorOf(R"({"annotations": ["9", "10"]})"), HasSubstr("annotations is never 10"));
}

TEST(MachineConfigTest, TheErrorThatStandsFirstIsTold) {
  const auto parsed = Parsed("{\"datasets\": [{\"nme\": 1}],\n\"options\": {\"speed\": 1}}");
  EXPECT_THAT(parsed.status().message(), HasSubstr(":1: datasets[0].nme"));
  EXPECT_THAT(ErrorOf("{\"cache-size\": 10,\n\"speed\": 1}"), HasSubstr(":2: options.cache-size"));
}

TEST(MachineConfigTest, EachOfTheTwoPartsMayBeLeftOutButNotBoth) {
  auto parsed = Parsed(R"({"datasets": [{"name": "a"}]})");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_EQ(parsed->datasets->datasets.at(0).name, "a");
  parsed = Parsed(R"({"options": {"offline": true}})");
  ASSERT_TRUE(parsed.ok()) << parsed.status();
  EXPECT_FALSE(parsed->datasets.has_value());
  EXPECT_EQ(Parsed("{}").status().message(),
            "/etc/annofs.json:1: neither 'datasets' nor 'options' is there");
  EXPECT_THAT(Parsed(R"({"option": {}})").status().message(),
              HasSubstr("option: no such key; did you mean 'options'?"));
}

TEST(MachineConfigTest, ItsDatasetsAreReadWithoutKnowingOptions) {
  const auto datasets = ParseMachineDatasets(
      R"({"options": {"whatever": 1}, "datasets": [{"name": "a"}]})", "my.json");
  ASSERT_TRUE(datasets.ok()) << datasets.status();
  EXPECT_EQ(datasets->datasets.at(0).name, "a");
  EXPECT_TRUE(ParseMachineDatasets(R"({"options": {}})", "my.json")->datasets.empty());
}

TEST(MachineConfigTest, ABucketMayNotSetOptions) {
  const auto parsed =
      ParseConfiguration("{\"datasets\": [],\n\"options\": {\"offline\": true}}", "annofs.json");
  EXPECT_EQ(parsed.status().message(),
            "annofs.json:2: options: a bucket must not set what a machine does: they belong into a "
            "file of the machine, that of --config, ~/.config/annofs/annofs.json or "
            "/etc/annofs.json");
}

TEST(MachineConfigTest, TextThatIsNoJsonOrTooLongIsAnError) {
  EXPECT_THAT(Parsed("{").status().message(), HasSubstr("/etc/annofs.json:1: "));
  EXPECT_THAT(Parsed("3").status().message(), HasSubstr("an object is wanted"));
  EXPECT_THAT(Parsed(std::string(kMaxConfigurationBytes + 1, ' ')).status().message(),
              HasSubstr("larger than 4 MiB"));
}

}  // namespace
}  // namespace annofs
