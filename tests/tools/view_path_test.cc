// Which view the words of --view and --dataset mean.
#include "tools/view_path.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace annofs {
namespace {

using ::testing::HasSubstr;

const std::vector<std::string> kTwo = {"night street", "street"};

std::string Path(const std::vector<std::string>& datasets, const std::string& dataset,
                 const std::string& view) {
  const absl::StatusOr<std::string> path = ViewPathOf(datasets, dataset, view);
  return path.ok() ? *path : std::string(path.status().message());
}

TEST(ViewPathTest, TheOnlyDatasetNeedNotBeNamed) {
  EXPECT_EQ(Path({"street"}, "", "yolo"), "street/yolo");
  EXPECT_EQ(Path({"street"}, "", "street/yolo"), "street/yolo");
  EXPECT_EQ(Path({"street"}, "", "cvat/COCO 1.0"), "street/cvat/COCO 1.0");
}

TEST(ViewPathTest, OfSeveralOneIsNamed) {
  EXPECT_EQ(Path(kTwo, "", "night street/yolo"), "night street/yolo");
  EXPECT_EQ(Path(kTwo, "street", "yolo"), "street/yolo");
  EXPECT_THAT(Path(kTwo, "", "yolo"), HasSubstr("say which"));
  EXPECT_THAT(Path(kTwo, "", "yolo"), HasSubstr("night street, street"));
}

// "cvat" is a directory of views in every dataset.
TEST(ViewPathTest, ADatasetThatIsCalledAsAViewBeginsDoesNotHideIt) {
  EXPECT_EQ(Path({"cvat"}, "", "cvat/COCO 1.0"), "cvat/cvat/COCO 1.0");
  EXPECT_EQ(Path({"cvat"}, "", "cvat/yolo"), "cvat/yolo");
}

TEST(ViewPathTest, AWrongDatasetIsToldWhatThereIs) {
  const std::string said = Path(kTwo, "stret", "yolo");
  EXPECT_THAT(said, HasSubstr("no dataset 'stret'"));
  EXPECT_THAT(said, HasSubstr("did you mean 'street'?"));
  EXPECT_THAT(said, HasSubstr("night street, street"));
  EXPECT_THAT(Path({}, "", "yolo"), HasSubstr("no annotations were found"));
}

}  // namespace
}  // namespace annofs
