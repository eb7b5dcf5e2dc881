// The datasets that every view is tried with: small, odd and hostile ones.
#pragma once

#include <memory>
#include <ostream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/names.h"
#include "cache/base/text.h"
#include "tests/formats/reading.h"
#include "tests/formats/sample_data.h"

namespace annofs::testing {

inline std::unique_ptr<Dataset> NoFrames() {
  DatasetBuilder builder;
  return Finished(builder);
}

inline std::unique_ptr<Dataset> HostileNames() {
  DatasetBuilder builder;
  builder.AddTask({.name = "../../task"});
  std::vector<std::string> labels = {"../../x",
                                     "_none",
                                     "_NONE",
                                     "car",
                                     "Car",
                                     "car",
                                     "\xf0\x9f\x98\x80",
                                     "",
                                     ".",
                                     "..",
                                     "a\tb",
                                     "data.yaml",
                                     std::string(300, 'l'),
                                     std::string("nul\0", 4),
                                     "$(rm -r x)",
                                     "bad\xff"
                                     "utf8"};
  for (const std::string& label : labels) builder.AddLabel({.name = label});
  std::vector<std::string> names = {
      "../../etc/passwd",
      "/absolute.jpg",
      "a//b.jpg",
      "a/b.jpg",
      "a/B.jpg",
      "a/b.png",
      "a/b.json",
      "a.json/x.jpg",
      "a.jpg",
      "a.tsv/y.jpg",
      "a.jpg",
      "a.jpg",
      "",
      ".",
      "..",
      "a",
      "a/b",
      "\xf0\x9f\x98\x80/\xf0\x9f\x98\x80.jpg",
      "sp ace/d.o.t.s.jpg",
      "sp_ace/d_o_t_s.jpg",
      std::string(255, 'n'),
      std::string(251, 'n') + ".jpg",
      std::string(251, 'n') + ".png",
      std::string(400, 'm') + "/" + std::string(400, 'm') + ".jpg",
      "x." + std::string(250, 'e'),
      "dir/" + std::string(240, 'd') + "/" + std::string(20, 'f') + "." + std::string(200, 'e'),
      "c\x01trl.jpg",
      "bad\xff.jpg",
      std::string("nul\0.jpg", 8),
      "semi;colon&.jpg",
      "\xd1\x84\xd0\xb0\xd0\xb9\xd0\xbb.jpg",
      "b.jpg.json",
      "b.jpg",
      "b.png",
      "b.jpg.tsv"};
  std::string wide;
  for (int i = 0; i < 126; ++i) wide += "ü";
  names.push_back(wide + ".jpg");
  names.push_back(wide + ".png");
  for (size_t i = 0; i < names.size(); ++i) {
    uint32_t frame = builder.AddFrame({.name = names[i], .width = 10, .height = 10}).value();
    Shape shape{.label = uint32_t(i % labels.size()),
                .source = labels[(i + 3) % labels.size()],
                .points = {1, 1, 5, 5},
                .attributes = {{labels[i % 7], labels[(i * i) % labels.size()]}}};
    EXPECT_TRUE(builder.AddShape(frame, shape).ok());
    // Many values of one attribute, one that is called as another one is made to be.
    Shape other{.track = int32_t(i), .points = {1, 1, 5, 5}};
    other.attributes = {{"", labels[i % labels.size()]}, {"", SafeName(labels[i % 5])}};
    EXPECT_TRUE(builder.AddShape(frame, other).ok());
  }
  return Finished(builder);
}

// 350 frames in nested directories; every third has no image, every fifth no annotations, some no
// extension. More of them would show nothing else.
inline std::unique_ptr<Dataset> ManyFrames() {
  DatasetBuilder builder;
  for (int i = 0; i < 7; ++i)
    builder.AddTask({.name = absl::StrCat("task", i), .is_video = i % 2 == 0});
  for (int i = 0; i < 12; ++i) builder.AddLabel({.name = absl::StrCat("label", i)});
  for (int i = 0; i < 350; ++i) {
    std::string name =
        absl::StrCat("d", i % 13, "/e", i % 3, i % 2 == 0 ? "/f" : "", "/frame_", i, ".jpg");
    if (i % 50 == 0) name = absl::StrCat("frame_", i, ".jpg");
    if (i % 40 == 1) name = absl::StrCat("d", i % 13, "/frame_", i);
    uint32_t frame = builder
                         .AddFrame({.name = name,
                                    .number = uint32_t(i),
                                    .task = uint32_t(i % 7),
                                    .width = 100,
                                    .height = 50})
                         .value();
    if (i % 5 == 0) continue;
    for (uint32_t k = 0; k < 3; ++k) {
      double x = i % 70 + k;
      Shape shape{.label = uint32_t(i + int(k)) % 12, .points = {x, 5, x + 10, 20}};
      EXPECT_TRUE(builder.AddShape(frame, shape).ok());
    }
  }
  return Finished(builder, [](const Frame& frame) -> absl::StatusOr<std::optional<Media>> {
    if (frame.number % 3 == 0) return std::nullopt;
    return Media{.key = Extension(frame.name).empty() ? frame.name + ".jpg" : frame.name,
                 .size = frame.number,
                 .digest = "sha1:00"};
  });
}

inline std::unique_ptr<Dataset> OddSubsets() {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  int task = 0;
  for (const char* subset : {"", "Train", "images", "labels", "a b", "a.b", "A_B", "..", "names",
                             "Trainannot", "label_colors", "label_colors.txt", "synsets",
                             "labels.txt", "query", "data", "query.txt"}) {
    builder.AddTask({.name = subset, .subset = subset});
    for (int i = 0; i < 3; ++i) {
      builder
          .AddFrame({.name = absl::StrCat(task, "_", i, ".jpg"),
                     .task = uint32_t(task),
                     .subset = subset})
          .value();
    }
    ++task;
  }
  return Finished(builder);
}

// Names that repeat in and among subsets, numbers that others have, sidecars that they would share.
inline std::unique_ptr<Dataset> EqualNames() {
  DatasetBuilder builder;
  builder.AddLabel({.name = "car"});
  uint32_t task = 0;
  for (const char* subset : {"Train", "Test", "Train", "", "default", "train"}) {
    builder.AddTask({.name = subset, .subset = subset, .is_video = task == 2});
    for (const char* name : {"a.jpg", "d/a.jpg", "d/a_1.png", "b.jpg", "b.png", "c", "c.PNG",
                             "frame_000000", "d", "../x.jpg", "x.xyz"}) {
      const uint32_t frame =
          builder
              .AddFrame({.name = name, .task = task, .width = 10, .height = 10, .subset = subset})
              .value();
      EXPECT_TRUE(builder.AddShape(frame, {.points = {1, 1, 5, 5}}).ok());
    }
    ++task;
  }
  builder.AddFrame({.name = "d/a_1.jpg", .subset = "Train"}).value();
  builder.AddFrame({.name = "frame_000000_1.webp", .subset = "Test"}).value();
  return Finished(builder);
}

// What every kind of file is made of: tags, boxes, a mask, points, texts, numbers of a group, a
// track.
inline void AddEverything(uint32_t frame, DatasetBuilder& builder) {
  const std::vector<Attribute> attributes = {
      {"text", "t"}, {"index", "1"}, {"person_id", "0001"}, {"camera_id", "2"}};
  auto add = [&](Shape shape) {
    shape.attributes = attributes;
    EXPECT_TRUE(builder.AddShape(frame, std::move(shape)).ok());
  };
  add({.type = ShapeType::kTag, .label = 0});
  add({.type = ShapeType::kTag, .label = 1});
  add({.label = 1, .points = {1, 1, 5, 5}});
  add({.label = 1, .track = 0, .keyframe = true, .points = {2, 2, 6, 6}});
  add({.type = ShapeType::kPolygon, .label = 1, .points = {1, 1, 8, 1, 8, 8}});
  add({.type = ShapeType::kMask, .label = 1, .points = {0, 4, 3, 3, 4, 4}});
  add({.type = ShapeType::kPoints, .label = 1, .points = {1, 1, 2, 2, 3, 3, 4, 4, 5, 5}});
}

// Directories of frames that are called as views call the files of the frames beside them.
inline std::unique_ptr<Dataset> DirectoriesLikeFiles() {
  DatasetBuilder builder;
  builder.AddLabel({.name = "market-1501"});
  builder.AddLabel({.name = "car"});
  uint32_t task = 0;
  for (const char* subset : {"Train", "Test"}) {
    builder.AddTask({.name = subset, .subset = subset});
    std::vector<std::string> names = {"a.jpg",     "a.png",     "b.jpg",     "c",
                                      "d/a.jpg",   "d/b.jpg",   "e.jpg",     "e.png",
                                      "e.jpg.txt", "e.jpg.xml", "e.png.xml", "e.txt",
                                      "gt_e.txt",  "e_GT.txt",  "e_GT.bmp",  "e_mask_0.png"};
    for (const char* stem : {"a", "a.jpg", "b", "c", "gt_b", "gt_a.jpg", "d/a", "d/gt_b"}) {
      for (const char* end :
           {".txt", ".xml", ".png", ".bmp", ".json", ".tsv", ".jpg", ".TXT", "_GT.txt", "_GT.bmp",
            "_mask_0.png", "_mask_5.png", "_gtFine_color.png", "_gtFine_labelIds.png",
            "_gtFine_instanceIds.png", "_leftImg8bit.jpg", "_leftImg8bit.png", "_1.txt"}) {
        names.push_back(absl::StrCat(stem, end, "/x.jpg"));
      }
    }
    for (const char* name : {"Masks/x.jpg", "images/x.jpg", "label_2/x.jpg", "x.txt/b.txt/b.jpg",
                             "x.txt/b.jpg", "d/x.png/y.png/z.jpg", "d/x.jpg"}) {
      names.push_back(name);
    }
    for (const std::string& name : names) {
      // One name in two subsets, but for some.
      if (task == 1 && name.size() % 3 == 0) continue;
      const uint32_t frame =
          builder
              .AddFrame({.name = name, .task = task, .width = 10, .height = 10, .subset = subset})
              .value();
      AddEverything(frame, builder);
    }
    ++task;
  }
  return Finished(builder, [](const Frame& frame) -> absl::StatusOr<std::optional<Media>> {
    return Media{.key = Extension(frame.name).empty() ? frame.name + ".jpg" : frame.name,
                 .size = 7,
                 .digest = "sha1:00"};
  });
}

inline std::unique_ptr<Dataset> PointClouds() {
  DatasetBuilder builder;
  builder.AddTask({.name = "lidar", .is_3d = true});
  builder.AddLabel({.name = "car"});
  for (int i = 0; i < 3; ++i) {
    uint32_t frame = builder.AddFrame({.name = absl::StrCat(i, ".pcd")}).value();
    Shape shape{.type = ShapeType::kCuboid,
                .points = {1, 2, 3, 0, 0, 0.5, 4, 2, 1, 0, 0, 0, 0, 0, 0, 0}};
    EXPECT_TRUE(builder.AddShape(frame, shape).ok());
  }
  return Finished(builder);
}

template <const char* kFile>
std::unique_ptr<Dataset> Backup() {
  MemorySource source = FixtureSource(kFile);
  ReadResult result = ReadWith("cvat_backup", source);
  EXPECT_TRUE(result.status.ok()) << result.status;
  EXPECT_GT(result.dataset->frame_count(), 0u);
  return std::move(result.dataset);
}
inline constexpr char kImageBackup[] = "backups_derived/task_images_lightweight.zip";
inline constexpr char kVideoBackup[] = "backups_derived/task_video_2jobs_overlap2.zip";

struct DatasetCase {
  const char* name;
  std::unique_ptr<Dataset> (*make)();
};
inline void PrintTo(const DatasetCase& one, std::ostream* out) { *out << one.name; }

// For INSTANTIATE_TEST_SUITE_P.
inline auto EveryDataset() {
  return ::testing::Values(
      DatasetCase{"NoFrames", NoFrames}, DatasetCase{"EveryShape", EveryShape},
      DatasetCase{"HostileNames", HostileNames}, DatasetCase{"ManyFrames", ManyFrames},
      DatasetCase{"OddSubsets", OddSubsets}, DatasetCase{"EqualNames", EqualNames},
      DatasetCase{"DirectoriesLikeFiles", DirectoriesLikeFiles},
      DatasetCase{"PointClouds", PointClouds}, DatasetCase{"ImageBackup", Backup<kImageBackup>},
      DatasetCase{"VideoBackup", Backup<kVideoBackup>});
}
inline std::string CaseName(const ::testing::TestParamInfo<DatasetCase>& one) {
  return std::string(one.param.name);
}

}  // namespace annofs::testing
