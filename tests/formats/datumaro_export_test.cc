// What the golden exports of Datumaro and Datumaro 3D do not show.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "tests/formats/sample_data.h"

namespace annofs {
namespace {

using ::annofs::testing::Described;
using ::annofs::testing::EveryImage;
using ::annofs::testing::EveryShape;
using ::annofs::testing::FilesOf;
using ::annofs::testing::Finished;
using ::annofs::testing::WriterNamed;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr absl::string_view kDatumaro = "cvat/Datumaro 1.0";
constexpr absl::string_view kDatumaro3d = "cvat/Datumaro 3D 1.0";
constexpr char kFile[] = "annotations/default.json";

using Files = std::map<std::string, std::string>;

Files FilesOf(absl::string_view writer, const Dataset& data) {
  return FilesOf(Described(writer, data), data);
}

std::vector<absl::string_view> Reasons(absl::string_view writer, const Dataset& data, Rank rank) {
  return WriterNamed(writer)->WhyDropped(data, data.GetFrame(rank).value(),
                                         data.Shapes(rank).value());
}

// The text of "items", without the brackets.
std::string ItemsOf(const std::string& text) {
  const std::string begin = "\"items\": [";
  const size_t from = text.rfind(begin);
  return from == std::string::npos
             ? "no items"
             : text.substr(from + begin.size(), text.size() - 2 - from - begin.size());
}

std::unique_ptr<Dataset> NoFrames() {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  return Finished(builder);
}

TEST(DatumaroExportTest, WithoutFramesThereIsAFileWithoutItems) {
  EXPECT_THAT(
      FilesOf(kDatumaro, *NoFrames()),
      ElementsAre(std::make_pair(
          kFile, R"({"dm_format_version": "1.0", "media_type": 2, "infos": {}, "categories": )"
                 R"({"label": {"labels": [], "label_groups": [], "attributes": ["occluded"]}, )"
                 R"("points": {"items": []}}, "items": []})")));
}

TEST(DatumaroExportTest, EveryTypeButTheCuboidHasItsMembers) {
  std::unique_ptr<Dataset> data = EveryShape();
  const std::string text = FilesOf(kDatumaro, *data)[kFile];
  EXPECT_THAT(text, HasSubstr(R"({"id": 0, "type": "polyline", "attributes": {"occluded": false}, )"
                              R"("group": 0, "label_id": 0, "points": [1.0, 2.0, 3.0, 4.0], )"
                              R"("z_order": 0})"));
  EXPECT_THAT(text, HasSubstr(R"("points": [5.0, 6.0], "z_order": 0, "visibility": [2]})"));
  EXPECT_THAT(text, HasSubstr(R"("points": [40.0, 20.0, 60.0, 30.0], "z_order": -1})"));
  EXPECT_THAT(text, HasSubstr(R"("attr": {"frame": 7}, "image": {"path": )"));
  EXPECT_THAT(text, Not(HasSubstr("cuboid")));
  EXPECT_THAT(Reasons(kDatumaro, *data, 1),
              ElementsAre("", "", "", "", "", "", Not(""), "", "", "", "", "", ""));
}

TEST(DatumaroExportTest, AnImageIsNamedAsItLiesInTheTree) {
  std::unique_ptr<Dataset> data = EveryShape();
  Files files = FilesOf(kDatumaro, *data);
  EXPECT_EQ(files["images/default/dir_b 1.png"], "-> bucket/dir/b 1.png");
  EXPECT_THAT(files[kFile], HasSubstr(R"("id": "dir/b 1", )"));
  EXPECT_THAT(files[kFile], HasSubstr(R"("image": {"path": "dir_b 1.png", "size": [50, 100]}})"));
}

TEST(DatumaroExportTest, AnImageThatIsNotInTheBucketIsNamedAsInTheTask) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  builder.AddFrame({.name = "dir/b 1.png"}).value();
  std::unique_ptr<Dataset> data = Finished(builder, nullptr);
  const Files files = FilesOf(kDatumaro, *data);
  EXPECT_EQ(files.size(), 1u);
  EXPECT_EQ(ItemsOf(files.at(kFile)), R"({"id": "dir/b 1", "annotations": [], "attr": )"
                                      R"({"frame": 0}, "image": {"path": "dir/b 1.png"}})");
}

TEST(DatumaroExportTest, AFlatNameThatIsTooLongForADirectoryIsCutInBothPlaces) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  builder
      .AddFrame({.name = absl::StrCat(std::string(200, 'd'), "/", std::string(200, 'f'), ".jpg")})
      .value();
  std::unique_ptr<Dataset> data = Finished(builder);
  Files files = FilesOf(kDatumaro, *data);
  const JsonDocument document = JsonDocument::Parse(files[kFile]).value();
  const std::string path(document.root()["items"][0]["image"].StringOr("path", ""));
  EXPECT_LE(path.size(), 255u);
  EXPECT_TRUE(files.contains(absl::StrCat("images/default/", path))) << path;
}

TEST(DatumaroExportTest, EachSubsetHasItsOwnFileWithAllLabels) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  for (uint32_t task = 0; task < 2; ++task) {
    const std::string subset = task == 0 ? "val" : "";
    builder.AddTask({.name = "task", .subset = subset});
    builder.AddFrame({.name = absl::StrCat(task, ".jpg"), .task = task, .subset = subset}).value();
  }
  std::unique_ptr<Dataset> data = Finished(builder);
  Files files = FilesOf(kDatumaro, *data);
  EXPECT_THAT(ItemsOf(files["annotations/val.json"]), HasSubstr(R"({"id": "0", )"));
  EXPECT_THAT(ItemsOf(files[kFile]), HasSubstr(R"({"id": "1", )"));
  EXPECT_THAT(files[kFile], HasSubstr(R"({"name": "car", )"));
  EXPECT_THAT(files["annotations/val.json"], HasSubstr(R"({"name": "car", )"));
}

TEST(DatumaroExportTest, AttributesOfAllLabelsAreInOrderOfTheirCharacters) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  builder.AddLabel(
      {.name = "car",
       .attributes = {{.name = "\xf0\x9f\x9a\x97"}, {.name = "zoom"}, {.name = "\xef\xbd\x9e"}}});
  builder.AddLabel({.name = "bus", .attributes = {{.name = "Zoom"}, {.name = "zoom"}}});
  EXPECT_THAT(
      FilesOf(kDatumaro, *Finished(builder))[kFile],
      HasSubstr(R"("attributes": ["Zoom", "occluded", "zoom", "\uff5e", "\ud83d\ude97"]})"));
}

TEST(DatumaroExportTest, HostileTextsAreStillJson) {
  const std::string hostile = "\"\\\n\t\b\f\r\x01/</script>\x7f ü \xf0\x9f\x9a\x97";
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  builder.AddLabel({.name = hostile, .attributes = {{.name = "bad\xff"}}});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  EXPECT_TRUE(builder
                  .AddShape(frame, {.points = {0, 0, 1, 1},
                                    .attributes = {{"bad\xff", absl::StrCat(hostile, "\xc3")}}})
                  .ok());
  const std::string text = FilesOf(kDatumaro, *Finished(builder))[kFile];
  for (char c : text) ASSERT_TRUE(c >= 0x20 && c < 0x7f) << int(c);
  const JsonDocument document = JsonDocument::Parse(text).value();
  EXPECT_EQ(document.root()["categories"]["label"]["labels"][0].StringOr("name", ""), hostile);
  EXPECT_EQ(
      document.root()["items"][0]["annotations"][0]["attributes"].StringOr("bad\xef\xbf\xbd", ""),
      absl::StrCat(hostile, "\xef\xbf\xbd"));
}

TEST(DatumaroExportTest, WithoutASizeAMaskIsLeftOutAndSaysSo) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  builder.AddLabel({.name = "car"});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  EXPECT_TRUE(
      builder.AddShape(frame, {.type = ShapeType::kMask, .points = {0, 2, 7, 6, 8, 6}}).ok());
  EXPECT_TRUE(builder.AddShape(frame, {.type = ShapeType::kEllipse, .points = {5, 5, 7, 3}}).ok());
  std::unique_ptr<Dataset> data = Finished(builder);
  const std::string text = FilesOf(kDatumaro, *data)[kFile];
  EXPECT_THAT(text, Not(HasSubstr("\"mask\"")));
  EXPECT_THAT(text, HasSubstr("\"ellipse\""));
  EXPECT_THAT(Reasons(kDatumaro, *data, 0), ElementsAre("the size of the image is not known", ""));
}

TEST(DatumaroExportTest, ASkeletonWithoutOneOfItsPartsHasThatAbsent) {
  DatasetBuilder builder;
  builder.AddTask({.name = "task"});
  builder.AddLabel({.name = "person",
                    .type = "skeleton",
                    .svg = R"(<circle data-type="element node" data-label-name="knee"/>)"
                           R"(<circle data-type="element node" data-label-name="nose"/>)"});
  builder.AddLabel({.name = "nose", .parent = 0, .attributes = {{.name = "side"}}});
  builder.AddLabel({.name = "knee", .parent = 0});
  const uint32_t frame = builder.AddFrame({.name = "a.jpg"}).value();
  EXPECT_TRUE(builder
                  .AddShape(frame, {.type = ShapeType::kSkeleton,
                                    .elements = {{.type = ShapeType::kPoints,
                                                  .label = 1,
                                                  .points = {3, 4.5},
                                                  .attributes = {{"side", "left"}}}}})
                  .ok());
  const std::string text = FilesOf(kDatumaro, *Finished(builder))[kFile];
  EXPECT_THAT(text, HasSubstr(R"("points": {"items": [{"label_id": 0, "labels": ["knee", "nose"], )"
                              R"("joints": [], "positions": []}]})"));
  EXPECT_THAT(text, HasSubstr(R"("label_id": 0, "points": [0.0, 0.0, 0, 3.0, 4.5, 2], )"
                              R"("points_attributes": [{}, {"side": "left"}]})"));
}

// An image task and two of point clouds, the base names of which repeat.
std::unique_ptr<Dataset> Mixed(const DatasetBuilder::MediaFinder& media) {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  builder.AddTask({.name = "camera"});
  builder.AddTask({.name = "lidar", .is_3d = true});
  const uint32_t image = builder.AddFrame({.name = "2.jpg", .width = 10, .height = 8}).value();
  EXPECT_TRUE(builder.AddShape(image, {.points = {0, 0, 1, 1}}).ok());
  const uint32_t cloud = builder
                             .AddFrame({.name = "pcd/1.pcd",
                                        .number = 5,
                                        .task = 1,
                                        .related = {"related/b.png", "related/a.png"}})
                             .value();
  EXPECT_TRUE(builder.AddShape(cloud, {.type = ShapeType::kTag}).ok());
  EXPECT_TRUE(
      builder
          .AddShape(cloud, {.type = ShapeType::kCuboid,
                            .group = 4,
                            .points = {1, 2.346, 3, 0, 0, -0.3, 4, 5, 6, 0, 0, 0, 0, 0, 0, 0}})
          .ok());
  return Finished(builder, media);
}

TEST(Datumaro3dExportTest, OnlyPointCloudsAreItems) {
  std::unique_ptr<Dataset> data = Mixed(nullptr);
  Files files = FilesOf(kDatumaro3d, *data);
  EXPECT_THAT(files[kFile], HasSubstr(R"("media_type": 6, )"));
  EXPECT_EQ(ItemsOf(files[kFile]),
            R"({"id": "1", "annotations": [{"id": 0, "type": "label", "attributes": {}, )"
            R"("group": 0, "label_id": 0}, {"id": 0, "type": "cuboid_3d", )"
            R"("attributes": {"occluded": false}, "group": 4, "label_id": 0, )"
            R"("position": [1.0, 2.35, 3.0], "rotation": [0.0, 0.0, -0.3], )"
            R"("scale": [4.0, 5.0, 6.0]}], "attr": {"frame": 5}, )"
            R"("point_cloud": {"path": "pcd/1.pcd"}, )"
            R"("related_images": [{"path": "related/a.png"}, {"path": "related/b.png"}]})");
}

TEST(Datumaro3dExportTest, APointCloudIsNamedAsItLiesInTheTree) {
  std::unique_ptr<Dataset> data = Mixed(EveryImage);
  Files files = FilesOf(kDatumaro3d, *data);
  EXPECT_EQ(files["point_clouds/default/1.pcd"], "-> bucket/pcd/1.pcd");
  EXPECT_THAT(files[kFile], HasSubstr(R"("point_cloud": {"path": "1.pcd"}, )"));
  EXPECT_EQ(files.size(), 2u);
}

TEST(Datumaro3dExportTest, ImagesAreOfTheOtherFormatAndSaySo) {
  std::unique_ptr<Dataset> data = Mixed(nullptr);
  EXPECT_THAT(ItemsOf(FilesOf(kDatumaro, *data)[kFile]), Not(HasSubstr("cuboid")));
  EXPECT_THAT(Reasons(kDatumaro3d, *data, 0), ElementsAre(Not("")));
  EXPECT_THAT(Reasons(kDatumaro3d, *data, 1), ElementsAre("", ""));
  EXPECT_THAT(Reasons(kDatumaro, *data, 0), ElementsAre(""));
  EXPECT_THAT(Reasons(kDatumaro, *data, 1), ElementsAre(Not(""), Not("")));
}

}  // namespace
}  // namespace annofs
