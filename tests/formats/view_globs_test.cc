#include "formats/view_globs.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

DatasetInfo Wanting(std::vector<std::string> views) {
  return {.options = {.views = std::move(views)}};
}

TEST(ViewGlobs, WithoutAConfigurationEveryViewIsShown) {
  EXPECT_TRUE(IsShown("yolo", {}));
  EXPECT_TRUE(IsShown("cvat/COCO 1.0", {}));
}

TEST(ViewGlobs, AViewIsShownWhereAGlobMatchesItsWholeName) {
  const std::vector<std::string> globs = {"yolo", "by-*", "cvat/CVAT for*"};
  for (const char* view : {"yolo", "by-class", "by-track", "cvat/CVAT for video 1.1"})
    EXPECT_TRUE(IsShown(view, globs)) << view;
  for (const char* view : {"yolo-seg", "coco", "cvat/COCO 1.0", "by"})
    EXPECT_FALSE(IsShown(view, globs)) << view;
}

TEST(ViewGlobs, AStarStaysInItsComponent) {
  EXPECT_FALSE(IsShown("cvat/COCO 1.0", {"*"}));
  EXPECT_FALSE(IsShown("yolo", {"cvat/*"}));
  EXPECT_TRUE(IsShown("cvat/COCO 1.0", {"cvat/*"}));
  EXPECT_TRUE(IsShown("cvat/COCO 1.0", {"**"}));
  EXPECT_TRUE(IsShown("yolo", {"**"}));
}

TEST(ViewGlobs, ReportsAreAlwaysShown) { EXPECT_TRUE(IsShown("reports", {"yolo"})); }

TEST(ViewGlobs, AViewIsForADatasetThatWantsItAndThatItFits) {
  const WriterInfo yolo{.name = "yolo"}, deep{.name = "cvat/Kitti", .is_3d = true};
  EXPECT_TRUE(IsFor(yolo, {}));
  EXPECT_TRUE(IsFor(yolo, Wanting({"yo*"})));
  EXPECT_FALSE(IsFor(yolo, Wanting({"coco"})));
  EXPECT_FALSE(IsFor(deep, Wanting({"cvat/*"})));
}

TEST(ViewGlobs, GlobsThatNameNoViewAreTold) {
  const std::vector<std::unique_ptr<Writer>> writers = NewWriters();
  std::string components = "x";
  for (int i = 0; i < 70; ++i) components += "/x";
  EXPECT_THAT(UnknownViews({"yolo", "yolov8", "by-*", "cvat", "cvat/*", "cvat/COCO 1.0", "reports",
                            "", "nothing/**", components},
                           writers),
              ElementsAre("yolov8", "cvat", "", "nothing/**", components));
  EXPECT_THAT(UnknownViews({}, writers), IsEmpty());
}

// `views/` of a dataset is made of the same answer: fs/view_groups.h.
TEST(ViewGlobs, AViewThatIsNotWantedHasNoReport) {
  DatasetBuilder builder;
  builder.SetInfo(Wanting({"yolo", "cvat/COCO 1.0"}));
  const std::unique_ptr<Dataset> data = Finished(builder);
  Layout layout;
  const std::vector<std::unique_ptr<Writer>> writers = NewWriters();
  ASSERT_TRUE(DescribeReports(*data, writers, layout).ok());
  std::vector<std::string> dropped;
  for (const auto& [path, text] : FilesOf(layout, *data)) {
    if (path.starts_with("dropped/")) dropped.push_back(path);
  }
  EXPECT_THAT(dropped, ElementsAre("dropped/cvat/COCO 1.0.tsv", "dropped/yolo.tsv"));
}

}  // namespace
}  // namespace annofs::testing
