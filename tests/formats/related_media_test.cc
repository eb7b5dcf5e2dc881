// Context images of point clouds in CVAT's three formats of them: reference/cvat.md §9.4.
#include "formats/related_media.h"

#include "absl/strings/match.h"
#include "absl/strings/str_format.h"
#include "gmock/gmock.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using Files = std::map<std::string, std::string>;

constexpr char kSly[] = "cvat/Sly Point Cloud Format 1.0";
constexpr char kKitti[] = "cvat/Kitti Raw Format 1.0";
constexpr char kDatumaro[] = "cvat/Datumaro 3D 1.0";

// "gone…" is not in the bucket.
absl::StatusOr<std::optional<Media>> EveryRelated(const Frame&, const std::string& name) {
  if (absl::StrContains(name, "gone")) return std::optional<Media>();
  return std::optional<Media>(Media{.key = absl::StrCat("bucket/", name), .size = 3});
}

std::unique_ptr<Dataset> Clouds(const std::vector<std::vector<std::string>>& related) {
  DatasetBuilder builder;
  builder.AddTask({.name = "clouds", .is_3d = true});
  builder.AddLabel({.name = "car"});
  for (uint32_t i = 0; i < related.size(); ++i) {
    EXPECT_TRUE(builder
                    .AddFrame({.name = absl::StrFormat("pointcloud/%06d.pcd", i),
                               .number = i,
                               .related = related[i]})
                    .ok());
  }
  return builder.Finish(EveryImage, EveryRelated).value();
}

// Of the bucket's own files those that are context images.
Files Images(absl::string_view format, const Dataset& data) {
  Files images;
  for (const auto& [path, text] : FilesOf(Described(format, data), data)) {
    const bool is_cloud = absl::EndsWith(path, ".pcd");
    if (absl::StartsWith(text, "-> ") && !is_cloud) images[path] = text;
  }
  return images;
}

TEST(RelatedInOrder, IsByNameAndEachOnce) {
  EXPECT_THAT(RelatedInOrder({.related = {"b", "a", "b", "A"}}), ElementsAre(3, 1, 0));
  EXPECT_THAT(RelatedInOrder({}), IsEmpty());
}

TEST(RelatedInOrder, IsBounded) {
  Frame frame;
  for (int i = 999; i >= 0; --i) frame.related.push_back(absl::StrFormat("%03d", i));
  const std::vector<uint32_t> numbers = RelatedInOrder(frame);
  ASSERT_EQ(numbers.size(), kMostRelated);
  EXPECT_EQ(frame.related[numbers.back()], "063");
  EXPECT_TRUE(HasTooManyRelated(frame));
  frame.related.assign(1000, "same");
  EXPECT_FALSE(HasTooManyRelated(frame));
}

TEST(KittiRawImages, AreByCameraInOrderOfTheirPaths) {
  const auto data = Clouds({{"r/000000_pcd/right.png", "r/000000_pcd/left.JPG"}, {}, {"x.png"}});
  EXPECT_EQ(Images(kKitti, *data),
            (Files{{"image_00/data/000000.JPG", "-> bucket/r/000000_pcd/left.JPG"},
                   {"image_00/data/000002.png", "-> bucket/x.png"},
                   {"image_01/data/000000.png", "-> bucket/r/000000_pcd/right.png"}}));
}

TEST(SlyImages, LieInADirectoryOfTheirCloudEachWithAJson) {
  const auto data = Clouds({{"r/000000_pcd/right.png", "r/000000_pcd/left.JPG"}, {}});
  EXPECT_EQ(
      Images(kSly, *data),
      (Files{{"ds0/related_images/000000_pcd/left.JPG", "-> bucket/r/000000_pcd/left.JPG"},
             {"ds0/related_images/000000_pcd/right.png", "-> bucket/r/000000_pcd/right.png"}}));
  Files all = FilesOf(Described(kSly, *data), *data);
  EXPECT_EQ(all["ds0/related_images/000000_pcd/left.JPG.json"], R"({
  "name": "left.JPG",
  "meta": {
    "sensorsData": {
      "extrinsicMatrix": [
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0
      ],
      "intrinsicMatrix": [
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0,
        0
      ]
    }
  }
})");
  EXPECT_EQ(all.count("ds0/related_images/000000_pcd/right.png.json"), 1u);
}

TEST(SlyImages, OfEqualNamesNoneIsWrittenOverTheOther) {
  const auto data = Clouds({{"image_00/data/0.png", "image_01/data/0.png"}});
  const Files images = Images(kSly, *data);
  ASSERT_EQ(images.size(), 2u);
  EXPECT_EQ(images.at("ds0/related_images/000000_pcd/0.png"), "-> bucket/image_00/data/0.png");
  for (const auto& [path, text] : images) {
    EXPECT_TRUE(absl::StartsWith(path, "ds0/related_images/000000_pcd/0")) << path;
    EXPECT_TRUE(absl::EndsWith(path, ".png")) << path;
  }
  EXPECT_EQ(FilesOf(Described(kSly, *data), *data).size(), 2u + 2u + 4u);
}

TEST(DatumaroImages, AreCalledByNumberAndTheJsonNamesThemSo) {
  const auto data = Clouds({{"r/right.png", "r/left.JPG"}, {}});
  EXPECT_EQ(Images(kDatumaro, *data),
            (Files{{"related_images/default/000000/image_0.JPG", "-> bucket/r/left.JPG"},
                   {"related_images/default/000000/image_1.png", "-> bucket/r/right.png"}}));
  EXPECT_THAT(FilesOf(Described(kDatumaro, *data), *data)["annotations/default.json"],
              HasSubstr(R"("related_images": [{"path": "image_0.JPG"}, {"path": "image_1.png"}])"));
}

TEST(DatumaroImages, OnlyThoseInTheBucketAreCountedAndNamed) {
  const auto data = Clouds({{"a/gone.png", "b/there.png"}, {"gone.png"}});
  EXPECT_EQ(Images(kDatumaro, *data),
            (Files{{"related_images/default/000000/image_0.png", "-> bucket/b/there.png"}}));
  const std::string text = FilesOf(Described(kDatumaro, *data), *data)["annotations/default.json"];
  EXPECT_THAT(text, Not(HasSubstr("a/gone.png")));
  EXPECT_THAT(text, HasSubstr(R"("related_images": [{"path": "gone.png"}])"));
}

TEST(ContextImages, HostileNamesStayInTheirDirectories) {
  const auto data = Clouds({{"../../etc/..", "a\n.png", "/", "x.p/ng",
                             std::string(400, 'x') + ".png", std::string("nul\0.png", 8), "."}});
  for (absl::string_view format : {kSly, kKitti, kDatumaro}) {
    const Files images = Images(format, *data);
    EXPECT_EQ(images.size(), 7u) << format;
    for (const auto& [path, text] : images) {
      EXPECT_THAT(path, Not(HasSubstr(".."))) << format;
      EXPECT_LE(path.size() - path.rfind('/'), 256u) << format;
      EXPECT_EQ(path.find('\n'), path.npos) << format;
      EXPECT_EQ(path.find('\0'), path.npos) << format;
    }
  }
}

TEST(ContextImages, WithoutThemThereAreNoDirectories) {
  const auto data = Clouds({{"gone.png"}, {}});
  for (absl::string_view format : {kSly, kKitti, kDatumaro}) {
    EXPECT_THAT(Images(format, *data), IsEmpty()) << format;
    for (const std::string& name : NamesIn(Described(format, *data), *data)) {
      EXPECT_FALSE(absl::StartsWith(name, "image_") || name == "related_images") << format;
    }
  }
}

}  // namespace
}  // namespace annofs::testing
