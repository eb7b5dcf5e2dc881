// Expected names and counts were taken from the files' rows with a few lines of Python.
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/reading.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr absl::string_view kReader = "cvat_manifest";

ReadResult ReadText(std::string text) {
  MemorySource source("dir/manifest.jsonl", std::move(text));
  return ReadWith(kReader, source);
}

ReadResult ReadManifestOf(absl::string_view name) {
  MemorySource source = FixtureSource(name);
  ReadResult result = ReadWith(kReader, source);
  EXPECT_TRUE(result.status.ok()) << name << ": " << result.status;
  return result;
}

constexpr absl::string_view kImages = "{\"version\":\"1.1\"}\n{\"type\":\"images\"}\n";

TEST(CvatManifest, ImagesAreFramesWithTheirSizesAndContext) {
  const ReadResult result = ReadText(absl::StrCat(
      kImages,
      R"({"name":"d/a","extension":".jpg","width":5,"height":4,"meta":{"related_images":["r/x.png"]}})",
      "\n{}\n", R"({"name":"b","extension":".png"})"));
  ASSERT_TRUE(result.status.ok()) << result.status;
  EXPECT_THAT(result.Names(), ElementsAre("d/a.jpg", "b.png"));
  const Frame first = result.FrameAt(result.ByNumber()[0]);
  EXPECT_EQ(first.width, 5u);
  EXPECT_EQ(first.height, 4u);
  EXPECT_THAT(first.related, ElementsAre("r/x.png"));
  EXPECT_EQ(result.FrameAt(result.ByNumber()[1]).number, 2u);
  EXPECT_THAT(result.Problems(), ElementsAre("||the size of 1 frames is not given"));
  EXPECT_THAT(result.info().labels, IsEmpty());
}

TEST(CvatManifest, NamesThatComeAgainAreSaid) {
  const ReadResult result = ReadManifestOf("cvat/raw_data/data_28/manifest.jsonl");
  EXPECT_EQ(result.dataset->frame_count(), 29u);
  EXPECT_EQ(result.Names()[0], "image_1.png");
  // 20 different names.
  EXPECT_EQ(result.Problems().size(), 9u);
  EXPECT_THAT(result.Problems()[0], HasSubstr("a second frame of this name"));
}

TEST(CvatManifest, AVideoIsAsManyFramesAsItSays) {
  const ReadResult result = ReadManifestOf("cvat/raw_data/data_5/manifest.jsonl");
  EXPECT_TRUE(result.info().tasks[0].is_video);
  EXPECT_EQ(result.dataset->frame_count(), 25u);
  EXPECT_EQ(result.Names()[24], "frame_000024");
  EXPECT_GT(result.FrameAt(0).width, 0u);
}

TEST(CvatManifest, PointCloudsMakeA3dTask) {
  const ReadResult result = ReadManifestOf("cvat/raw_data/data_6/manifest.jsonl");
  EXPECT_TRUE(result.info().tasks[0].is_3d);
  EXPECT_EQ(result.dataset->frame_count(), 1u);
  EXPECT_THAT(result.FrameAt(0).related, ::testing::SizeIs(1));
}

TEST(CvatManifest, APointCloudIsCalledAsWhatItWasMadeFrom) {
  const ReadResult result = ReadText(
      absl::StrCat(kImages, R"({"name":"v","extension":".pcd","meta":{"original_name":"v.bin"}})"));
  EXPECT_THAT(result.Names(), ElementsAre("v.bin"));
}

TEST(CvatManifest, OldAndSubdirectoryManifestsAreRead) {
  for (const char* name :
       {"cvat/manifests/v1.0_images_checksums.jsonl", "cvat/manifests/abc_manifest.jsonl",
        "cvat/manifests/cloud_storage1_manifest.jsonl",
        "cvat/manifests/cloud_storage1_test_sub_manifest.jsonl"}) {
    EXPECT_GT(ReadManifestOf(name).dataset->frame_count(), 0u) << name;
  }
}

TEST(CvatManifest, HostileVideosAreRefused) {
  EXPECT_EQ(ReadText("{\"version\":\"1.1\"}\n{\"type\":\"video\"}\n"
                     "{\"properties\":{\"name\":\"v.mp4\",\"length\":999999999999}}")
                .status.code(),
            absl::StatusCode::kInvalidArgument);
}

TEST(CvatManifest, CutShortAnywhereTheRowsBeforeAreKept) {
  const std::string whole = FixtureText("cvat/raw_data/data_28/manifest.jsonl");
  uint32_t last = 0;
  for (size_t percent = 1; percent < 100; ++percent) {
    const ReadResult result = ReadText(whole.substr(0, whole.size() * percent / 100));
    EXPECT_TRUE(result.status.ok() || absl::IsInvalidArgument(result.status)) << result.status;
    EXPECT_GE(result.dataset->frame_count(), last);
    last = result.dataset->frame_count();
  }
  EXPECT_GE(last, 28u);
}

TEST(CvatManifest, OtherLinesOfJsonAreNobodys) {
  for (absl::string_view text : {"{\"a\":1}\n{\"b\":2}\n", "", "{\"version\":\"1.1\"}\n"}) {
    MemorySource source("a.jsonl", std::string(text));
    const auto found = FindReader(kReader)->Probe(source);
    ASSERT_TRUE(found.ok());
    EXPECT_FALSE(found->has_value()) << text;
  }
}

}  // namespace
}  // namespace annofs::testing
