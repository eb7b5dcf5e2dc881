// What of the data makes trainers fail: each finding, and data that have none.
#include <map>

#include "cache/base/text.h"
#include "gmock/gmock.h"
#include "tests/fs/fs_testing.h"
#include "tests/tools/doctor/doctor_testing.h"
#include "tools/doctor/dataset_checks.h"
#include "tools/doctor/image_checks.h"
#include "tools/doctor/name_checks.h"

namespace annofs::testing {
namespace {

using doctor::AreaReport;
using doctor::DatasetFacts;
using doctor::ImageFacts;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::UnorderedElementsAre;

std::string BigEndian(uint32_t value) { return {char(value >> 8), char(value)}; }

// A JPEG's segments (ITU T.81, annex B): EXIF with one tag, a frame header, and where `has_end` the
// marker at its end. No pixels: nobody decodes it here.
std::string Jpeg(uint32_t width, uint32_t height, int orientation = 1, bool has_end = true) {
  std::string tiff = std::string("MM\0\x2A\0\0\0\x08\0\x01", 10) +
                     std::string("\x01\x12\0\x03", 4) + std::string("\0\0\0\x01\0", 5) +
                     char(orientation) + std::string("\0\0\0\0\0\0", 6);
  std::string exif = std::string("Exif\0\0", 6) + tiff;
  std::string text = "\xFF\xD8\xFF\xE1" + BigEndian(uint32_t(exif.size()) + 2) + exif;
  text += "\xFF\xC0" + BigEndian(17) + "\x08" + BigEndian(height) + BigEndian(width) +
          std::string("\x03\x01\x11\0\x02\x11\x01\x03\x11\x01", 10);
  text += "pixels";
  return has_end ? text + "\xFF\xD9" : text;
}

ImageFacts LookAt(const std::string& bytes, uint32_t width, uint32_t height) {
  return doctor::LookAtImage({.name = "a.jpg", .width = width, .height = height}, bytes.size(),
                             [&](uint64_t offset, uint64_t length) -> absl::StatusOr<std::string> {
                               return bytes.substr(std::min<size_t>(offset, bytes.size()), length);
                             });
}

TEST(ImageChecksTest, NothingIsFoundInAWholeImageOfItsSize) {
  const ImageFacts facts = LookAt(Jpeg(100, 50), 100, 50);
  EXPECT_TRUE(facts.is_jpeg && facts.has_end && facts.header);
  const AreaReport report = doctor::CheckImages({facts}, 7);
  EXPECT_THAT(Ids(report), IsEmpty());
  ASSERT_EQ(report.samples.size(), 1u);
  EXPECT_EQ(report.samples[0].looked_at, 1u);
  EXPECT_EQ(report.samples[0].of, 7u);
}

TEST(ImageChecksTest, AJpegWithoutItsEndIsTold) {
  const AreaReport report = doctor::CheckImages({LookAt(Jpeg(100, 50, 1, false), 100, 50)}, 1);
  EXPECT_THAT(Ids(report), ElementsAre("jpeg-without-end"));
  EXPECT_THAT(EvidenceOf(report, "jpeg-without-end"), HasSubstr("'a.jpg'"));
}

TEST(ImageChecksTest, OnlyJpegHasThatEnd) {
  EXPECT_THAT(Ids(doctor::CheckImages({LookAt("GIF89a\x64\0\x32\0 and more", 0, 0)}, 1)),
              IsEmpty());
  EXPECT_THAT(Ids(doctor::CheckImages({LookAt("", 0, 0), LookAt("\xFF\xD8", 0, 0)}, 2)), IsEmpty());
}

TEST(ImageChecksTest, ATurnedImageIsToldWithWhatItsAnnotationsMean) {
  // Stored 100 x 50, shown 50 x 100.
  EXPECT_THAT(Ids(doctor::CheckImages({LookAt(Jpeg(100, 50, 6), 50, 100)}, 1)),
              ElementsAre("image-turned"));
  EXPECT_THAT(Ids(doctor::CheckImages({LookAt(Jpeg(100, 50, 6), 100, 50)}, 1)),
              ElementsAre("image-turned-annotations-not"));
  EXPECT_THAT(Ids(doctor::CheckImages({LookAt(Jpeg(100, 50, 3), 100, 50)}, 1)),
              ElementsAre("image-turned"));
}

TEST(ImageChecksTest, AnotherSizeThanTheAnnotationsSayIsAnError) {
  const AreaReport report = doctor::CheckImages({LookAt(Jpeg(100, 50), 101, 50)}, 1);
  EXPECT_EQ(SeverityOf(report, "image-size-differs"), "error");
  EXPECT_THAT(Ids(doctor::CheckImages({LookAt(Jpeg(100, 50), 0, 0)}, 1)), IsEmpty());
}

TEST(ImageChecksTest, BytesThatCannotBeReadAreAnErrorWithItsReason) {
  const AreaReport report =
      doctor::CheckImages({{.frame = {.name = "a.jpg"}, .read = absl::DataLossError("cut")}}, 1);
  EXPECT_EQ(SeverityOf(report, "image-unreadable"), "error");
  EXPECT_THAT(EvidenceOf(report, "image-unreadable"), HasSubstr("cut"));
}

TEST(ImageChecksTest, ASampleIsTheFirstAndThenEvenlySpreadAndTheSameEachTime) {
  EXPECT_THAT(doctor::SampleOf(3, 8), ElementsAre(0, 1, 2));
  EXPECT_THAT(doctor::SampleOf(0, 8), IsEmpty());
  EXPECT_THAT(doctor::SampleOf(100, 0), IsEmpty());
  EXPECT_THAT(doctor::SampleOf(1002, 8), ElementsAre(0, 1, 167, 334, 501, 667, 834, 1001));
  const std::vector<uint32_t> large = doctor::SampleOf(4000000000, 1000);
  EXPECT_EQ(large.size(), 1000u);
  EXPECT_EQ(large.back(), 3999999999u);
  EXPECT_TRUE(std::is_sorted(large.begin(), large.end()));
}

AreaReport Names(const std::vector<std::string>& names) {
  doctor::NameChecks checks;
  for (const std::string& name : names) checks.Add(0, name);
  return checks.Take(names.size());
}

TEST(NameChecksTest, NothingIsFoundInPlainNames) {
  EXPECT_THAT(Ids(Names({"a.jpg", "night_1/images/b-2.png", "deep/er/C3.jpeg"})), IsEmpty());
}

TEST(NameChecksTest, EachKindOfNameThatBreaksToolsHasAFinding) {
  const std::map<std::string, std::string> kinds = {
      {"a b.jpg", "name-with-space"},
      {"v1.2.jpg", "name-with-dot"},
      {"a[1].jpg", "name-with-bracket"},
      {"50%.jpg", "name-with-percent"},
      {"a$b.jpg", "name-with-shell-character"},
      {"stra\xC3\x9F"
       "e.jpg",
       "name-not-ascii"},
      {"d/-rf.jpg", "name-with-leading-dash"},
      {"a.JPG", "name-with-upper-case-extension"},
      {"images/x/images/a.jpg", "name-with-images-twice"}};
  for (const auto& [name, id] : kinds) {
    EXPECT_THAT(Ids(Names({"plain.jpg", name})), ElementsAre(id)) << name;
    EXPECT_THAT(EvidenceOf(Names({"plain.jpg", name}), id), HasSubstr(absl::StrCat("1 name has ")))
        << name;
  }
  EXPECT_EQ(kinds.size(), doctor::kNameTroubles);
}

TEST(NameChecksTest, NamesThatDifferByCaseAreTold) {
  const AreaReport report = Names({"d/a.jpg", "D/a.jpg", "d/a.jpg"});
  EXPECT_THAT(Ids(report), ElementsAre("names-differ-by-case"));
  EXPECT_THAT(EvidenceOf(report, "names-differ-by-case"), HasSubstr("1 name"));
}

TEST(NameChecksTest, NamesOfTwoDatasetsMayDifferByCase) {
  doctor::NameChecks checks;
  checks.Add(0, "a.jpg");
  checks.Add(1, "A.jpg");
  EXPECT_THAT(Ids(checks.Take(2)), IsEmpty());
}

TEST(DatasetChecksTest, NothingIsFoundInAWholeDataset) {
  const AreaReport report =
      doctor::CheckDatasets({{.name = "street", .frames = 1200, .frames_looked_at = 1200}}, {});
  EXPECT_THAT(Ids(report), IsEmpty());
  EXPECT_THAT(report.fine, ElementsAre("1 dataset, 1,200 frames"));
}

TEST(DatasetChecksTest, ProblemsMissingImagesAndSizesAreCounted) {
  const DatasetFacts facts{.name = "street",
                           .views = "shown/street",
                           .frames = 1200,
                           .frames_without_image = 7,
                           .frames_without_size = 5,
                           .frames_looked_at = 1000,
                           .some_without_image = {"x.jpg"},
                           .errors = 2,
                           .warnings = 1,
                           .first_error = "a.xml, line 3: cut",
                           .first_warning = "w"};
  const AreaReport report = doctor::CheckDatasets({facts}, {});
  EXPECT_THAT(Ids(report), UnorderedElementsAre("dataset-errors", "dataset-warnings",
                                                "frames-without-image", "frames-without-size"));
  EXPECT_THAT(EvidenceOf(report, "dataset-errors"),
              HasSubstr("street: 2 errors, first a.xml, line 3: cut"));
  EXPECT_THAT(RemedyOf(report, "dataset-errors"), HasSubstr("shown/street/reports/problems.tsv"));
  EXPECT_THAT(EvidenceOf(report, "frames-without-image"),
              HasSubstr("7 of 1,200 frames without an image: 'x.jpg' and 6 more"));
  EXPECT_THAT(EvidenceOf(report, "frames-without-size"), HasSubstr("5 of 1,000"));
}

TEST(DatasetChecksTest, ADatasetThatCannotBeReadIsAnError) {
  const AreaReport report =
      doctor::CheckDatasets({{.name = "s", .opened = absl::UnavailableError("later")}}, {});
  EXPECT_EQ(SeverityOf(report, "dataset-unreadable"), "error");
}

TEST(DatasetChecksTest, ADatasetThatTakesLongerIsNotCalledBroken) {
  const AreaReport report =
      doctor::CheckDatasets({{.name = "s", .opened = absl::DeadlineExceededError("later")}}, {});
  EXPECT_THAT(Ids(report), IsEmpty());
  EXPECT_THAT(report.unchecked, ElementsAre(HasSubstr("s: later")));
}

TEST(DatasetChecksTest, WhatTheSearchLeftOutIsTold) {
  const AreaReport report = doctor::CheckDatasets({}, {"does not read 'x.xml': cut"});
  EXPECT_THAT(Ids(report), UnorderedElementsAre("annotations-not-read", "no-annotations"));
  EXPECT_THAT(EvidenceOf(report, "annotations-not-read"), HasSubstr("'x.xml'"));
}

class CheckDataTest : public ::testing::Test {
 protected:
  std::map<std::string, AreaReport> Check(const doctor::DataBounds& bounds = {},
                                          const std::string& views_name = "views") {
    const absl::Status opened = mount_.Open({.views_name = views_name});
    EXPECT_TRUE(opened.ok()) << opened;
    if (!opened.ok()) return {};
    std::map<std::string, AreaReport> reports;
    for (AreaReport& report : doctor::CheckData(
             mount_.fs(), views_name, bounds, [](absl::string_view) {}, [] { return Soon(); })) {
      const std::string area = report.area;
      reports[area] = std::move(report);
    }
    return reports;
  }

  static constexpr char kZip[] = "job_23__dataset_coco-_keypoints-10.ZIP";
  void PutZip() {
    const auto zip = ReadFile(Fixture(absl::StrCat("cvat/export_zips/", kZip)));
    ASSERT_TRUE(zip.ok()) << zip.status();
    store_.Put(kZip, *zip);
  }

  MemoryStore store_;
  Mounted mount_{store_};
};

TEST_F(CheckDataTest, NothingIsFoundInABucketThatIsAsItShouldBe) {
  store_.Put("street.xml", ImagesXml("street", {"a.jpg", "b.jpg"}));
  store_.Put("a.jpg", Jpeg(100, 50));
  store_.Put("b.jpg", Jpeg(100, 50));
  auto reports = Check();
  ASSERT_EQ(reports.size(), 3u);
  for (const auto& [area, report] : reports) EXPECT_THAT(Ids(report), IsEmpty()) << area;
  EXPECT_EQ(reports["images"].samples[0].looked_at, 2u);
  EXPECT_EQ(reports["names"].samples[0].looked_at, 2u);
}

TEST_F(CheckDataTest, ImagesNamesAndMissingFramesAreLookedAtThroughTheTree) {
  store_.Put("street.xml", ImagesXml("street", {"a b.jpg", "cut.jpg", "absent.jpg", "big.jpg"}));
  store_.Put("a b.jpg", Jpeg(100, 50, 8));
  store_.Put("cut.jpg", Jpeg(100, 50, 1, false));
  store_.Put("big.jpg", Jpeg(640, 480));
  auto reports = Check();
  EXPECT_THAT(Ids(reports["images"]), UnorderedElementsAre("jpeg-without-end", "image-size-differs",
                                                           "image-turned-annotations-not"));
  EXPECT_THAT(Ids(reports["names"]), ElementsAre("name-with-space"));
  EXPECT_THAT(Ids(reports["annotations"]), Contains("frames-without-image"));
  EXPECT_THAT(EvidenceOf(reports["annotations"], "frames-without-image"),
              HasSubstr("1 of 4 frames without an image: 'absent.jpg'"));
}

TEST_F(CheckDataTest, ImagesInsideOfAZipAreLookedAt) {
  PutZip();
  auto reports = Check();
  ASSERT_EQ(reports["images"].samples.size(), 1u);
  EXPECT_GT(reports["images"].samples[0].looked_at, 0u);
  EXPECT_THAT(Ids(reports["images"]), IsEmpty()) << doctor::AreaText(reports["images"]);
}

TEST_F(CheckDataTest, ImagesInsideOfAZipAreLookedAtWhateverTheViewsAreCalled) {
  PutZip();
  auto reports = Check({}, "shown");
  EXPECT_GT(reports["images"].samples[0].looked_at, 0u);
  EXPECT_THAT(Ids(reports["images"]), IsEmpty()) << doctor::AreaText(reports["images"]);
}

TEST_F(CheckDataTest, AConfigurationWithoutTheViewOfFramesIsNoError) {
  PutZip();
  store_.Put("annofs.json", absl::StrCat(R"({"datasets": [{"name": "set", "sources": [")", kZip,
                                         R"("], "views": ["yolo"]}]})"));
  auto reports = Check();
  ASSERT_TRUE(mount_.At("views/set/yolo").ok());
  ASSERT_FALSE(mount_.At("views/set/by-frame").ok());
  EXPECT_THAT(Ids(reports["images"]), IsEmpty()) << doctor::AreaText(reports["images"]);
  EXPECT_THAT(reports["images"].unchecked, ElementsAre(HasSubstr("images in zips of set")));
}

TEST_F(CheckDataTest, NoMoreImagesAreReadThanAllowed) {
  std::vector<std::string> names;
  for (int i = 0; i < 40; ++i) {
    names.push_back(absl::StrCat("i", 100 + i, ".jpg"));
    store_.Put(names.back(), Jpeg(100, 50));
  }
  store_.Put("street.xml", ImagesXml("street", names));
  EXPECT_TRUE(mount_.Open().ok());
  store_.ResetCounts();
  auto reports = Check({.images = 8, .frames = 20});
  EXPECT_EQ(reports["images"].samples[0].looked_at, 8u);
  EXPECT_EQ(reports["images"].samples[0].of, 40u);
  EXPECT_EQ(reports["names"].samples[0].looked_at, 20u);
  EXPECT_LE(store_.gets(), 8 + 4) << "and the annotations";
}

TEST_F(CheckDataTest, BytesOfTheSampleAreBounded) {
  store_.Put("street.xml", ImagesXml("street", {"a.jpg", "b.jpg", "c.jpg"}));
  for (const char* name : {"a.jpg", "b.jpg", "c.jpg"}) {
    store_.Put(name, Jpeg(100, 50) + std::string(100000, 'x') + "\xFF\xD9");
  }
  auto reports = Check({.image_bytes = 250000});
  EXPECT_EQ(reports["images"].samples[0].looked_at, 2u);
  EXPECT_THAT(reports["images"].unchecked, ElementsAre(HasSubstr("more images")));
}

TEST_F(CheckDataTest, ASearchThatFailsIsAnError) {
  store_.Put("street.xml", ImagesXml("street", {"a.jpg"}));
  ASSERT_TRUE(mount_.Open().ok());
  store_.Fail(MemoryStore::Call::kGet, absl::PermissionDeniedError("no right"), 100);
  store_.Fail(MemoryStore::Call::kList, absl::PermissionDeniedError("no right"), 100);
  std::vector<AreaReport> reports = doctor::CheckData(
      mount_.fs(), "views", {}, [](absl::string_view) {}, [] { return Soon(); });
  ASSERT_EQ(reports.size(), 1u);
  EXPECT_EQ(SeverityOf(reports[0], "annotations-not-searched"), "error")
      << doctor::AreaText(reports[0]);
}

}  // namespace
}  // namespace annofs::testing
