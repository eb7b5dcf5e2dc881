// Images: missing ones, copies, sizes; and the parts that frames are divided into.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>

#include "tests/formats/quality/checking.h"

namespace annofs {
namespace {

using ::testing::ElementsAre;
using testing::FindingOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Made;
using testing::PlacesOf;

const std::string kOne = "sha1:" + std::string(40, '1'), kTwo = "sha1:" + std::string(40, '2');
// Alike in the first 64 bits.
const std::string kNearlyOne = "sha1:" + std::string(39, '1') + "2";

// Frames of these subsets with these digests, in order; "-": no image.
struct Given {
  std::string subset, digest;
};
QualityReport WithImages(const std::vector<Given>& frames) {
  Made made;
  const uint32_t car = made.Label("car");
  std::map<std::string, std::string> digests;
  for (const Given& frame : frames) {
    const std::string name = absl::StrCat(digests.size(), ".jpg");
    made.NextFrame({.name = name, .width = 100, .height = 50, .subset = frame.subset});
    made.Box(car, {10, 10, 30, 30});
    digests[name] = frame.digest;
  }
  return made.Checked({}, [&](const Frame& frame) -> absl::StatusOr<std::optional<Media>> {
    const std::string& digest = digests.at(frame.name);
    if (digest == "-") return std::optional<Media>();
    return std::optional<Media>({.key = frame.name, .size = 7, .digest = digest});
  });
}

TEST(QualityMediaTest, FramesWithoutAnImageAreNamed) {
  const QualityReport report = WithImages({{"", kOne}, {"", "-"}, {"", kTwo}});
  EXPECT_THAT(PlacesOf(FindingOf(report, "missing-media")), ElementsAre("1.jpg|||"));
  EXPECT_EQ(FindingOf(report, "image-without-digest").count, 0u);
}

TEST(QualityMediaTest, TheSameImageInAnotherPartIsAnError) {
  const QualityReport report = WithImages({{"train", kOne}, {"val", kOne}, {"train", kTwo}});
  EXPECT_THAT(PlacesOf(FindingOf(report, "cross-split-duplicate")),
              ElementsAre("1.jpg|||the image of '0.jpg' in train, this one is in val"));
  EXPECT_EQ(FindingOf(report, "cross-split-duplicate").severity, QualitySeverity::kError);
  EXPECT_EQ(FindingOf(report, "duplicate-image").count, 0u);
}

TEST(QualityMediaTest, TheSameImageInOnePartIsDoubtful) {
  const QualityReport report = WithImages({{"train", kTwo},
                                           {"train", kOne},
                                           {"val", "md5:" + std::string(32, 'a')},
                                           {"train", kOne},
                                           {"train", kTwo}});
  EXPECT_THAT(PlacesOf(FindingOf(report, "duplicate-image")),
              ElementsAre("3.jpg|||the image of '1.jpg'", "4.jpg|||the image of '0.jpg'"));
  EXPECT_EQ(FindingOf(report, "cross-split-duplicate").count, 0u);
}

TEST(QualityMediaTest, TheSameImageInAPartThatNoTrainerUsesIsDoubtfulOnly) {
  const QualityReport report =
      WithImages({{"train", kOne}, {"val", kTwo}, {"spare", kOne}, {"train", kTwo}});
  EXPECT_THAT(PlacesOf(FindingOf(report, "duplicate-image")),
              ElementsAre("2.jpg|||the image of '0.jpg' in train, this one is in spare"));
  EXPECT_THAT(PlacesOf(FindingOf(report, "cross-split-duplicate")),
              ElementsAre("3.jpg|||the image of '1.jpg' in val, this one is in train"));
}

TEST(QualityMediaTest, AnUnusedCopyHidesNoLeakBehindIt) {
  const QualityReport report =
      WithImages({{"spare", kOne}, {"train", kOne}, {"val", kOne}, {"train", kTwo}});
  EXPECT_THAT(PlacesOf(FindingOf(report, "cross-split-duplicate")),
              ElementsAre("2.jpg|||the image of '1.jpg' in train, this one is in val"));
  EXPECT_THAT(PlacesOf(FindingOf(report, "duplicate-image")),
              ElementsAre("1.jpg|||the image of '0.jpg' in spare, this one is in train"));
}

TEST(QualityMediaTest, DigestsAreComparedWhole) {
  const QualityReport report =
      WithImages({{"", kOne}, {"", kNearlyOne}, {"", kOne}, {"", kNearlyOne}});
  EXPECT_EQ(
      FindingOf(report, "duplicate-image").count + FindingOf(report, "cross-split-duplicate").count,
      2u);
}

TEST(QualityMediaTest, WithoutDigestNothingIsCompared) {
  const QualityReport report = WithImages({{"", ""}, {"", ""}, {"", "sha1:12"}});
  EXPECT_EQ(FindingOf(report, "image-without-digest").count, 3u);
  EXPECT_EQ(FindingOf(report, "duplicate-image").count, 0u);
}

TEST(QualityMediaTest, AnImageOfAnotherSizeIsAnError) {
  Made made;
  const uint32_t car = made.Label("car");
  for (int i = 0; i < 3; ++i) {
    made.NextFrame();
    made.Box(car, {10, 10, 30, 30});
  }
  const QualityOptions options{
      .size_mismatch = [](Rank, const Frame& frame) -> absl::StatusOr<std::optional<std::string>> {
        if (frame.name != "1.jpg") return std::optional<std::string>();
        return std::optional<std::string>("it is 7 x 7");
      }};
  EXPECT_THAT(PlacesOf(FindingOf(made.Checked(options), "size-mismatch")),
              ElementsAre("1.jpg|||it is 7 x 7"));
}

// One frame a subset and label: {"train", "car"}.
QualityReport WithLabels(const std::vector<std::pair<std::string, std::string>>& frames) {
  Made made;
  std::map<std::string, uint32_t> labels;
  for (const auto& [subset, name] : frames) {
    if (!labels.contains(name)) labels[name] = made.Label(name);
    made.NextFrame({.width = 100, .height = 50, .subset = subset});
    made.Box(labels[name], {10, 10, 30, 30});
  }
  return made.Checked();
}

TEST(QualityPartsTest, ALabelThatIsNotTrainedOrNotValidatedIsNamed) {
  const QualityReport report = WithLabels(
      {{"train", "car"}, {"val", "car"}, {"val", "bus"}, {"test", "bus"}, {"train", "tram"}});
  EXPECT_THAT(PlacesOf(FindingOf(report, "label-not-in-train")),
              ElementsAre("|bus||on 2 frames of val and test"));
  EXPECT_THAT(PlacesOf(FindingOf(report, "label-not-in-val")),
              ElementsAre("|tram||on 1 frame of train"));
}

TEST(QualityPartsTest, WhereAllHaveAllNothingIsTold) {
  const QualityReport report = WithLabels({{"train", "car"}, {"val", "car"}});
  for (const char* rule :
       {"label-not-in-train", "label-not-in-val", "empty-part", "frame-in-two-parts"}) {
    EXPECT_EQ(FindingOf(report, rule).count, 0u) << rule;
  }
}

TEST(QualityPartsTest, ASingleImageIsInBothParts) {
  const QualityReport report = WithLabels({{"", "car"}});
  EXPECT_THAT(PlacesOf(FindingOf(report, "frame-in-two-parts")), ElementsAre("0.jpg|||"));
}

TEST(QualityPartsTest, APartWithoutImagesIsEmpty) {
  // Subsets divide; none of val has an image, and train's own images cannot be lent to it where
  // there is but one.
  Made made;
  const uint32_t car = made.Label("car");
  made.NextFrame({.width = 100, .height = 50, .subset = "test"});
  made.Box(car, {10, 10, 30, 30});
  made.NextFrame({.width = 100, .height = 50, .subset = "other"});
  made.Box(car, {10, 10, 30, 30});
  const QualityReport report =
      made.Checked({}, [](const Frame& frame) -> absl::StatusOr<std::optional<Media>> {
        if (frame.subset != "test") return std::optional<Media>();
        return std::optional<Media>({.key = frame.name, .size = 7});
      });
  EXPECT_THAT(PlacesOf(FindingOf(report, "empty-part")), ElementsAre("||train|", "||val|"));
}

}  // namespace
}  // namespace annofs
