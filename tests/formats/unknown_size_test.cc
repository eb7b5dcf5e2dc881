// A frame whose size no source tells (reference/training-tools.md §5, converter bug 11): views that
// need it drop what is on the frame and say why, and show the other frames as ever.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "tests/formats/yolo_trees.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::Files;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::WhyDropped;
using ::testing::Each;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr absl::string_view kReason = "the size of the image is not known";

// "a.jpg" without a size and "b.jpg" of 100 x 50, each with a box, an outline and a skeleton.
std::unique_ptr<Dataset> OneWithoutSize(absl::string_view view) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  builder.AddLabel({.name = "person", .type = "skeleton"});
  builder.AddLabel({.name = "nose", .type = "points", .parent = 1});
  builder.AddLabel({.name = "hand", .type = "points", .parent = 1});
  const bool has_skeletons = view == "yolo-pose" || view == "coco-keypoints";
  for (const Frame& frame :
       {Frame{.name = "a.jpg"}, Frame{.name = "b.jpg", .number = 1, .width = 100, .height = 50}}) {
    const uint32_t index = builder.AddFrame(frame).value();
    if (has_skeletons) {
      Shape skeleton{.type = ShapeType::kSkeleton, .label = 1};
      skeleton.elements = {{.type = ShapeType::kPoints, .label = 2, .points = {5, 6}},
                           {.type = ShapeType::kPoints, .label = 3, .points = {15, 26}}};
      EXPECT_TRUE(builder.AddShape(index, skeleton).ok());
    } else {
      EXPECT_TRUE(builder.AddShape(index, {.points = {1, 2, 30, 40}}).ok());
      EXPECT_TRUE(builder.AddShape(index, testing::PolygonOf({0, 0, 20, 0, 20, 20})).ok());
    }
  }
  return Finished(builder);
}

class UnknownSizeTest : public ::testing::TestWithParam<const char*> {};

TEST_P(UnknownSizeTest, DropsWhatIsOnThatFrameWithTheReasonAndNothingElse) {
  const std::unique_ptr<Dataset> data = OneWithoutSize(GetParam());
  EXPECT_THAT(WhyDropped(GetParam(), *data, 0), Not(IsEmpty()));
  EXPECT_THAT(WhyDropped(GetParam(), *data, 0), Each(kReason));
  EXPECT_THAT(WhyDropped(GetParam(), *data, 1), Each(""));
  // Every file can be made, and no number in a text is none.
  for (const auto& [path, text] : FilesOf(Described(GetParam(), *data), *data)) {
    EXPECT_THAT(text, Not(::testing::ContainsRegex("(^|[ ,:\\[])-?(nan|inf|NaN|Infinity)")))
        << path;
  }
}

INSTANTIATE_TEST_SUITE_P(Views, UnknownSizeTest,
                         ::testing::Values("yolo", "yolo-seg", "yolo-obb", "yolo-pose", "coco",
                                           "coco-keypoints", "voc", "masks", "kitti", "hf",
                                           "roboflow-coco", "roboflow-yolo"),
                         [](const auto& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace annofs
