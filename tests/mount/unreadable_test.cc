// An object that is called like annotations and that the store does not give: the rest is not taken
// for all. rest is not taken for all.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "tests/mount/mount_test_base.h"

namespace annofs::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr char kXml[] =
    "<annotations><meta><task><name>%s</name><labels><label><name>car</name></label></labels>"
    "</task></meta><image id=\"0\" name=\"a.jpg\" width=\"4\" height=\"4\"/></annotations>";

class UnreadableTest : public MountTest {
 protected:
  void SetUp() override {
    MountTest::SetUp();
    if (IsSkipped()) return;
    for (const char* name : {"park", "street"}) {
      Write(absl::StrCat("bucket/annotations/", name, ".xml"),
            absl::StrReplaceAll(kXml, {{"%s", name}}));
    }
    Serve("bucket");
  }
  void Refuse() {
    ASSERT_TRUE(emulator_
                    ->AddFault(R"({"op":"b2_download_file_by_id","match":"park","status":403,)"
                               R"("code":"access_denied","count":-1})")
                    .ok());
  }
  ProcessResult Run(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--endpoint", emulator_->url(), "--cache", Path("cache")});
    return Annofs(arguments);
  }
};

TEST_F(UnreadableTest, CheckAndStatsAndIndexTellItAndFail) {
  for (const char* command : {"check", "stats"}) {
    EXPECT_EQ(Run({command, "b2://b"}).exit_code, 0) << command;
  }
  Sh("rm -r cache");
  Refuse();
  for (const char* command : {"check", "stats", "index"}) {
    const ProcessResult result = Run({command, "b2://b"});
    EXPECT_EQ(result.exit_code, 1) << command;
    EXPECT_THAT(result.err, HasSubstr("could not read 'annotations/park.xml'")) << command;
  }
}

TEST_F(UnreadableTest, ExportTakesNoOtherDatasetForTheOneThatIsMeant) {
  Refuse();
  const ProcessResult guessed =
      Run({"export", "b2://b", "--view", "yolo", "--output", Path("out")});
  EXPECT_EQ(guessed.exit_code, 1);
  EXPECT_THAT(guessed.err, AllOf(HasSubstr("could not read 'annotations/park.xml'"),
                                 HasSubstr("name the dataset with --dataset")));
  EXPECT_EQ(Run({"export", "b2://b", "--view", "street/yolo", "--output", Path("out")}).exit_code,
            0);
}

}  // namespace
}  // namespace annofs::testing
