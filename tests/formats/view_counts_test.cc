// Counts in are counts out and counts dropped: of every dataset, in every view that is not CVAT's
// (those: tests/golden). What a frame has and no reason keeps out of a view is what the view's
// files say, frame by frame. A view that is not in the table below fails.
#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <optional>

#include "absl/strings/match.h"
#include "formats/split.h"
#include "formats/train_frames.h"
#include "tests/formats/dataset_cases.h"
#include "tests/formats/random_datasets.h"
#include "tests/formats/view_counters.h"

namespace annofs::testing {
namespace {

// A frame, and why each of its tags, then each of its shapes, is not in a view.
struct Asked {
  const Dataset& data;
  Rank rank;
  FrameShapes all;
  std::vector<absl::string_view> why;
  absl::string_view why_frame;

  bool is_held(size_t shape) const { return why[all.tags.size() + shape].empty(); }
};

// Counting what a frame's files should have ----------------------------------------------------

bool IsOneOf(ShapeType type, std::initializer_list<ShapeType> types) {
  return std::find(types.begin(), types.end(), type) != types.end();
}

// The first of the shapes that are one object with this one: those of its group and label that have
// an area, where one of them has an outline. By comparing all with all.
size_t FirstOfObject(const std::vector<Shape>& shapes, size_t shape) {
  const auto is_in = [&](size_t other) {
    return shapes[other].group != 0 && shapes[other].group == shapes[shape].group &&
           shapes[other].label == shapes[shape].label &&
           IsOneOf(shapes[other].type, {ShapeType::kRectangle, ShapeType::kPolygon,
                                        ShapeType::kEllipse, ShapeType::kCuboid, ShapeType::kMask});
  };
  if (!is_in(shape)) return shape;
  bool has_outline = false;
  size_t first = shapes.size();
  for (size_t i = 0; i < shapes.size(); ++i) {
    if (!is_in(i)) continue;
    first = std::min(first, i);
    has_outline |=
        IsOneOf(shapes[i].type, {ShapeType::kPolygon, ShapeType::kEllipse, ShapeType::kMask});
  }
  return has_outline ? first : shape;
}

// Objects. Each stands for its shapes: all are held, or all dropped for one reason.
size_t Objects(const Asked& frame) {
  size_t objects = 0, shapes = 0;
  std::map<size_t, size_t> sizes;
  for (size_t i = 0; i < frame.all.shapes.size(); ++i) {
    const size_t first = FirstOfObject(frame.all.shapes, i);
    EXPECT_EQ(frame.why[frame.all.tags.size() + i], frame.why[frame.all.tags.size() + first]);
    if (!frame.is_held(i)) continue;
    objects += first == i;
    ++shapes;
    ++sizes[first];
  }
  size_t in_objects = 0;
  for (const auto& [first, size] : sizes) in_objects += size;
  EXPECT_EQ(in_objects, shapes);
  return objects;
}

size_t Held(const Asked& frame) {
  return size_t(std::count(frame.why.begin(), frame.why.end(), ""));
}

size_t HeldShapes(const Asked& frame) {
  return size_t(std::count(frame.why.begin() + long(frame.all.tags.size()), frame.why.end(), ""));
}

// One picture of a class, whatever says that it is of it.
size_t OnePicture(const Asked& frame) { return Held(frame) > 0; }

// Parts of a mask whose pixels touch, in the image: by filling each.
size_t RegionsOf(const Shape& mask, const Frame& frame) {
  const size_t runs = mask.points.size() - 4;
  const int64_t left = int64_t(mask.points[runs]), top = int64_t(mask.points[runs + 1]);
  const int64_t width = int64_t(mask.points[runs + 2]) - left + 1;
  std::set<std::pair<int64_t, int64_t>> pixels;
  int64_t at = 0;
  for (size_t i = 0; i < runs; ++i) {
    for (int64_t p = at; i % 2 == 1 && p < at + int64_t(mask.points[i]); ++p) {
      const int64_t x = left + p % width, y = top + p / width;
      if (x >= 0 && y >= 0 && x < frame.width && y < frame.height) pixels.emplace(x, y);
    }
    at += int64_t(mask.points[i]);
  }
  size_t regions = 0;
  while (!pixels.empty()) {
    ++regions;
    std::vector<std::pair<int64_t, int64_t>> open = {*pixels.begin()};
    pixels.erase(pixels.begin());
    while (!open.empty()) {
      const auto [x, y] = open.back();
      open.pop_back();
      for (int64_t dx = -1; dx <= 1; ++dx) {
        for (int64_t dy = -1; dy <= 1; ++dy) {
          if (pixels.erase({x + dx, y + dy}) > 0) open.emplace_back(x + dx, y + dy);
        }
      }
    }
  }
  return regions;
}

// Shapes of labelme: points one by one, masks by their regions; tags are flags by name.
size_t LabelmeShapes(const Asked& frame) {
  std::set<std::string> flags;
  for (size_t i = 0; i < frame.all.tags.size(); ++i) {
    if (frame.why[i].empty()) flags.insert(frame.data.info().labels[frame.all.tags[i].label].name);
  }
  size_t shapes = flags.size();
  const Frame info = frame.data.GetFrame(frame.rank).value();
  for (size_t i = 0; i < frame.all.shapes.size(); ++i) {
    if (!frame.is_held(i)) continue;
    const Shape& shape = frame.all.shapes[i];
    switch (shape.type) {
      case ShapeType::kPoints:
        shapes += shape.points.size() / 2;
        break;
      case ShapeType::kSkeleton:
        for (const Shape& element : shape.elements)
          shapes += element.outside ? 0 : element.points.size() / 2;
        break;
      case ShapeType::kMask:
        shapes += RegionsOf(shape, info);
        break;
      default:
        ++shapes;
    }
  }
  return shapes;
}

// Rows in by-attribute: one for each attribute with a value; the first 255 bytes of a value are all
// that it may have.
size_t AttributeRows(const Asked& frame) {
  size_t rows = 0;
  const size_t tags = frame.all.tags.size();
  for (size_t i = 0; i < frame.why.size(); ++i) {
    const Shape& shape = i < tags ? frame.all.tags[i] : frame.all.shapes[i - tags];
    std::set<std::pair<std::string, std::string>> pairs;
    for (const Attribute& attribute : shape.attributes) {
      if (attribute.value.size() <= 255) pairs.emplace(attribute.name, attribute.value);
    }
    EXPECT_EQ(pairs.empty(), !frame.why[i].empty());
    rows += pairs.size();
  }
  return rows;
}

// The table -------------------------------------------------------------------------------------

enum class By : uint8_t {
  kStem,          // each place of a frame has its count
  kSidecar,       // the same
  kSidecarInSum,  // all places of a frame have it together
  kNothing        // all frames have it together
};

struct ViewCount {
  absl::string_view view;
  By by;
  Found (*found)(const Files&, const Dataset&);
  size_t (*wanted)(const Asked&);
};

constexpr ViewCount kCounts[] = {
    {"yolo", By::kStem, FoundInYolo, Objects},
    {"yolo-seg", By::kStem, FoundInYolo, Objects},
    {"yolo-obb", By::kStem, FoundInYolo, Objects},
    {"yolo-pose", By::kStem, FoundInYolo, Objects},
    {"roboflow-yolo", By::kStem, FoundInYolo, Objects},
    {"coco", By::kStem, FoundInCoco, Objects},
    {"coco-keypoints", By::kStem, FoundInCoco, Objects},
    {"roboflow-coco", By::kStem, FoundInCoco, Objects},
    {"hf", By::kStem, FoundInHf, Objects},
    {"voc", By::kStem, FoundInVoc, Objects},
    {"kitti", By::kStem, FoundInKitti, Objects},
    {"masks", By::kStem, FoundInMasks, Objects},
    {"mot", By::kNothing, FoundInMot, HeldShapes},
    {"imagefolder", By::kStem, FoundInFolders, OnePicture},
    {"yolo-cls", By::kStem, FoundInFolders, OnePicture},
    {"labelme", By::kSidecar, FoundInLabelme, LabelmeShapes},
    {"wds", By::kStem, FoundInWds, Held},
    {"by-frame", By::kSidecar, FoundInTables<0>, Held},
    {"by-job", By::kSidecar, FoundInTables<1>, Held},
    {"by-subset", By::kSidecar, FoundInTables<1>, Held},
    {"by-class", By::kSidecarInSum, FoundInTables<1>, Held},
    {"by-source", By::kSidecarInSum, FoundInTables<1>, Held},
    {"by-track", By::kSidecarInSum, FoundInTables<2>, Held},
    {"by-attribute", By::kSidecarInSum, FoundInTables<3>, AttributeRows},
};

const ViewCount* CountOf(absl::string_view view) {
  for (const ViewCount& count : kCounts) {
    if (count.view == view) return &count;
  }
  return nullptr;
}

class ViewCountsTest : public ::testing::TestWithParam<DatasetCase> {
 protected:
  Asked Ask(const Writer& writer, Rank rank) const {
    Asked asked{.data = *data_, .rank = rank, .all = data_->Shapes(rank).value()};
    asked.why = WhyNotIn(writer, *data_, rank, data_->GetFrame(rank).value(), asked.all).value();
    asked.why_frame = writer.WhyFrameDropped(*data_, rank).value();
    const size_t count = asked.all.tags.size() + asked.all.shapes.size();
    if (asked.why.empty()) asked.why.resize(count);
    EXPECT_EQ(asked.why.size(), count);
    return asked;
  }

  // A frame that is in train and in val counts twice.
  size_t PartsWith(Rank rank) const {
    size_t parts = 0;
    for (const SplitPart& part : parts_) parts += part.frames.Contains(rank);
    return parts;
  }

  void ExpectBalance(const Writer& writer, const ViewCount& count) const {
    Found found = count.found(FilesOf(Described(count.view, *data_), *data_), *data_);
    size_t total = 0;
    for (Rank rank = 0; rank < data_->frame_count(); ++rank) {
      const Asked asked = Ask(writer, rank);
      const FrameNames names = data_->Names(rank).value();
      SCOPED_TRACE(names.path);
      const size_t wanted = count.wanted(asked);
      total += wanted * PartsWith(rank);
      if (count.by == By::kNothing) continue;
      const std::string key = count.by == By::kStem ? names.stem : std::string(names.sidecar());
      const auto [begin, end] = found.equal_range(key);
      if (!asked.why_frame.empty()) EXPECT_EQ(begin, end) << asked.why_frame;
      if (wanted > 0) EXPECT_NE(begin, end) << "it is nowhere";
      size_t sum = 0;
      for (auto it = begin; it != end; ++it) {
        sum += it->second;
        if (count.by != By::kSidecarInSum) EXPECT_EQ(it->second, wanted);
      }
      if (count.by == By::kSidecarInSum) EXPECT_EQ(sum, wanted);
      found.erase(begin, end);
    }
    if (count.by == By::kNothing) {
      EXPECT_EQ(found.begin()->second, total);
    } else {
      EXPECT_TRUE(found.empty()) << "files of no frame: " << found.begin()->first;
    }
  }

  std::unique_ptr<Dataset> data_ = GetParam().make();
  std::vector<SplitPart> parts_ = Split(*data_).value();
};

TEST_P(ViewCountsTest, WhatIsNotDroppedIsInTheFiles) {
  for (const std::unique_ptr<Writer>& writer : NewWriters()) {
    const std::string view(writer->Info().name);
    if (absl::StartsWith(view, "cvat/")) continue;
    SCOPED_TRACE(view);
    const ViewCount* count = CountOf(view);
    ASSERT_NE(count, nullptr) << "a view whose objects nobody counts";
    ExpectBalance(*writer, *count);
  }
}

// Loaders open what is listed.
TEST_P(ViewCountsTest, FramesWithoutImageAreDroppedWhereOthersHaveOne) {
  const RankSet with = data_->WithMedia().value();
  for (const char* view :
       {"coco", "coco-keypoints", "roboflow-coco", "voc", "kitti", "masks", "mot"}) {
    const std::unique_ptr<Writer> writer = WriterNamed(view);
    for (Rank rank = 0; rank < data_->frame_count(); ++rank) {
      EXPECT_EQ(writer->WhyFrameDropped(*data_, rank).value(),
                with.empty() || with.Contains(rank) ? "" : kNoImage)
          << view << " " << rank;
    }
  }
}

// Of these nothing is left without images.
TEST_P(ViewCountsTest, ViewsOfImagesDropFramesWithoutOne) {
  const RankSet with = data_->WithMedia().value();
  for (const char* view : {"hf", "imagefolder", "yolo-cls"}) {
    const std::unique_ptr<Writer> writer = WriterNamed(view);
    for (Rank rank = 0; rank < data_->frame_count(); ++rank) {
      EXPECT_EQ(writer->WhyFrameDropped(*data_, rank).value(), with.Contains(rank) ? "" : kNoImage)
          << view << " " << rank;
    }
  }
}

TEST_P(ViewCountsTest, AFolderOfImagesIsOfOneLabel) {
  for (const char* view : {"imagefolder", "yolo-cls"}) {
    const std::unique_ptr<Writer> writer = WriterNamed(view);
    const Files files = FilesOf(Described(view, *data_), *data_);
    std::map<std::string, std::set<uint32_t>> labels;  // by folder
    std::map<uint32_t, std::set<std::string>> folders;
    for (const auto& [path, text] : files) {
      const std::vector<std::string> parts = absl::StrSplit(path, '/');
      ASSERT_EQ(parts.size(), 3u) << path;
      const Asked asked = Ask(*writer, data_->FindStem(StemOf(path))->value());
      for (size_t i = 0; i < asked.why.size(); ++i) {
        if (!asked.why[i].empty()) continue;
        const size_t tags = asked.all.tags.size();
        const uint32_t label =
            i < tags ? asked.all.tags[i].label : asked.all.shapes[i - tags].label;
        labels[parts[1]].insert(label);
        folders[label].insert(parts[1]);
      }
    }
    for (const auto& [folder, of] : labels) EXPECT_EQ(of.size(), 1u) << view << " " << folder;
    for (const auto& [label, of] : folders) EXPECT_EQ(of.size(), 1u) << view << " " << label;
  }
}

INSTANTIATE_TEST_SUITE_P(Datasets, ViewCountsTest, EveryDataset(), CaseName);

INSTANTIATE_TEST_SUITE_P(Random, ViewCountsTest, RandomDatasets<40>());

}  // namespace
}  // namespace annofs::testing
