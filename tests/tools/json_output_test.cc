// What --json prints is JSON with what is promised.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"
#include "tools/command.h"

namespace annofs {
namespace {

using ::testing::HasSubstr;

constexpr char kXml[] =
    "<annotations><version>1.1</version><meta><task><name>street</name><labels><label>"
    "<name>car</name></label></labels></task></meta><image id=\"0\" name=\"a.jpg\" "
    "width=\"100\" height=\"50\"><box label=\"car\" occluded=\"0\" xtl=\"1\" ytl=\"1\" "
    "xbr=\"9\" ybr=\"9\" z_order=\"0\"></box></image></annotations>";

class JsonOutputTest : public ::testing::Test {
 protected:
  void SetUp() override {
    ASSERT_TRUE(testing::WriteFile(dir_ / "source/annotations.xml", kXml).ok());
    ASSERT_TRUE(testing::WriteFile(dir_ / "source/a.jpg", "the image").ok());
  }
  int Run(std::vector<std::string> arguments) {
    std::ostringstream out, err;
    const int code = RunAnnofs(arguments, {out, err});
    out_ = out.str();
    err_ = err.str();
    return code;
  }
  // What it prints, as one document.
  JsonDocument Json(const std::vector<std::string>& arguments, int expected_code = kDone) {
    EXPECT_EQ(Run(arguments), expected_code) << err_;
    absl::StatusOr<JsonDocument> json = JsonDocument::Parse(out_);
    EXPECT_TRUE(json.ok()) << json.status() << out_;
    return json.ok() ? *std::move(json) : *JsonDocument::Parse("null");
  }
  testing::TempDir dir_;
  std::string out_, err_;
};

TEST_F(JsonOutputTest, ExportEndsWithWhatWasWritten) {
  const std::vector<std::string> export_it = {"export", dir_ / "source", "--view",
                                              "yolo",   "--output",      dir_ / "out",
                                              "--json", "--cache",       dir_ / "cache"};
  const JsonDocument json = Json(export_it);
  EXPECT_EQ(json.root().StringOr("output", ""), dir_ / "out");
  EXPECT_EQ(json.root().StringOr("source", ""), dir_ / "source");
  EXPECT_EQ(json.root().StringOr("view", ""), "yolo");
  EXPECT_EQ(json.root().StringOr("images", ""), "copy");
  int64_t files = 0, bytes = 0;
  const absl::StatusOr<std::vector<std::string>> tree = testing::ListTree(dir_ / "out");
  ASSERT_TRUE(tree.ok()) << tree.status();
  for (const std::string& path : *tree) {
    if (path.back() == '/') continue;
    ++files;
    bytes += int64_t(testing::ReadFile(dir_ / ("out/" + path))->size());
  }
  EXPECT_GT(files, 2);
  EXPECT_EQ(json.root().IntOr("files", 0), files);
  EXPECT_EQ(json.root().IntOr("bytes", 0), bytes);
  EXPECT_EQ(json.root().IntOr("kept", -1), 0);
  EXPECT_EQ(err_, "");
}

TEST_F(JsonOutputTest, AFailedExportPrintsNothingOnStandardOutput) {
  EXPECT_EQ(Run({"export", dir_ / "source", "--view", "yoloo", "--output", dir_ / "out", "--json",
                 "--cache", dir_ / "cache"}),
            kFailed);
  EXPECT_EQ(out_, "");
  EXPECT_THAT(err_, HasSubstr("did you mean 'yolo'?"));
}

TEST_F(JsonOutputTest, AViewBehindItsDatasetIsAnsweredWithTheNearestOne) {
  EXPECT_EQ(Run({"export", dir_ / "source", "--view", "street/cocco", "--output", dir_ / "out",
                 "--cache", dir_ / "cache"}),
            kFailed);
  EXPECT_THAT(err_, HasSubstr("did you mean 'coco'?"));
}

TEST_F(JsonOutputTest, EveryActionOfTheCache) {
  ASSERT_EQ(Run({"warm", dir_ / "source", "a.jpg", "--cache", dir_ / "cache"}), kDone) << err_;
  EXPECT_EQ(
      Json({"cache", "info", "--json", "--cache", dir_ / "cache"}).root().StringOr("path", ""),
      dir_ / "cache");
  const JsonDocument verdict = Json({"cache", "verify", "--json", "--cache", dir_ / "cache"});
  EXPECT_EQ(verdict.root().IntOr("damaged", -1), 0);
  EXPECT_EQ(verdict.root().IntOr("blocks", 0), 1);
  const JsonDocument evicted = Json({"cache", "evict", "1G", "--json", "--cache", dir_ / "cache"});
  EXPECT_EQ(evicted.root().IntOr("freed_bytes", -1), 0);
  const JsonDocument cleared = Json({"cache", "clear", "--json", "--cache", dir_ / "cache"});
  EXPECT_GT(cleared.root().IntOr("freed_bytes", 0), 0);
}

TEST_F(JsonOutputTest, VersionAndFormats) {
  const JsonDocument version = Json({"version", "--json"});
  EXPECT_EQ("annofs " + std::string(version.root().StringOr("version", "")) + "\n",
            (Run({"version"}), out_));
  const JsonDocument formats = Json({"formats", "--json"});
  EXPECT_TRUE(formats.root()["readers"].is_array());
  EXPECT_GT(formats.root()["views"].size(), 20u);
}

TEST_F(JsonOutputTest, IndexAndWarm) {
  EXPECT_EQ(Json({"index", dir_ / "source", "--json", "--cache", dir_ / "cache"})
                .root()
                .IntOr("objects", 0),
            2);
  EXPECT_TRUE(
      Json({"warm", dir_ / "source", "--json", "--cache", dir_ / "cache"}).root().is_object());
}

TEST_F(JsonOutputTest, FailuresOfUmountAreToldOnStandardErrorOnly) {
  EXPECT_EQ(Run({"umount", "--json", dir_ / "source"}), kFailed);
  EXPECT_EQ(out_, "");
  EXPECT_THAT(err_, HasSubstr("no annofs mount is there"));
}

}  // namespace
}  // namespace annofs
