// `annofs doctor` as a command: exit codes, forms, sources, and that its manual has every finding.
#include <regex>
#include <set>
#include <sstream>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "cache/base/json.h"
#include "gmock/gmock.h"
#include "tests/testing/process.h"
#include "tests/tools/doctor/doctor_testing.h"
#include "tests/tools/doctor/emulated_account.h"
#include "tools/command.h"
#include "tools/doctor/bounded.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::IsSupersetOf;
using ::testing::Not;

constexpr char kXml[] =
    "<annotations><version>1.1</version><meta><task><name>street</name><labels><label><name>car"
    "</name></label></labels></task></meta><image id=\"0\" name=\"a b.jpg\" width=\"10\" "
    "height=\"20\"></image></annotations>";

class DoctorTest : public ::testing::Test {
 protected:
  ProcessResult Doctor(std::vector<std::string> arguments, const B2Credentials& key = {}) {
    arguments.insert(arguments.begin(), {AnnofsProgram(), "doctor"});
    arguments.insert(arguments.end(), {"--cache", dir_ / "cache"});
    auto result = RunProcess(
        {.argv = arguments,
         .env = {{"B2_APPLICATION_KEY_ID", key.key_id}, {"B2_APPLICATION_KEY", key.key}}});
    EXPECT_TRUE(result.ok()) << result.status();
    return result.ok() ? *result : ProcessResult{};
  }
  // The ids of the findings in that area; "" for all.
  static std::vector<std::string> IdsOf(const ProcessResult& result, absl::string_view area = "") {
    const auto json = JsonDocument::Parse(result.out);
    EXPECT_TRUE(json.ok()) << json.status() << result.out << result.err;
    std::vector<std::string> ids;
    if (!json.ok()) return ids;
    const JsonValue findings = json->root()["findings"];
    for (size_t i = 0; i < findings.size(); ++i) {
      if (area.empty() || findings[i].StringOr("area", "") == area) {
        ids.emplace_back(findings[i].StringOr("id", ""));
      }
    }
    return ids;
  }
  static std::vector<std::string> AreasOf(const ProcessResult& result) {
    const auto json = JsonDocument::Parse(result.out);
    std::vector<std::string> areas;
    if (!json.ok()) return areas;
    const JsonValue checked = json->root()["checked"];
    for (size_t i = 0; i < checked.size(); ++i) {
      areas.emplace_back(checked[i].StringOr("area", ""));
    }
    return areas;
  }

  TempDir dir_;
};

TEST_F(DoctorTest, WithoutASourceItLooksAtTheHostAndIsQuick) {
  const absl::Time begun = absl::Now();
  const ProcessResult result = Doctor({"--json"});
  EXPECT_LT(absl::Now() - begun, absl::Seconds(10));
  EXPECT_THAT(AreasOf(result),
              ::testing::ElementsAre("fuse", "scratch", "limits", "cache", "mounts", "walkers"));
  EXPECT_EQ(result.err, "");
  EXPECT_THAT(ListTree(dir_.path()).value(), IsEmpty()) << "it has made something";
}

TEST_F(DoctorTest, TextHasALineForEachAreaAndASummary) {
  const ProcessResult result = Doctor({});
  const std::string text = absl::StrCat("\n", result.out);
  for (const char* area : {"fuse", "scratch", "limits", "cache", "mounts", "walkers"}) {
    EXPECT_THAT(text, HasSubstr(absl::StrCat("\n", area, " "))) << area;
  }
  EXPECT_THAT(result.out, ContainsRegex("[0-9]+ errors?, [0-9]+ warnings?, [0-9]+ hints?\n"));
  EXPECT_THAT(result.out, Not(HasSubstr("\x1b"))) << "colour without a terminal";
}

TEST_F(DoctorTest, FailOnSaysFromWhichSeverityTheExitCodeIsOne) {
  ASSERT_TRUE(WriteFile(dir_ / "bucket/cvat/annotations.xml", kXml).ok());
  // A frame without an image is a warning of the data, and its problem another.
  const ProcessResult errors = Doctor({dir_ / "bucket", "--json"});
  ASSERT_THAT(IdsOf(errors, "annotations"), Contains("frames-without-image"));
  EXPECT_EQ(Doctor({dir_ / "bucket", "--json", "--fail-on", "warning"}).exit_code, 1);
  ASSERT_TRUE(WriteFile(dir_ / "cache/VERSION", "1\n").ok());
  const ProcessResult format = Doctor({"--json"});
  EXPECT_THAT(IdsOf(format, "cache"), Contains("cache-other-format"));
  EXPECT_EQ(format.exit_code, 1);
}

TEST_F(DoctorTest, ALimitOfFilesIsToldAndNotRunInto) {
  for (const char* blocks : {"0", "1", "4000"}) {
    const std::string command = absl::StrCat("ulimit -f ", blocks, "; exec ", AnnofsProgram(),
                                             " doctor --json --cache ", dir_ / "cache", " | cat");
    const auto result = RunProcess({.argv = {"bash", "-c", command}});
    ASSERT_TRUE(result.ok()) << result.status();
    EXPECT_THAT(IdsOf(*result, "limits"), Contains("small-files-only")) << blocks << result->err;
  }
}

TEST_F(DoctorTest, ASourceThatIsNoneIsWrongUsage) {
  const ProcessResult result = Doctor({"ftp://bucket"});
  EXPECT_EQ(result.exit_code, 2);
  EXPECT_EQ(result.out, "");
  EXPECT_THAT(result.err, HasSubstr("annofs: doctor: "));
}

TEST_F(DoctorTest, ALocalDirectoryIsLookedAtForItsData) {
  ASSERT_TRUE(WriteFile(dir_ / "bucket/cvat/annotations.xml", kXml).ok());
  const ProcessResult result = Doctor({dir_ / "bucket", "--json"});
  EXPECT_THAT(AreasOf(result), IsSupersetOf({"annotations", "names", "images"}));
  EXPECT_THAT(AreasOf(result), Not(Contains("key")));
  EXPECT_THAT(IdsOf(result, "names"), Contains("name-with-space"));
}

TEST_F(DoctorTest, ADirectoryThatIsNotThereIsAnError) {
  const ProcessResult result = Doctor({dir_ / "absent", "--json"});
  EXPECT_THAT(IdsOf(result, "annotations"), Contains("source-unusable"));
  EXPECT_EQ(result.exit_code, 1);
}

TEST_F(DoctorTest, ABucketIsLookedAtFromTheServiceToTheData) {
  ASSERT_TRUE(WriteFile(dir_ / "bucket/cvat/annotations.xml", kXml).ok());
  auto emulator = EmulatorProcess::Start({{"bucket", dir_ / "bucket"}});
  ASSERT_TRUE(emulator.ok()) << emulator.status();
  EmulatedAccount account(**emulator);
  const ProcessResult result = Doctor(
      {"b2://bucket", "--endpoint", (*emulator)->url(), "--json"},
      account.CreateKeyOf("bucket", {"listBuckets", "readBuckets", "listFiles", "readFiles"}));
  EXPECT_THAT(AreasOf(result),
              IsSupersetOf({"service", "key", "bucket", "annotations", "names", "images"}));
  for (const char* area : {"service", "key", "bucket"}) {
    EXPECT_THAT(IdsOf(result, area), IsEmpty()) << area << result.out;
  }
}

TEST_F(DoctorTest, DataAreNotAskedForWhereTheKeyIsRefusedOrMissing) {
  ASSERT_TRUE(WriteFile(dir_ / "bucket/a.txt", "x").ok());
  auto emulator = EmulatorProcess::Start({{"bucket", dir_ / "bucket"}});
  ASSERT_TRUE(emulator.ok()) << emulator.status();
  const std::string url = (*emulator)->url();
  const ProcessResult refused =
      Doctor({"b2://bucket", "--endpoint", url, "--json"}, {"002nobody", "K002wrongwrongwrong"});
  EXPECT_THAT(IdsOf(refused), Contains("key-refused"));
  EXPECT_THAT(refused.out, Not(HasSubstr("K002wrongwrongwrong")));
  EXPECT_THAT(AreasOf(refused), Not(Contains("images")));
  EXPECT_THAT(refused.out, HasSubstr("the data: the bucket cannot be read"));
  const ProcessResult missing = Doctor({"b2://bucket", "--endpoint", url, "--json"});
  EXPECT_THAT(IdsOf(missing), Contains("key-missing"));
  EXPECT_THAT(IdsOf(missing, "service"), IsEmpty()) << "the service is asked without a key, too";
  EXPECT_EQ(missing.exit_code, 1);
}

TEST(BoundedTest, AProbeThatHangsIsGivenUp) {
  EXPECT_EQ(doctor::Within<int>(absl::Seconds(10), [] { return 7; }), 7);
  auto hang = std::make_shared<absl::Mutex>();
  hang->Lock();
  EXPECT_EQ(doctor::Within<int>(absl::Milliseconds(20),
                                [hang] {
                                  absl::MutexLock lock(hang.get());
                                  return 7;
                                }),
            std::nullopt);
  hang->Unlock();
}

// What stands in the sources as the id of a finding.
std::set<std::string> IdsInSources() {
  static const std::regex kIds(
      "(?:Severity::k[A-Za-z]+|id =|\\?|: |\\{|,)\\s*\"([a-z]+(-[a-z]+)+)\"");
  std::vector<std::string> files = {"tools/doctor.cc"};
  const auto checks = ListTree(SourcePath("tools/doctor"));
  EXPECT_TRUE(checks.ok()) << checks.status();
  for (const std::string& file : checks.value_or(std::vector<std::string>())) {
    files.push_back("tools/doctor/" + file);
  }
  std::set<std::string> ids;
  for (const std::string& file : files) {
    const std::string text = ReadFile(SourcePath(file)).value();
    for (std::sregex_iterator it(text.begin(), text.end(), kIds), end; it != end; ++it) {
      ids.insert((*it)[1]);
    }
  }
  return ids;
}

TEST(ManualTest, TheManualHasEveryFindingAndNoOther) {
  const std::string manual =
      absl::StrReplaceAll(ReadFile(SourcePath("man/annofs.1")).value(), {{"\\-", "-"}});
  const size_t begin = manual.find(".SH DOCTOR");
  ASSERT_NE(begin, std::string::npos);
  const std::string section = manual.substr(begin, manual.find("\n.SH ", begin + 1) - begin);
  static const std::regex kEntries("\n\\.BR ([a-z]+(-[a-z]+)+) \" \\((error|warning|info)\\)\"");
  std::set<std::string> told;
  for (std::sregex_iterator it(section.begin(), section.end(), kEntries), end; it != end; ++it) {
    told.insert((*it)[1]);
  }
  const std::set<std::string> ids = IdsInSources();
  EXPECT_GT(told.size(), 70u);
  for (const std::string& id : told) EXPECT_EQ(ids.count(id), 1u) << id << " is no finding";
  // What the agents are called looks like ids.
  const std::set<std::string> others = {"bareos-fd",        "bareos-filedaemon", "bacula-fd",
                                        "tracker-miner-fs", "tracker-miner-f",   "kde-baloo",
                                        "clamav-daemon",    "clamav-clamonacc",  "fuse-overlayfs"};
  for (const std::string& id : ids) {
    EXPECT_TRUE(told.count(id) == 1 || others.count(id) == 1) << id << " is not in the manual";
  }
}

}  // namespace
}  // namespace annofs::testing
