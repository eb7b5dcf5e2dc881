// What no item has and what cannot be drawn, and that the views of it say so.
#include "formats/drawable.h"

#include <gmock/gmock.h>

#include "absl/strings/match.h"
#include "formats/cvat_export.h"
#include "formats/item.h"
#include "formats/rle.h"
#include "tests/formats/mask_formats.h"

namespace annofs::testing {
namespace {

using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

const Shape kTriangle{.type = ShapeType::kPolygon, .points = {1, 1, 6, 1, 6, 5}};
const Shape kTurnedTooFar{.type = ShapeType::kEllipse, .rotation = 2e6, .points = {4, 3, 6, 1}};

// Of more runs than any mask may have.
Shape MaskOfTooManyRuns() {
  Shape mask{.type = ShapeType::kMask, .points = std::vector<double>(kMaxMaskRuns + 2, 1)};
  for (double end : {0, 0, 1999, 1999}) mask.points.push_back(end);
  return mask;
}

std::unique_ptr<Dataset> Hard() {
  return MaskData({{.name = "car"}}, {{.name = "a.png",
                                       .shapes = {MaskOfTooManyRuns(), kTurnedTooFar, kTriangle},
                                       .width = 2000,
                                       .height = 2000}});
}

TEST(WhyNotDrawableTest, TellsAnUnknownSizeFromATooLargeOne) {
  EXPECT_EQ(WhyNotDrawable({}, kTriangle), kSizeNotKnown);
  EXPECT_EQ(WhyNotDrawable({.width = 1 << 15, .height = 1 << 14}, kTriangle), kImageTooLarge);
  EXPECT_EQ(WhyNotDrawable({.width = 8, .height = 6}, kTriangle), "");
}

TEST(WhyNotDrawableTest, RefusesWhatTheRasterisersRefuse) {
  const Frame frame{.width = 2000, .height = 2000};
  EXPECT_EQ(WhyNotDrawable(frame, MaskOfTooManyRuns()), kTooIntricate);
  EXPECT_EQ(WhyNotDrawable(frame, kTurnedTooFar), kTooIntricate);
  EXPECT_EQ(WhyNotDrawable(frame, BoxMask(0, 1, 1, 1500, 1500)), "");
}

TEST(WhyNotInItemTest, NamesWhatTheItemDoesNotHave) {
  FrameShapes all;
  all.tags = {{.type = ShapeType::kTag}};
  all.shapes = {MaskOfTooManyRuns(), kTurnedTooFar, kTriangle};
  DatasetInfo info;
  info.labels = {{.name = "car"}};
  EXPECT_THAT(WhyNotInItem(info, {.width = 2000, .height = 2000}, all),
              ElementsAre("", kTooIntricate, "", ""));
  EXPECT_THAT(WhyNotInItem(info, {}, all), ElementsAre("", kSizeNotKnown, "", ""));
}

TEST(WhyNotInItemTest, CountsSkeletonsThatLackTooManyParts) {
  std::vector<Label> labels = {{.name = "person", .type = "skeleton"}};
  for (int i = 0; i < 1200; ++i) labels.push_back({.name = absl::StrCat("p", i), .parent = 0});
  const std::vector<Shape> skeletons(1000, {.type = ShapeType::kSkeleton});
  const auto data = MaskData(labels, {{.name = "a.png", .shapes = skeletons}});
  const size_t in_item = ItemOf(*data, 0)->annotations.size();
  ASSERT_LT(in_item, 1000u);
  for (const char* format : {"cvat/Datumaro 1.0", "cvat/COCO Keypoints 1.0"}) {
    size_t kept = 0;
    for (const std::string& reason : Dropped(format, *data, 0)) kept += reason.empty();
    EXPECT_EQ(kept, in_item) << format;
  }
}

TEST(WhyDroppedTest, OfCocoCountsWhatHasNoAnnotation) {
  const auto data = Hard();
  EXPECT_THAT(Dropped("cvat/COCO 1.0", *data, 0), ElementsAre(kTooIntricate, kTooIntricate, ""));
  const std::string json =
      Exported("cvat/COCO 1.0", *data).at("annotations/instances_default.json");
  EXPECT_THAT(json, HasSubstr("\"id\":1,\"image_id\":1"));
  EXPECT_THAT(json, Not(HasSubstr("\"id\":2,")));
}

TEST(WhyDroppedTest, OfOpenImagesCountsWhatIsNotDrawn) {
  EXPECT_THAT(Dropped("cvat/Open Images V6 1.0", *Hard(), 0),
              ElementsAre(kTooIntricate, kTooIntricate, ""));
}

TEST(WhyDroppedTest, OfIcdarRecognitionCountsTextsOfWhatNoItemHas) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  builder.AddLabel({.name = "word", .attributes = {{.name = "text", .input_type = "text"}}});
  const uint32_t frame = builder.AddFrame({.name = "a.png", .width = 2000, .height = 2000}).value();
  Shape mask = MaskOfTooManyRuns(), polygon = kTriangle;
  mask.attributes = {{"text", "lost"}};
  polygon.attributes = {{"text", "kept"}};
  for (const Shape& shape : {mask, polygon}) ASSERT_TRUE(builder.AddShape(frame, shape).ok());
  const auto data = Finished(builder);
  EXPECT_THAT(Dropped("cvat/ICDAR Recognition 1.0", *data, 0), ElementsAre(kTooIntricate, ""));
  EXPECT_EQ(Exported("cvat/ICDAR Recognition 1.0", *data).at("default/gt.txt"),
            "a.png, \"kept\"\n");
}

// No format but the two CVAT XMLs has a mask of an image whose size is not known.
TEST(WhyDroppedTest, NoFormatOfItemsKeepsAMaskWithoutASize) {
  const auto data =
      MaskData({{.name = "car"}},
               {{.name = "a.png", .shapes = {BoxMask(0, 1, 1, 2, 2)}, .width = 0, .height = 0}});
  for (const std::unique_ptr<Writer>& writer : NewWriters()) {
    const std::string name(writer->Info().name);
    if (!absl::StartsWith(name, "cvat/") || absl::StartsWith(name, "cvat/CVAT")) continue;
    EXPECT_THAT(Dropped(name, *data, 0), Not(Contains(""))) << name;
  }
}

}  // namespace
}  // namespace annofs::testing
