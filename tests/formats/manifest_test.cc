#include "formats/manifest.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/reading.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

// Keeps what it is told.
class Recorder : public ManifestHandler {
 public:
  absl::Status Image(uint64_t number, ManifestImage image) override {
    rows.push_back(absl::StrCat(number, " ", image.name, " ", image.width, "x", image.height));
    return answer;
  }
  absl::Status Video(ManifestVideo video) override {
    rows.push_back(
        absl::StrCat("video ", video.name, " ", video.width, "x", video.height, " ", video.length));
    return answer;
  }
  void Problem(uint64_t line, absl::string_view reason) override {
    problems.push_back(absl::StrCat("line ", line, ": ", reason));
  }

  std::vector<std::string> rows, problems;
  absl::Status answer;
};

constexpr absl::string_view kHead = "{\"version\":\"1.1\"}\n{\"type\":\"images\"}\n";

struct Result {
  absl::Status status;
  std::vector<std::string> rows, problems;
};

Result Read(absl::string_view text, size_t chunk = 65536) {
  TextChunks chunks(text, chunk);
  Recorder recorder;
  Result result{.status = ReadManifest(chunks, recorder)};
  result.rows = recorder.rows;
  result.problems = recorder.problems;
  return result;
}

TEST(Manifest, ImagesOfCvatsOwnManifest) {
  Result result = Read(FixtureText("cvat/manifests/abc_manifest.jsonl"));
  EXPECT_TRUE(result.status.ok());
  EXPECT_THAT(result.rows, ElementsAre("0 a_0.jpeg 50x50", "1 b_1.jpeg 50x50", "2 d_2.jpeg 50x50"));
}

TEST(Manifest, Version10IsRead) {
  EXPECT_THAT(Read(FixtureText("cvat/manifests/cloud_storage1_manifest.jsonl")).rows,
              ElementsAre("0 image_case_65_1.png 800x800", "1 image_case_65_2.png 800x800"));
}

TEST(Manifest, AVideoIsItsPropertiesNotItsKeyFrames) {
  Result result = Read(FixtureText("cvat/raw_data/data_33/manifest.jsonl"));
  EXPECT_TRUE(result.status.ok());
  EXPECT_THAT(result.rows, ElementsAre("video random_video_10s.mp4 1280x720 250"));
}

TEST(Manifest, OldPointCloudsHaveNoSizes) {
  EXPECT_THAT(Read(FixtureText("cvat/raw_data/data_6/manifest.jsonl")).rows,
              ElementsAre("0 test_pointcloud_pcd/pointcloud/000001.pcd 0x0"));
}

TEST(Manifest, ContextImagesAndOriginalNamesAreTold) {
  std::vector<ManifestImage> images;
  class Keeper : public Recorder {
   public:
    explicit Keeper(std::vector<ManifestImage>& images) : images_(images) {}
    absl::Status Image(uint64_t, ManifestImage image) override {
      images_.push_back(std::move(image));
      return absl::OkStatus();
    }

   private:
    std::vector<ManifestImage>& images_;
  } keeper(images);
  const std::string text = absl::StrCat(
      kHead, R"({"name":"a","extension":".pcd","meta":{"related_images":["x.png",1],)",
      R"("original_name":"a.bin"}})", "\n", R"({"name":"b","extension":".png","meta":null})", "\n");
  TextChunks chunks(text, 7);
  ASSERT_TRUE(ReadManifest(chunks, keeper).ok());
  ASSERT_EQ(images.size(), 2u);
  EXPECT_THAT(images[0].related, ElementsAre("x.png"));
  EXPECT_EQ(images[0].original_name, "a.bin");
  EXPECT_THAT(images[1].related, IsEmpty());
}

TEST(Manifest, EmptyRowsCountAsFrames) {
  Result result = Read(absl::StrCat(kHead, "{}\n{\"name\":\"a\",\"extension\":\".png\"}\n"));
  EXPECT_THAT(result.rows, ElementsAre("0  0x0", "1 a.png 0x0"));
  EXPECT_THAT(result.problems, IsEmpty());
}

TEST(Manifest, BlankLinesAndForeignLineEndsAreSkipped) {
  EXPECT_THAT(Read("\r\n{\"version\":\"1.0\"}\r\n\r\n{\"type\":\"images\"}\r\n"
                   "{\"name\":\"a\",\"extension\":\".png\"}\r\n\r\n")
                  .rows,
              ElementsAre("0 a.png 0x0"));
}

TEST(Manifest, ChunksMayEndAnywhere) {
  const std::string text = FixtureText("cvat/manifests/abc_manifest.jsonl");
  EXPECT_EQ(Read(text, 1).rows, Read(text).rows);
  EXPECT_EQ(Read(text, 7).rows, Read(text).rows);
}

TEST(Manifest, ARowThatIsNoJsonIsAProblemWithItsLineAndStillAFrame) {
  Result result = Read(absl::StrCat(kHead, "{\"name\":\n[1]\n{\"name\":\"b\"}\n"));
  EXPECT_TRUE(result.status.ok());
  EXPECT_THAT(result.rows, ElementsAre("0  0x0", "1  0x0", "2 b 0x0"));
  EXPECT_THAT(result.problems, ElementsAre("line 3: a row that is no JSON object",
                                           "line 4: a row that is no JSON object"));
}

TEST(Manifest, AbsurdSizesAreNone) {
  EXPECT_THAT(Read(absl::StrCat(kHead, "{\"name\":\"a\",\"width\":-5,\"height\":1e300}\n")).rows,
              ElementsAre("0 a 0x0"));
}

TEST(Manifest, AnUnknownVersionIsReadWithAProblem) {
  Result result = Read("{\"version\":\"7\"}\n{\"type\":\"images\"}\n{\"name\":\"a\"}");
  EXPECT_THAT(result.rows, ElementsAre("0 a 0x0"));
  EXPECT_THAT(result.problems, ElementsAre("line 1: version '7' is read as 1.1"));
}

TEST(Manifest, WhatIsNoManifestIsAnError) {
  EXPECT_TRUE(absl::IsInvalidArgument(Read("").status));
  EXPECT_TRUE(absl::IsInvalidArgument(Read("<xml/>").status));
  EXPECT_TRUE(absl::IsInvalidArgument(Read("{\"version\":\"1.1\"}\n").status));
  EXPECT_THAT(Read("{\"version\":\"1.1\"}\n{\"type\":\"audio\"}\n").status.message(),
              HasSubstr("line 2: a manifest of 'audio'"));
}

TEST(Manifest, ARowThatIsTooLongIsAProblemAndStillAFrame) {
  const Result result = Read(absl::StrCat(kHead, "{\"name\":\"a\"}\n{\"name\":\"",
                                          std::string(2 << 20, 'x'), "\"}\n{\"name\":\"c\"}\n"));
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.rows, ElementsAre("0 a 0x0", "1  0x0", "2 c 0x0"));
  EXPECT_THAT(result.problems, ElementsAre("line 4: a row of more than 1 MiB"));
}

TEST(Manifest, ALineWithoutEndIsOneRow) {
  const Result result = Read(absl::StrCat(kHead, std::string(4 << 20, ' ')));
  EXPECT_THAT(result.rows, ElementsAre("0  0x0"));
  EXPECT_THAT(result.problems, ElementsAre("line 3: a row of more than 1 MiB"));
}

TEST(Manifest, AnErrorOfTheHandlerEndsTheReading) {
  const std::string text = FixtureText("cvat/manifests/abc_manifest.jsonl");
  TextChunks chunks(text);
  Recorder recorder;
  recorder.answer = absl::CancelledError("enough");
  EXPECT_TRUE(absl::IsCancelled(ReadManifest(chunks, recorder)));
  EXPECT_EQ(recorder.rows.size(), 1u);
}

TEST(Manifest, CutAnywhereItGivesTheRowsBefore) {
  const std::string text = FixtureText("cvat/manifests/abc_manifest.jsonl");
  const std::vector<std::string> all = Read(text).rows;
  for (size_t size = 0; size < text.size(); ++size) {
    const std::vector<std::string> rows = Read(text.substr(0, size)).rows;
    ASSERT_LE(rows.size(), all.size());
    for (size_t i = 0; i + 1 < rows.size(); ++i) EXPECT_EQ(rows[i], all[i]);
  }
}

}  // namespace
}  // namespace annofs::testing
