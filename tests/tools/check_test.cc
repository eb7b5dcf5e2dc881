// `annofs check` over directories and a bucket: what it says, JSON, exit codes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <sstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cache/base/json.h"
#include "tests/testing/emulator_bucket.h"
#include "tests/testing/files.h"
#include "tests/testing/temp_dir.h"
#include "tools/check_text.h"
#include "tools/command.h"

namespace annofs {
namespace {

using testing::Fixture;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::WriteFile;

// The first bytes of a PNG of that size, as far as anybody looks for it; `salt`: so that two
// differ.
std::string PngOf(uint8_t width, uint8_t height, int salt = 0) {
  const char size[] = {0, 0, 0, char(width), 0, 0, 0, char(height), 8, 2, 0, 0, 0};
  return absl::StrCat("\x89PNG\r\n\x1a\n", absl::string_view("\0\0\0\x0d", 4), "IHDR",
                      absl::string_view(size, sizeof size), "crc!", salt);
}

// A CVAT for images XML, image by image.
class Xml {
 public:
  explicit Xml(absl::string_view task) {
    text_ = absl::StrCat(
        "<annotations><version>1.1</version><meta><task><id>1</id><name>", task,
        "</name><labels><label><name>car</name><type>any</type><attributes/></label><label><name>"
        "bus</name><type>any</type><attributes/></label></labels></task></meta>\n");
  }
  // `boxes`: "label left top right bottom" each.
  void Image(absl::string_view name, const std::vector<std::string>& boxes) {
    absl::StrAppend(&text_, "<image id=\"", images_++, "\" name=\"", name,
                    "\" width=\"100\" height=\"50\">");
    for (const std::string& box : boxes) {
      const std::vector<std::string> f = absl::StrSplit(box, ' ');
      absl::StrAppend(&text_, "<box label=\"", f[0], "\" occluded=\"0\" xtl=\"", f[1], "\" ytl=\"",
                      f[2], "\" xbr=\"", f[3], "\" ybr=\"", f[4], "\" z_order=\"0\"></box>");
    }
    text_ += "</image>\n";
  }
  std::string Take() const { return text_ + "</annotations>"; }

 private:
  std::string text_;
  int images_ = 0;
};

class CheckCommandTest : public ::testing::Test {
 protected:
  int Annofs(std::vector<std::string> arguments) {
    out_.str("");
    err_.str("");
    arguments.insert(arguments.end(), {"--cache", cache_.path()});
    return RunAnnofs(arguments, {out_, err_});
  }
  // The counts by rule of the only dataset, or of the one of that name.
  std::map<std::string, int64_t> Counts(absl::string_view dataset = "") {
    const auto json = JsonDocument::Parse(out_.str());
    EXPECT_TRUE(json.ok()) << json.status() << out_.str();
    std::map<std::string, int64_t> counts;
    if (!json.ok()) return counts;
    const JsonValue datasets = json->root()["datasets"];
    for (size_t i = 0; i < datasets.size(); ++i) {
      if (!dataset.empty() && datasets[i].StringOr("name", "") != dataset) continue;
      const JsonValue findings = datasets[i]["findings"];
      for (size_t f = 0; f < findings.size(); ++f) {
        counts[std::string(findings[f].StringOr("rule", ""))] += findings[f].IntOr("count", 0);
      }
    }
    return counts;
  }
  void Write(absl::string_view name, absl::string_view content) {
    ASSERT_TRUE(WriteFile(source_ / std::string(name), content).ok());
  }

  testing::TempDir source_, cache_;
  std::ostringstream out_, err_;
};

TEST_F(CheckCommandTest, TextGroupsBySeverityAndSaysWhereAndWhatToDo) {
  Xml xml("street");
  xml.Image("a.png", {"car 10 10 30 30", "car 10 10 30 30", "bus 200 10 230 30"});
  xml.Image("b.png", {});
  Write("annotations.xml", xml.Take());
  Write("a.png", PngOf(100, 50));
  Write("b.png", PngOf(10, 7));
  EXPECT_EQ(Annofs({"check", source_.path()}), kFailed) << err_.str();
  const std::string text = out_.str();
  EXPECT_THAT(text, HasSubstr("street: 2 frames, 3 annotations: 2 errors, "));
  EXPECT_THAT(text, HasSubstr("  error out-of-frame (1): shapes that lie wholly outside of their "
                              "frame\n      delete them"));
  EXPECT_THAT(text, HasSubstr("\n    a.png: bus, shape 2: 130 px beyond the right edge\n"));
  EXPECT_THAT(text, HasSubstr("  error size-mismatch (1): "));
  EXPECT_THAT(text, HasSubstr("    b.png: the image is 10 x 7, the annotations say 100 x 50\n"));
  EXPECT_THAT(text, HasSubstr("    a.png: car, shape 1: equal to shape 0 within 0.5 px\n"));
  EXPECT_THAT(text, HasSubstr("  warning missing-annotation (1): "));
  EXPECT_LT(text.find("error out-of-frame"), text.find("warning duplicate-shape"));
  EXPECT_THAT(text, HasSubstr("\nchecked 1 dataset, 2 frames, 3 annotations: 2 errors, "));
  EXPECT_EQ(err_.str(), "");
}

TEST_F(CheckCommandTest, TheExitCodeTellsWhatFailOnAsksFor) {
  Xml xml("street");
  xml.Image("a.png", {"car 10 10 30 30", "bus 60 10 90 30"});
  xml.Image("b.png", {"car 10 10 30 30", "bus 60 10 90 30"});
  Write("annotations.xml", xml.Take());
  Write("a.png", PngOf(100, 50));
  EXPECT_EQ(Annofs({"check", source_.path()}), kDone) << out_.str() << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("warning missing-media (1): "));
  EXPECT_EQ(Annofs({"check", source_.path(), "--fail-on", "error"}), kDone);
  EXPECT_EQ(Annofs({"check", source_.path(), "--fail-on", "warning"}), kFailed);
  EXPECT_EQ(Annofs({"check", source_.path(), "--fail-on", "info"}), kWrongUsage);
  EXPECT_EQ(Annofs({"check"}), kWrongUsage);
}

TEST_F(CheckCommandTest, WithoutFindingsOfThatSeverityItIsDone) {
  Xml xml("street");
  for (const char* name : {"a.png", "b.png"}) {
    xml.Image(name, {"car 10 10 30 30", "bus 60 10 90 30"});
    Write(name, PngOf(100, 50));
  }
  Write("annotations.xml", xml.Take());
  EXPECT_EQ(Annofs({"check", source_.path(), "--fail-on", "warning"}), kDone) << out_.str();
  EXPECT_THAT(out_.str(), HasSubstr(": 0 errors, 0 warnings, "));
}

TEST_F(CheckCommandTest, SeveralDatasetsAreCheckedOrTheOneThatIsNamed) {
  Xml street("street"), park("park");
  street.Image("a.png", {"car 10 10 30 30"});
  park.Image("b.png", {"car 200 10 230 30"});
  Write("annotations/street.xml", street.Take());
  Write("annotations/park.xml", park.Take());
  EXPECT_EQ(Annofs({"check", source_.path(), "--json"}), kFailed) << err_.str();
  const auto json = JsonDocument::Parse(out_.str());
  ASSERT_TRUE(json.ok()) << out_.str();
  EXPECT_EQ(json->root()["datasets"].size(), 2u);
  EXPECT_EQ(json->root()["totals"].IntOr("datasets", 0), 2);
  EXPECT_EQ(json->root()["totals"].IntOr("frames", 0), 2);
  EXPECT_EQ(json->root()["totals"].IntOr("errors", 0), 1);
  EXPECT_EQ(Counts("park")["out-of-frame"], 1);
  EXPECT_EQ(Counts("street")["out-of-frame"], 0);
  EXPECT_EQ(Annofs({"check", source_.path(), "--json", "--dataset", "street"}), kDone)
      << err_.str();
  EXPECT_EQ(JsonDocument::Parse(out_.str())->root()["datasets"].size(), 1u);
  EXPECT_EQ(Annofs({"check", source_.path(), "--dataset", "strete"}), kFailed);
  EXPECT_THAT(
      err_.str(),
      HasSubstr(
          "annofs: check: no dataset 'strete'; did you mean 'street'?; there are park, street"));
}

TEST_F(CheckCommandTest, WithoutAnnotationsItSaysSoAndHowToNameThem) {
  EXPECT_EQ(Annofs({"check", source_.path()}), kFailed);
  EXPECT_THAT(err_.str(), HasSubstr("annofs: check: no annotations were found"));
  EXPECT_THAT(err_.str(), HasSubstr("--annotations"));
}

TEST_F(CheckCommandTest, ABrokenSourceIsAnErrorOfItsDataset) {
  Xml xml("street");
  xml.Image("a.png", {"car 10 10 30 30"});
  const std::string text = xml.Take();
  Write("annotations.xml", text.substr(0, text.size() - 20));
  EXPECT_EQ(Annofs({"check", source_.path()}), kFailed) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("error source-error (1): "));
  EXPECT_THAT(out_.str(), HasSubstr("annotations.xml"));
}

TEST_F(CheckCommandTest, PlacesAreBoundedInTextAndInJson) {
  Xml xml("street");
  for (int i = 0; i < 1200; ++i) xml.Image(absl::StrCat(i, ".png"), {"car 200 10 230 30"});
  Write("annotations.xml", xml.Take());
  EXPECT_EQ(Annofs({"check", source_.path()}), kFailed) << err_.str();
  EXPECT_THAT(out_.str(), HasSubstr("error out-of-frame (1,200): "));
  EXPECT_THAT(out_.str(), HasSubstr("    and 1,180 more (--json names the first 1,000)\n"));
  EXPECT_EQ(Annofs({"check", source_.path(), "--json"}), kFailed) << err_.str();
  const auto json = JsonDocument::Parse(out_.str());
  ASSERT_TRUE(json.ok());
  const JsonValue findings = json->root()["datasets"][size_t{0}]["findings"];
  for (size_t i = 0; i < findings.size(); ++i) {
    if (findings[i].StringOr("rule", "") != "out-of-frame") continue;
    EXPECT_EQ(findings[i].IntOr("count", 0), 1200);
    EXPECT_EQ(findings[i]["places"].size(), 1000u);
  }
}

TEST_F(CheckCommandTest, HostileNamesAreOneLineEach) {
  Xml xml("str&#10;eet");
  xml.Image("a&#10;b.png", {"car 200 10 230 30"});
  Write("annotations.xml", xml.Take());
  EXPECT_EQ(Annofs({"check", source_.path()}), kFailed) << err_.str();
  EXPECT_THAT(out_.str(), Not(HasSubstr("a\nb.png")));
}

// What a script in another language counts in each backup's own task.json and annotations.json:
// frames without annotations, labels (parts of skeletons too) that none or one has, shapes more
// than half a pixel beyond an edge, annotations without one of their attributes; deleted frames
// left out.
struct Expected {
  const char* backup;
  int64_t frames, without, no_label, few_of_label, beyond, no_attribute;
};
constexpr Expected kBackups[] = {
    {"rand_images_00", 8, 3, 2, 1, 0, 3}, {"rand_images_01", 3, 0, 0, 0, 6, 8},
    {"rand_images_02", 7, 0, 0, 0, 3, 7}, {"rand_images_03", 7, 0, 0, 0, 7, 6},
    {"rand_images_04", 4, 0, 0, 3, 2, 7}, {"rand_images_05", 6, 0, 1, 1, 5, 2},
};

TEST_F(CheckCommandTest, CountsInBackupsAreThoseOfTheirOwnFiles) {
  for (const Expected& expected : kBackups) {
    Annofs({"check", Fixture(absl::StrCat("golden/", expected.backup, "/INPUT/backup.zip")),
            "--json"});
    std::map<std::string, int64_t> counts = Counts();
    const auto json = JsonDocument::Parse(out_.str());
    ASSERT_TRUE(json.ok()) << err_.str();
    EXPECT_EQ(json->root()["totals"].IntOr("frames", 0), expected.frames) << expected.backup;
    EXPECT_EQ(counts["missing-annotation"], expected.without) << expected.backup;
    EXPECT_EQ(counts["label-defined-but-not-found"], expected.no_label) << expected.backup;
    EXPECT_EQ(counts["few-samples-in-label"], expected.few_of_label) << expected.backup;
    EXPECT_EQ(counts["partly-out-of-frame"], expected.beyond) << expected.backup;
    EXPECT_EQ(counts["missing-attribute"], expected.no_attribute) << expected.backup;
    for (const char* rule : {"out-of-frame", "tiny-shape", "undefined-attribute",
                             "undefined-attribute-value", "invalid-value", "negative-length"}) {
      EXPECT_EQ(counts[rule], 0) << expected.backup << " " << rule;
    }
  }
}

// The same of tracks, by keyframes that are outside: times that a track is away, tracks on one
// frame.
struct ExpectedTracks {
  const char* backup;
  int64_t gaps, on_one_frame;
};
constexpr ExpectedTracks kVideos[] = {
    {"rand_video_00", 1, 0}, {"rand_video_01", 0, 0}, {"rand_video_02", 1, 1}};

TEST_F(CheckCommandTest, GapsOfTracksAreThoseOfTheirKeyframes) {
  for (const ExpectedTracks& expected : kVideos) {
    Annofs({"check", Fixture(absl::StrCat("golden/", expected.backup, "/INPUT/backup.zip")),
            "--json"});
    std::map<std::string, int64_t> counts = Counts();
    EXPECT_EQ(counts["track-gap"], expected.gaps) << expected.backup;
    EXPECT_EQ(counts["one-frame-track"], expected.on_one_frame) << expected.backup;
    EXPECT_EQ(counts["track-changes-label"] + counts["track-twice-on-frame"], 0);
  }
}

TEST_F(CheckCommandTest, CountsInALargeDirectoryAreThoseThatWerePlanted) {
  Xml xml("large");
  std::map<std::string, int64_t> planted;
  for (int i = 0; i < 2000; ++i) {
    std::vector<std::string> boxes = {"car 10 10 30 30", "bus 60 10 90 30"};
    auto plant = [&](const char* rule, const std::string& box) {
      boxes.push_back(box);
      ++planted[rule];
    };
    if (i % 7 == 0) plant("duplicate-shape", "car 10.25 10 30 30");
    if (i % 11 == 0) plant("partly-out-of-frame", "bus 85 20 103 40");
    if (i % 13 == 0) plant("out-of-frame", "bus 85 -20 99 -5");
    if (i % 17 == 0) plant("tiny-shape", "car 70 20 70.5 40");
    if (i % 19 == 0) plant("zero-area", "car 75 20 75 40");
    if (i % 23 == 0) {
      boxes.clear();
      ++planted["missing-annotation"];
      for (auto [divisor, rule] :
           std::vector<std::pair<int, const char*>>{{7, "duplicate-shape"},
                                                    {11, "partly-out-of-frame"},
                                                    {13, "out-of-frame"},
                                                    {17, "tiny-shape"},
                                                    {19, "zero-area"}}) {
        if (i % divisor == 0) --planted[rule];
      }
    }
    const std::string name = absl::StrCat("images/", i, ".png");
    xml.Image(name, boxes);
    if (i % 29 == 0) {
      ++planted["missing-media"];
    } else if (i % 31 == 0) {
      Write(name, PngOf(50, 100));
      ++planted["size-mismatch"];
    } else {
      Write(name, PngOf(100, 50, i));
    }
  }
  Write("annotations.xml", xml.Take());
  EXPECT_EQ(Annofs({"check", source_.path(), "--json"}), kFailed) << err_.str();
  std::map<std::string, int64_t> counts = Counts();
  for (const auto& [rule, count] : planted) EXPECT_EQ(counts[rule], count) << rule;
  EXPECT_EQ(counts["image-without-digest"], 2000 - planted["missing-media"])
      << "a directory gives none";
}

class CheckBucketTest : public CheckCommandTest {
 protected:
  void SetUp() override {
    absl::StatusOr<std::unique_ptr<testing::EmulatorProcess>> emulator =
        testing::EmulatorProcess::Start({{"street", source_.path()}});
    ASSERT_TRUE(emulator.ok()) << emulator.status();
    emulator_ = *std::move(emulator);
    auto bucket = testing::EmulatorBucket::Open(*emulator_, "street");
    ASSERT_TRUE(bucket.ok()) << bucket.status();
    bucket_ = *std::move(bucket);
  }
  void Put(absl::string_view name, absl::string_view content) {
    ASSERT_TRUE(bucket_->Put(name, content).ok());
  }
  // A command takes the keys out of the environment.
  int WithKeys(std::vector<std::string> arguments) {
    setenv("B2_APPLICATION_KEY_ID", emulator_->key_id().c_str(), 1);
    setenv("B2_APPLICATION_KEY", emulator_->key().c_str(), 1);
    arguments.insert(arguments.end(), {"--endpoint", emulator_->url()});
    return Annofs(std::move(arguments));
  }

  std::unique_ptr<testing::EmulatorProcess> emulator_;
  std::unique_ptr<testing::EmulatorBucket> bucket_;
};

TEST_F(CheckBucketTest, CopiesAreToldByTheDigestsOfTheListingAndNoImageIsFetched) {
  Xml xml("street");
  for (int i = 0; i < 6; ++i) {
    const std::string name = absl::StrCat(i, ".png");
    xml.Image(name, {"car 10 10 30 30"});
    Put(name, PngOf(10, 7, i % 4));
  }
  Put("annotations.xml", xml.Take());
  WithKeys({"check", "b2://street", "--json"});
  std::map<std::string, int64_t> counts = Counts();
  EXPECT_EQ(counts["duplicate-image"] + counts["cross-split-duplicate"], 2) << out_.str();
  EXPECT_EQ(counts["image-without-digest"], 0);
  EXPECT_EQ(counts["size-mismatch"], 0) << "nobody has fetched an image";
  EXPECT_LE(emulator_->Requests("b2_download_file_by_id"), 4) << "of the XML alone";
}

TEST_F(CheckBucketTest, TheSizeOfAnImageIsKnownOnceItIsInTheCache) {
  Xml xml("street");
  for (const char* name : {"0.png", "1.png"}) {
    xml.Image(name, {"car 10 10 30 30"});
    Put(name, PngOf(10, 7));
  }
  Put("annotations.xml", xml.Take());
  ASSERT_EQ(WithKeys({"cat", "b2://street", "1.png"}), kDone) << err_.str();
  EXPECT_EQ(WithKeys({"check", "b2://street"}), kFailed);
  EXPECT_THAT(out_.str(), HasSubstr("error size-mismatch (1): "));
  EXPECT_THAT(out_.str(), HasSubstr("    1.png: the image is 10 x 7, the annotations say 100 x "));
}

TEST_F(CheckBucketTest, AnObjectThatTheSearchCouldNotReadIsNamed) {
  Xml xml("street");
  xml.Image("a.png", {"car 10 10 30 30"});
  Put("annotations/a.xml", xml.Take());
  Put("annotations/b.xml", xml.Take());
  ASSERT_TRUE(emulator_
                  ->AddFault(R"({"op":"b2_download_file_by_id","match":"b.xml","status":403,)"
                             R"("code":"access_denied","count":-1})")
                  .ok());
  WithKeys({"check", "b2://street"});
  EXPECT_THAT(out_.str(), HasSubstr("checked 1 dataset, "));
  EXPECT_THAT(err_.str(), HasSubstr("annofs: the search for annotations "));
  EXPECT_THAT(err_.str(), HasSubstr("b.xml"));
}

TEST_F(CheckBucketTest, ADatasetThatCannotBeReadIsNamedAndTheOthersAreChecked) {
  Xml large("large"), small("small");
  for (int i = 0; i < 20000; ++i) large.Image(absl::StrCat(i, ".png"), {"car 10 10 30 30"});
  small.Image("a.png", {"car 10 10 30 30"});
  Put("annotations/large.xml", large.Take());
  Put("annotations/small.xml", small.Take());
  // What tells that it is an annotation file is read, the rest is not.
  ASSERT_TRUE(emulator_
                  ->AddFault(R"({"op":"b2_download_file_by_id","match":"large.xml","skip":2,)"
                             R"("status":403,"code":"access_denied","count":-1})")
                  .ok());
  EXPECT_EQ(WithKeys({"check", "b2://street"}), kFailed);
  EXPECT_THAT(err_.str(), HasSubstr("annofs: check: dataset 'large' cannot be checked: "));
  EXPECT_THAT(out_.str(), HasSubstr("small: 1 frame, 1 annotation: "));
  EXPECT_THAT(out_.str(), HasSubstr("checked 1 dataset, "));
}

TEST(CheckTextTest, ProgressSaysHowFastAndHowLong) {
  EXPECT_EQ(CheckProgressText("street", {.done = 20000, .all = 100000}, absl::Seconds(2)),
            "checking street: 20,000 of 100,000 frames, 10,000/s, 8 s left");
  EXPECT_EQ(CheckProgressText("street", {.done = 10, .all = 10}, absl::Seconds(1)),
            "checking street: 10 of 10 frames, 10/s");
}

TEST(CheckTextTest, TheManualHasEveryRuleWithItsSeverity) {
  const absl::StatusOr<std::string> manual = testing::ReadFile(testing::SourcePath("man/annofs.1"));
  ASSERT_TRUE(manual.ok()) << manual.status();
  for (const QualityRule& rule : QualityRules()) {
    const std::string id = absl::StrReplaceAll(rule.id, {{"-", "\\-"}});
    EXPECT_THAT(*manual, HasSubstr(absl::StrCat("\n.BR ", id, " \" (",
                                                QualitySeverityName(rule.severity), ")\"\n")));
  }
}

}  // namespace
}  // namespace annofs
