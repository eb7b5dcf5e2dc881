#include "formats/related_images.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> Related(bool is_3d, const std::vector<std::string>& files,
                                 absl::string_view frame) {
  RelatedImages images(is_3d);
  for (const std::string& file : files) images.Add(file);
  return images.Of(frame);
}

TEST(RelatedImages, OfAPictureLieBesideIt) {
  const std::vector<std::string> files = {"a/1.png", "a/related_images/1_png/y.jpg",
                                          "a/related_images/1_png/x.jpg",
                                          "a/related_images/1_jpg/z.jpg"};
  EXPECT_THAT(Related(false, files, "a/1.png"),
              ElementsAre("a/related_images/1_png/x.jpg", "a/related_images/1_png/y.jpg"));
  EXPECT_THAT(Related(false, files, "a/2.png"), IsEmpty());
  EXPECT_THAT(Related(false, {"related_images/1_png/x.jpg"}, "1.png"),
              ElementsAre("related_images/1_png/x.jpg"));
}

TEST(RelatedImages, PicturesOfOneDirectoryAreNotEachOthers) {
  EXPECT_THAT(Related(false, {"a.png", "a.jpg", "b.png"}, "a.png"), IsEmpty());
}

TEST(RelatedImages, OfKittisRawDataHaveItsNumber) {
  const std::vector<std::string> files = {"d/velodyne_points/data/007.bin",
                                          "d/image_00/data/007.png", "d/image_01/data/007.png",
                                          "d/image_00/data/008.png"};
  EXPECT_THAT(Related(true, files, "d/velodyne_points/data/007.bin"),
              ElementsAre("d/image_00/data/007.png", "d/image_01/data/007.png"));
}

TEST(RelatedImages, OfSuperviselyLieInAFolderOfTheCloud) {
  EXPECT_THAT(
      Related(true, {"t/pointcloud/1.pcd", "t/related_images/1_pcd/x.png"}, "t/pointcloud/1.pcd"),
      ElementsAre("t/related_images/1_pcd/x.png"));
}

TEST(RelatedImages, OfACloudHaveItsNameOrItsDirectory) {
  EXPECT_THAT(Related(true, {"1.pcd", "1.png", "2.png"}, "1.pcd"), ElementsAre("1.png"));
  EXPECT_THAT(Related(true, {"1/1.pcd", "1/a.png", "1/b.JPG", "1/c.txt"}, "1/1.pcd"),
              ElementsAre("1/a.png", "1/b.JPG"));
}

}  // namespace
}  // namespace annofs::testing
