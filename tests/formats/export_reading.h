// What the tests of the readers of export zips share: trees of the test data as zips, sizes of
// images that are in no zip, and shapes as text.
#pragma once

#include <cmath>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/text.h"
#include "formats/export_kind.h"
#include "gmock/gmock.h"
#include "tests/formats/reading.h"
#include "tests/formats/zip_maker.h"

namespace annofs::testing {

// A zip that knows the sizes of images beside it, by the frame's path without extension.
class ExportSource : public MemorySource {
 public:
  using Sizes = std::map<std::string, ImageSize>;
  explicit ExportSource(const std::vector<ZipFile>& files, Sizes sizes = {},
                        std::string name = "export.zip")
      : MemorySource(std::move(name), MakeZip(files)), sizes_(std::move(sizes)) {}

  absl::StatusOr<std::optional<ImageSize>> SizeOfImage(absl::string_view name) override {
    ++asked_;
    auto found = sizes_.find(std::string(WithoutExtension(name)));
    if (found != sizes_.end()) return std::optional<ImageSize>(found->second);
    return every_;
  }
  // Every other image has that size.
  void SetEverySize(ImageSize size) { every_ = size; }
  int asked() const { return asked_; }

 private:
  const Sizes sizes_;
  std::optional<ImageSize> every_;
  int asked_ = 0;
};

// All files below a directory of the test data.
inline std::vector<ZipFile> FixtureTree(const std::string& directory) {
  std::vector<ZipFile> files;
  absl::StatusOr<std::vector<std::string>> names = ListTree(Fixture(directory));
  EXPECT_TRUE(names.ok()) << names.status();
  if (!names.ok()) return files;
  for (const std::string& name : *names) {
    if (!absl::EndsWith(name, "/"))
      files.push_back({.name = name, .content = FixtureText(absl::StrCat(directory, "/", name))});
  }
  return files;
}

// A golden case: its own "CVAT for images 1.1" export is what the other exports are compared with.
inline const std::vector<std::string>& GoldenCases() {
  static const std::vector<std::string> cases = {
      "synth_images",   "synth_video",    "synth_video_2jobs_overlap2",
      "rand_images_00", "rand_images_01", "rand_images_02",
      "rand_images_03", "rand_images_04", "rand_images_05",
      "rand_video_00",  "rand_video_01",  "rand_video_02",
      "cvat_task_2",    "cvat_task_14",   "cvat_task_22",
      "cvat_job_28"};
  return cases;
}

inline ReadResult ReadGoldenXml(const std::string& name) {
  MemorySource source =
      FixtureSource(absl::StrCat("golden/", name, "/CVAT for images 1.1/annotations.xml"));
  return ReadWith("cvat_images_xml", source);
}

inline ExportSource::Sizes SizesOf(const ReadResult& result) {
  ExportSource::Sizes sizes;
  for (Rank rank = 0; rank < result.dataset->frame_count(); ++rank) {
    Frame frame = result.FrameAt(rank);
    sizes[std::string(WithoutExtension(frame.name))] = {frame.width, frame.height};
  }
  return sizes;
}

inline ExportSource GoldenExport(const std::string& name, absl::string_view format,
                                 ExportSource::Sizes sizes = {}) {
  return ExportSource(FixtureTree(absl::StrCat("golden/", name, "/", format)), std::move(sizes));
}

// Which reader claims the golden tree of a format.
inline const std::map<std::string, std::string>& ReaderOfFormat() {
  static const std::map<std::string, std::string> readers = {
      {"CamVid 1.0", "pixel_masks"},
      {"Cityscapes 1.0", "pixel_masks"},
      {"ICDAR Localization 1.0", "icdar_localization"},
      {"ICDAR Segmentation 1.0", "pixel_masks"},
      {"ImageNet 1.0", "imagenet_txt"},
      {"KITTI 1.0", "kitti"},
      {"LFW 1.0", "lfw"},
      {"LabelMe 3.0", "label_me"},
      {"MOT 1.1", "mot"},
      {"MOTS PNG 1.0", "pixel_masks"},
      {"Market-1501 1.0", "market1501"},
      {"Open Images V6 1.0", "open_images"},
      {"PASCAL VOC 1.1", "pascal_voc"},
      {"Segmentation mask 1.1", "pixel_masks"},
      {"Ultralytics YOLO Classification 1.0", "ultralytics_classification"},
      {"Ultralytics YOLO Detection 1.0", "ultralytics"},
      {"Ultralytics YOLO Oriented Bounding Boxes 1.0", "ultralytics"},
      {"Ultralytics YOLO Pose 1.0", "ultralytics"},
      {"Ultralytics YOLO Segmentation 1.0", "ultralytics"},
      {"VGGFace2 1.0", "vgg_face2"},
      {"WiderFace 1.0", "wider_face"},
      {"YOLO 1.1", "yolo"},
  };
  return readers;
}

// Shapes by their frame's path without extension.
using FrameMap = std::map<std::string, std::vector<Shape>>;

template <typename Keep>
FrameMap ShapesByFrame(const ReadResult& result, Keep keep) {
  FrameMap map;
  for (Rank rank = 0; rank < result.dataset->frame_count(); ++rank) {
    std::vector<Shape>& shapes = map[std::string(WithoutExtension(result.FrameAt(rank).name))];
    const FrameShapes all = result.ShapesAt(rank);
    for (const Shape& shape : all.tags) {
      if (keep(shape)) shapes.push_back(shape);
    }
    for (const Shape& shape : all.shapes) {
      if (keep(shape)) shapes.push_back(shape);
    }
  }
  return map;
}

inline bool IsUpright(const Shape& shape) {
  double rotation = std::fmod(shape.rotation, 360);
  return shape.type == ShapeType::kRectangle && rotation <= 1e-5;
}

inline std::string Describe(const ReadResult& result, const Shape& shape) {
  return absl::StrCat(ShapeTypeName(shape.type), " ", result.info().labels[shape.label].name);
}

inline bool AreNear(const std::vector<double>& a, const std::vector<double>& b, double tolerance) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (!(std::abs(a[i] - b[i]) <= tolerance)) return false;
  }
  return true;
}

// The same shapes on the same frames, in whatever order: type, label by name, points within
// `tolerance`, and what `same` says of the two.
template <typename Same>
void ExpectSameShapes(const ReadResult& expected, const FrameMap& expected_shapes,
                      const ReadResult& read, FrameMap read_shapes, double tolerance, Same same) {
  for (const auto& [name, shapes] : expected_shapes) {
    std::vector<Shape>& left = read_shapes[name];
    EXPECT_EQ(shapes.size(), left.size()) << name;
    for (const Shape& shape : shapes) {
      auto found = std::find_if(left.begin(), left.end(), [&](const Shape& other) {
        return Describe(expected, shape) == Describe(read, other) &&
               AreNear(shape.points, other.points, tolerance) && same(shape, other);
      });
      EXPECT_TRUE(found != left.end())
          << name << ": " << Describe(expected, shape) << " " << absl::StrJoin(shape.points, ",");
      if (found != left.end()) left.erase(found);
    }
    read_shapes.erase(name);
  }
  for (const auto& [name, shapes] : read_shapes)
    EXPECT_TRUE(shapes.empty()) << "frame that is not there: " << name;
}

// Problems as "position|frame|reason".
inline std::string AllProblems(const ReadResult& result) {
  return absl::StrJoin(result.Problems(), "\n");
}

// Cut at every percent of its length: an answer, never a crash, and only errors about the content.
inline void ExpectSaneWhenCut(absl::string_view reader, const std::vector<ZipFile>& files) {
  const std::string zip = MakeZip(files);
  for (int percent = 0; percent < 100; ++percent) {
    MemorySource source("cut.zip", zip.substr(0, zip.size() * size_t(percent) / 100));
    ReadResult result = ReadWith(reader, source);
    EXPECT_TRUE(absl::IsInvalidArgument(result.status)) << percent << ": " << result.status;
    EXPECT_EQ(result.dataset->frame_count(), 0u);
  }
}

// Every text cut at every percent, inside a zip that is whole: what is left is read.
inline void ExpectSaneWhenTextsAreCut(absl::string_view reader, const std::vector<ZipFile>& files,
                                      ImageSize size = {100, 100}) {
  for (int percent = 0; percent < 100; ++percent) {
    std::vector<ZipFile> cut = files;
    for (ZipFile& file : cut) file.content.resize(file.content.size() * size_t(percent) / 100);
    ExportSource source(cut);
    source.SetEverySize(size);
    ReadResult result = ReadWith(reader, source);
    EXPECT_TRUE(result.status.ok() || absl::IsInvalidArgument(result.status)) << result.status;
  }
}

}  // namespace annofs::testing
