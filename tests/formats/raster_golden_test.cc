// Shapes as pixels, and pixels as polygons, against CVAT's own exports: every type of shape goes
// through COCO's rasteriser or OpenCV on the way to these files.
#include <filesystem>
#include <map>

#include "absl/strings/match.h"
#include "cache/base/json.h"
#include "cache/base/text.h"
#include "formats/cvat_export.h"
#include "formats/item_transforms.h"
#include "formats/label_colors.h"
#include "formats/mask_image.h"
#include "formats/raster.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/formats/directory_source.h"
#include "tests/formats/png_pixels.h"

namespace annofs::testing {
namespace {

// The files of a golden tree below a directory, by path from there.
std::map<std::string, std::string> GoldenFiles(const std::string& name, absl::string_view below) {
  std::map<std::string, std::string> files;
  const std::string directory = absl::StrCat("golden/", name, "/", below);
  if (!std::filesystem::exists(Fixture(directory))) return files;
  const std::vector<std::string> paths = ListTree(Fixture(directory)).value();
  for (const std::string& path : paths) {
    if (absl::EndsWith(path, "/")) continue;
    files[path] = FixtureText(absl::StrCat(directory, "/", path));
  }
  return files;
}

class RasterGolden : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    const std::string name = GetParam();
    DirectorySource source =
        FixtureDirectory(absl::StrCat("golden/", name, "/INPUT"),
                         {name == "synth_video_2jobs_overlap2" ? "annotations.merged.rest.json"
                                                               : "annotations.rest.json",
                          "labels.rest.json", "data_meta.json"});
    task_ = ReadWith("cvat_rest", source);
    ASSERT_TRUE(task_.status.ok()) << task_.status;
  }
  const DatasetInfo& info() const { return task_.info(); }

  // The subset's name is a directory in most formats; a case has one. Nothing beside the job's
  // answers says that of its task.
  std::string Subset() const {
    return GetParam() == "cvat_job_28" ? "Train" : ExportSubsets(*task_.dataset).value()[0].name;
  }

  // Calls `fn` with each item.
  template <typename Fn>
  void ForEachItem(Fn fn) const {
    for (Rank rank = 0; rank < task_.dataset->frame_count(); ++rank) {
      Item item = ItemOf(*task_.dataset, rank).value();
      SCOPED_TRACE(item.id);
      fn(item);
    }
  }

  static PixelMap Draw(const Item& item, const std::vector<size_t>& order,
                       const std::vector<uint16_t>& values) {
    std::vector<const CocoMask*> masks;
    for (size_t i : order) masks.push_back(&item.annotations[i].mask);
    return DrawMasks(masks, values, item.height, item.width).value();
  }
  // Drawn by the label's place in `index_of_label`.
  static PixelMap DrawClasses(const Item& item, const std::vector<uint16_t>& index_of_label) {
    std::vector<uint16_t> values;
    const std::vector<size_t> order = MasksInOrder(item);
    for (size_t i : order) values.push_back(index_of_label[item.annotations[i].label]);
    return Draw(item, order, values);
  }
  // By the place in order, from 1.
  static PixelMap DrawInstances(const Item& item) {
    const std::vector<size_t> order = MasksInOrder(item);
    std::vector<uint16_t> values;
    for (size_t i = 0; i < order.size(); ++i) values.push_back(uint16_t(i + 1));
    return Draw(item, order, values);
  }

  static void ExpectSamePixels(const std::string& ours, const std::string& golden) {
    const PngPixels a = DecodePng(ours), b = DecodePng(golden);
    EXPECT_EQ(a.width, b.width);
    EXPECT_EQ(a.height, b.height);
    EXPECT_EQ(a.depth, b.depth);
    EXPECT_EQ(a.color_type, b.color_type);
    EXPECT_TRUE(a.bytes == b.bytes);
  }

  ReadResult task_;
};

TEST_P(RasterGolden, SegmentationMask) {
  const ColorMap map = SortedColorMap(info());
  auto classes = GoldenFiles(GetParam(), "Segmentation mask 1.1/SegmentationClass");
  auto objects = GoldenFiles(GetParam(), "Segmentation mask 1.1/SegmentationObject");
  ForEachItem([&](Item& item) {
    EverythingToMasks(item);
    const std::string name = item.id + ".png";
    EXPECT_EQ(MasksInOrder(item).empty(), !classes.contains(name));
    if (!classes.contains(name)) return;
    ExpectSamePixels(PngRgb(DrawClasses(item, map.index_of_label), ColorsOf(map)), classes[name]);
    ExpectSamePixels(PngRgb(DrawInstances(item), VocColors(256)), objects[name]);
    classes.erase(name);
  });
  EXPECT_THAT(classes, ::testing::IsEmpty());
}

TEST_P(RasterGolden, PascalVoc) {
  std::vector<uint16_t> index_of_label;
  for (size_t i = 0; i < info().labels.size(); ++i) index_of_label.push_back(uint16_t(i + 1));
  auto objects = GoldenFiles(GetParam(), "PASCAL VOC 1.1/SegmentationObject");
  ForEachItem([&](Item& item) {
    EllipsesToMasks(item);
    const std::string name = item.id + ".png";
    EXPECT_EQ(MasksInOrder(item).empty(), !objects.contains(name));
    if (!objects.contains(name)) return;
    ExpectSamePixels(PngRgb(DrawInstances(item), VocColors(256)), objects[name]);
  });
}

TEST_P(RasterGolden, Kitti) {
  const ColorMap map = SortedColorMap(info());
  const std::string below = absl::StrCat("KITTI 1.0/", Subset());
  auto semantic = GoldenFiles(GetParam(), below + "/semantic");
  auto colors = GoldenFiles(GetParam(), below + "/semantic_rgb");
  ForEachItem([&](Item& item) {
    RotatedBoxesToPolygons(item);
    PolygonsToMasks(item);
    EllipsesToMasks(item);
    MergeInstances(item);
    const std::string name = item.id + ".png";
    EXPECT_EQ(MasksInOrder(item).empty(), !semantic.contains(name));
    if (!semantic.contains(name)) return;
    const PixelMap classes = DrawClasses(item, map.index_of_label);
    ExpectSamePixels(PngGray16(classes), semantic[name]);
    ExpectSamePixels(PngRgb(classes, ColorsOf(map)), colors[name]);
  });
}

TEST_P(RasterGolden, CityscapesAndCamVid) {
  const ColorMap map = SortedColorMap(info());
  auto cityscapes = GoldenFiles(GetParam(), absl::StrCat("Cityscapes 1.0/gtFine/", Subset()));
  auto camvid = GoldenFiles(GetParam(), absl::StrCat("CamVid 1.0/", Subset(), "annot"));
  ForEachItem([&](Item& item) {
    EverythingToMasks(item);
    const std::string labels = item.id + "_gtFine_labelIds.png";
    EXPECT_EQ(MasksInOrder(item).empty(), !cityscapes.contains(labels));
    if (!cityscapes.contains(labels)) return;
    const PixelMap classes = DrawClasses(item, map.index_of_label);
    ExpectSamePixels(PngGray8(classes), cityscapes[labels]);
    ExpectSamePixels(PngRgb(classes, ColorsOf(map)), cityscapes[item.id + "_gtFine_color.png"]);
    ExpectSamePixels(PngRgb(classes, ColorsOf(map)), camvid[item.id + ".png"]);
  });
}

TEST_P(RasterGolden, MotsPng) {
  auto golden = GoldenFiles(GetParam(), absl::StrCat("MOTS PNG 1.0/", Subset(), "/instances"));
  ForEachItem([&](Item& item) {
    KeepTracks(item);
    EverythingToMasks(item);
    const std::string name = item.id + ".png";
    const std::vector<size_t> order = MasksInOrder(item);
    if (!golden.contains(name)) {
      EXPECT_THAT(order, ::testing::IsEmpty());
      return;
    }
    std::vector<uint16_t> values;
    for (size_t i : order) {
      const ItemAnnotation& mask = item.annotations[i];
      values.push_back(uint16_t(1000 * (1 + mask.label) + uint32_t(mask.track)));
    }
    ExpectSamePixels(PngGray16(Draw(item, order, values)), golden[name]);
  });
}

TEST_P(RasterGolden, UltralyticsSegmentation) {
  const std::string below = absl::StrCat("Ultralytics YOLO Segmentation 1.0/labels/", Subset());
  auto golden = GoldenFiles(
      GetParam(), Subset() == "default" ? "Ultralytics YOLO Segmentation 1.0/labels/train" : below);
  const std::vector<int> classes = TopLevelIndexes(info());
  ForEachItem([&](Item& item) {
    EllipsesToMasks(item);
    MasksToPolygons(item);
    std::string text;
    for (const ItemAnnotation& polygon : item.annotations) {
      if (polygon.type != ItemType::kPolygon) continue;
      absl::StrAppend(&text, classes[polygon.label]);
      for (size_t i = 0; i < polygon.points.size(); ++i) {
        text.push_back(' ');
        AppendFixed(polygon.points[i] / (i % 2 == 0 ? item.width : item.height), 6, &text);
      }
      text.push_back('\n');
    }
    EXPECT_EQ(text, golden[item.id + ".txt"]);
  });
}

TEST_P(RasterGolden, AreasOfPolygonsAreCocos) {
  const std::string text = FixtureText(
      absl::StrCat("golden/", GetParam(), "/COCO 1.0/annotations/instances_", Subset(), ".json"));
  const JsonDocument json = JsonDocument::Parse(text).value();
  // Polygons alone: by their points, which COCO has as they are.
  std::map<std::vector<double>, double> areas;
  const JsonValue annotations = json.root()["annotations"];
  for (size_t i = 0; i < annotations.size(); ++i) {
    const JsonValue parts = annotations[i]["segmentation"];
    if (!parts.is_array() || parts.size() != 1) continue;
    std::vector<double> points;
    for (size_t k = 0; k < parts[0].size(); ++k) points.push_back(*parts[0][k].AsDouble());
    areas[points] = *annotations[i]["area"].AsDouble();
  }
  ForEachItem([&](Item& item) {
    for (const ItemAnnotation& polygon : item.annotations) {
      const auto golden = areas.find(polygon.points);
      if (polygon.type != ItemType::kPolygon || golden == areas.end()) continue;
      // COCO's own area is that of the mask on the image.
      const CocoMask mask = PolygonMask(polygon.points, item.height, item.width).value();
      EXPECT_EQ(double(Area(mask)), golden->second);
    }
  });
}

INSTANTIATE_TEST_SUITE_P(Cases, RasterGolden,
                         ::testing::Values("synth_images", "synth_video", "rand_images_01",
                                           "rand_images_02", "rand_images_04", "rand_video_01",
                                           "cvat_task_22", "cvat_job_28"),
                         [](const auto& info) { return info.param; });

}  // namespace
}  // namespace annofs::testing
