// What the loaders of trainers ask of every tree (reference/training-tools.md §1, §5), whatever the
// dataset.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "tests/formats/dataset_cases.h"
#include "tests/formats/random_datasets.h"
#include "tests/formats/view_counters.h"

namespace annofs::testing {
namespace {

constexpr const char* kYoloTrees[] = {"yolo", "yolo-seg", "yolo-obb", "yolo-pose", "roboflow-yolo"};

std::vector<std::string> Words(absl::string_view text, absl::string_view between) {
  return absl::StrSplit(text, absl::ByAnyChar(between), absl::SkipEmpty());
}

double Number(absl::string_view text) {
  double number = NAN;
  EXPECT_TRUE(absl::SimpleAtod(text, &number)) << text;
  return number;
}

class TrainRulesTest : public ::testing::TestWithParam<DatasetCase> {
 protected:
  Files FilesIn(absl::string_view view) const { return FilesOf(Described(view, *data_), *data_); }

  // A box of numbers has an area, and is in the image of that stem.
  void ExpectInImage(absl::string_view stem, double left, double top, double right,
                     double bottom) const {
    const Frame frame = data_->GetFrame(data_->FindStem(stem)->value()).value();
    EXPECT_GE(left, 0) << stem;
    EXPECT_GE(top, 0) << stem;
    EXPECT_LT(left, right) << stem;
    EXPECT_LT(top, bottom) << stem;
    EXPECT_LE(right, frame.width + 1e-9) << stem;
    EXPECT_LE(bottom, frame.height + 1e-9) << stem;
  }

  void ExpectCocoAnnotation(JsonValue one, absl::string_view stem, size_t categories) const {
    EXPECT_GE(one.IntOr("category_id", 0), 1);
    EXPECT_LE(one.IntOr("category_id", 0), int64_t(categories));
    EXPECT_EQ(one.IntOr("iscrowd", -1), 0);
    EXPECT_GT(one.DoubleOr("area", 0), 0);
    std::vector<double> box;
    for (size_t i = 0; i < one["bbox"].size(); ++i) box.push_back(*one["bbox"][i].AsDouble());
    ASSERT_EQ(box.size(), 4u);
    ExpectInImage(stem, box[0], box[1], box[0] + box[2], box[1] + box[3]);
    const JsonValue segmentation = one["segmentation"];
    if (segmentation.is_object()) {
      int64_t pixels = 0;
      for (size_t i = 0; i < segmentation["counts"].size(); ++i)
        pixels += *segmentation["counts"][i].AsInt();
      EXPECT_EQ(pixels, *segmentation["size"][0].AsInt() * *segmentation["size"][1].AsInt());
      return;
    }
    EXPECT_GT(segmentation.size(), 0u);
    for (size_t i = 0; i < segmentation.size(); ++i) {
      EXPECT_GE(segmentation[i].size(), 6u);
      EXPECT_EQ(segmentation[i].size() % 2, 0u);
    }
  }

  std::unique_ptr<Dataset> data_ = GetParam().make();
};

TEST_P(TrainRulesTest, CocoHasWholeIdsFromOneAndObjectsWithAnArea) {
  for (const char* view : {"coco", "coco-keypoints", "roboflow-coco"}) {
    SCOPED_TRACE(view);
    for (const auto& [path, text] : FilesIn(view)) {
      if (!absl::EndsWith(path, ".json")) continue;
      const JsonDocument document = ParsedJson(text);
      const JsonValue categories = document.root()["categories"];
      for (size_t i = 0; i < categories.size(); ++i)
        EXPECT_EQ(categories[i].IntOr("id", 0), int64_t(i) + 1);
      const JsonValue images = document.root()["images"];
      const JsonValue annotations = document.root()["annotations"];
      for (size_t i = 0; i < annotations.size(); ++i) {
        EXPECT_EQ(annotations[i].IntOr("id", 0), int64_t(i) + 1);
        const int64_t image = annotations[i].IntOr("image_id", 0);
        ASSERT_TRUE(image >= 1 && image <= int64_t(images.size())) << image;
        const std::string stem = StemOf(images[size_t(image) - 1].StringOr("file_name", ""));
        ExpectCocoAnnotation(annotations[i], stem, categories.size());
      }
    }
  }
}

// Loaders open what is named.
TEST_P(TrainRulesTest, ImagesThatCocoAndVocAndKittiNameAreThere) {
  if (data_->WithMedia()->empty()) return;
  for (const char* view : {"coco", "coco-keypoints", "roboflow-coco"}) {
    const Files files = FilesIn(view);
    for (const auto& [path, text] : files) {
      if (!absl::EndsWith(path, ".json")) continue;
      std::string part = Words(path, "/")[0];
      if (part == "annotations") part = StemOf(path).substr(StemOf(path).find('_') + 1);
      if (view == std::string("coco-keypoints")) part = part.substr(part.find('_') + 1);
      const JsonDocument document = ParsedJson(text);
      const JsonValue images = document.root()["images"];
      for (size_t i = 0; i < images.size(); ++i) {
        EXPECT_TRUE(files.contains(absl::StrCat(part, "/", images[i].StringOr("file_name", ""))))
            << view << " " << part << " " << images[i].StringOr("file_name", "");
      }
    }
  }
  const Files voc = FilesIn("voc"), kitti = FilesIn("kitti");
  for (const auto& [path, text] : voc) {
    if (!absl::StrContains(path, "/ImageSets/")) continue;
    for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
      const std::string stem = Words(line, " ")[0];
      EXPECT_TRUE(voc.contains(absl::StrCat("VOCdevkit/VOC2012/JPEGImages/", stem, ".jpg")));
      EXPECT_TRUE(voc.contains(absl::StrCat("VOCdevkit/VOC2012/Annotations/", stem, ".xml")));
      if (absl::StrContains(path, "/Segmentation/")) {
        EXPECT_TRUE(
            voc.contains(absl::StrCat("VOCdevkit/VOC2012/SegmentationClass/", stem, ".png")));
      }
    }
  }
  std::set<std::string> images;
  for (const auto& [path, text] : kitti) {
    if (absl::StartsWith(path, "training/image_2/")) images.insert(StemOf(path));
  }
  for (const auto& [path, text] : kitti) {
    if (!absl::StartsWith(path, "ImageSets/")) continue;
    for (const std::string& stem : Words(text, "\n")) EXPECT_TRUE(images.contains(stem)) << stem;
  }
}

TEST_P(TrainRulesTest, RowsOfKittiAndVocAndHfHaveAnAreaInsideTheImage) {
  for (const auto& [path, text] : FilesIn("kitti")) {
    if (!absl::StrContains(path, "label_2/")) continue;
    for (const std::string& line : Words(text, "\n")) {
      const std::vector<std::string> columns = Words(line, " ");
      ASSERT_EQ(columns.size(), 15u) << line;
      ExpectInImage(StemOf(path), Number(columns[4]), Number(columns[5]), Number(columns[6]),
                    Number(columns[7]));
    }
  }
  for (const auto& [path, text] : FilesIn("voc")) {
    if (!absl::StrContains(path, "/Annotations/")) continue;
    const std::vector<std::string> objects = absl::StrSplit(text, "<bndbox>");
    for (size_t i = 1; i < objects.size(); ++i) {
      double sides[4];
      const char* names[] = {"<xmin>", "<ymin>", "<xmax>", "<ymax>"};
      for (size_t side = 0; side < 4; ++side) {
        const size_t at = objects[i].find(names[side]) + 6;
        sides[side] = Number(objects[i].substr(at, objects[i].find('<', at) - at));
      }
      ExpectInImage(StemOf(path), sides[0] - 1, sides[1] - 1, sides[2], sides[3]);
    }
  }
  for (const auto& [path, text] : FilesIn("hf")) {
    if (!absl::EndsWith(path, ".jsonl")) continue;
    for (const std::string& line : Words(text, "\n")) {
      const JsonDocument row = ParsedJson(line);
      const JsonValue boxes = row.root()["objects"]["bbox"];
      for (size_t i = 0; i < boxes.size(); ++i) {
        const double left = *boxes[i][0].AsDouble(), top = *boxes[i][1].AsDouble();
        ExpectInImage(StemOf(row.root().StringOr("file_name", "")), left, top,
                      left + *boxes[i][2].AsDouble(), top + *boxes[i][3].AsDouble());
      }
    }
  }
}

TEST_P(TrainRulesTest, RowsOfMotHaveAnAreaAndNoTrackIsTwiceOnAFrame) {
  for (const auto& [path, text] : FilesIn("mot")) {
    if (!absl::EndsWith(path, "gt.txt")) continue;
    for (const std::string& line : Words(text, "\n")) {
      const std::vector<std::string> columns = Words(line, ",");
      ASSERT_EQ(columns.size(), 9u) << line;
      EXPECT_GE(Number(columns[0]), 1) << line;
      EXPECT_GE(Number(columns[1]), 1) << line;
      EXPECT_GT(Number(columns[4]), 0) << line;
      EXPECT_GT(Number(columns[5]), 0) << line;
      EXPECT_GE(Number(columns[7]), 1) << line;
    }
  }
}

// The trainer of Ultralytics finds labels by putting /labels/ for the last /images/ of a path, its
// cache by what stands before a dot of a directory's name, and its task by a directory `masks`.
TEST_P(TrainRulesTest, PathsOfYoloAreThoseThatItsTrainerCanTell) {
  for (const char* view : kYoloTrees) {
    SCOPED_TRACE(view);
    const Files files = FilesIn(view);
    for (const auto& [path, text] : files) {
      const std::vector<std::string> parts = Words(path, "/");
      if (parts.size() == 1) continue;
      for (size_t i = 0; i + 1 < parts.size(); ++i) {
        EXPECT_EQ(parts[i].find('.'), std::string::npos) << path;
        EXPECT_NE(absl::AsciiStrToLower(parts[i]), "masks") << path;
      }
      const bool is_image = absl::StartsWith(text, "-> ");
      EXPECT_EQ(std::count(parts.begin(), parts.end() - 1, "images"), is_image ? 1 : 0) << path;
      EXPECT_EQ(std::count(parts.begin(), parts.end() - 1, "labels"), is_image ? 0 : 1) << path;
      if (!is_image) continue;
      std::string label = absl::StrCat("/", path.substr(0, path.rfind('.')), ".txt");
      label.replace(label.rfind("/images/"), 8, "/labels/");
      label.erase(0, 1);
      EXPECT_TRUE(files.contains(label)) << label;
    }
    if (files.empty()) continue;
    for (const std::string& line : Words(files.at("data.yaml"), "\n"))
      EXPECT_FALSE(absl::StartsWith(line, "path:")) << line;
  }
}

TEST_P(TrainRulesTest, LinesOfYoloHaveAWidthAndAHeight) {
  for (const char* view : kYoloTrees) {
    for (const auto& [path, text] : FilesIn(view)) {
      if (!absl::StrContains(path, "labels/")) continue;
      for (const std::string& line : Words(text, "\n")) {
        const std::vector<std::string> columns = Words(line, " ");
        const bool is_outline = absl::EndsWith(view, "-seg") || absl::EndsWith(view, "-obb");
        if (!is_outline) {
          EXPECT_GT(Number(columns[3]), 0) << line;
          EXPECT_GT(Number(columns[4]), 0) << line;
          continue;
        }
        std::set<std::string> xs, ys;
        for (size_t i = 1; i < columns.size(); ++i) (i % 2 == 1 ? xs : ys).insert(columns[i]);
        EXPECT_GT(xs.size(), 1u) << line;
        EXPECT_GT(ys.size(), 1u) << line;
      }
    }
  }
}

// As its trainer does it: numpy.unique() of class and box, which it makes of an outline.
TEST_P(TrainRulesTest, NoTwoOutlinesOfYoloHaveOneClassAndBox) {
  for (const char* view : {"yolo-seg", "yolo-obb"}) {
    for (const auto& [path, text] : FilesIn(view)) {
      if (!absl::StrContains(path, "labels/")) continue;
      std::set<std::vector<float>> seen;
      for (const std::string& line : Words(text, "\n")) {
        const std::vector<std::string> columns = Words(line, " ");
        float least[2] = {1, 1}, most[2] = {0, 0};
        for (size_t i = 1; i < columns.size(); ++i) {
          const size_t axis = (i + 1) % 2;
          least[axis] = std::min(least[axis], float(Number(columns[i])));
          most[axis] = std::max(most[axis], float(Number(columns[i])));
        }
        EXPECT_TRUE(seen.insert({float(Number(columns[0])), (least[0] + most[0]) / 2,
                                 (least[1] + most[1]) / 2, most[0] - least[0], most[1] - least[1]})
                        .second)
            << view << " " << path << ": " << line;
      }
    }
  }
}

TEST_P(TrainRulesTest, TrainAndValAreNeverWithoutImageWhereThereIsOne) {
  if (data_->WithMedia()->empty()) return;
  const std::pair<const char*, std::vector<std::string>> kParts[] = {
      {"yolo", {"images/train/", "images/val/"}},
      {"roboflow-yolo", {"train/images/", "valid/images/"}},
      {"coco", {"train/", "val/"}},
      {"coco-keypoints", {"train/", "val/"}},
      {"roboflow-coco", {"train/", "valid/"}},
      {"masks", {"images/train/", "images/val/"}}};
  for (const auto& [view, directories] : kParts) {
    const Files files = FilesIn(view);
    for (const std::string& directory : directories) {
      EXPECT_TRUE(std::any_of(files.begin(), files.end(),
                              [&](const auto& file) {
                                return absl::StartsWith(file.first, directory) &&
                                       absl::StartsWith(file.second, "-> ");
                              }))
          << view << " " << directory;
    }
  }
  const Files voc = FilesIn("voc"), kitti = FilesIn("kitti");
  for (const char* part : {"train", "val"}) {
    EXPECT_FALSE(voc.at(absl::StrCat("VOCdevkit/VOC2012/ImageSets/Main/", part, ".txt")).empty());
    EXPECT_FALSE(kitti.at(absl::StrCat("ImageSets/", part, ".txt")).empty());
  }
}

INSTANTIATE_TEST_SUITE_P(Datasets, TrainRulesTest, EveryDataset(), CaseName);
INSTANTIATE_TEST_SUITE_P(Random, TrainRulesTest, RandomDatasets<30>());

}  // namespace
}  // namespace annofs::testing
