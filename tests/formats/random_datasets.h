// Hostile datasets by number: every type of shape, beyond the edge, without area, twice, turned, in
// groups over labels and types, in tracks that are outside; frames without image, of unknown and
// absurd sizes, of videos and point clouds. As sinks get them: CheckShape() has mended or refused
// what no reader lets through, not-a-number among it.
#pragma once

#include <cmath>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "formats/shape_check.h"
#include "tests/formats/dataset_cases.h"

namespace annofs::testing {

class RandomDatasetMaker {
 public:
  explicit RandomDatasetMaker(uint32_t seed) : seed_(seed), random_(seed) {}

  std::unique_ptr<Dataset> Make() {
    AddTasks();
    AddLabels();
    const uint32_t frames = 1 + Below(seed_ % 3 == 0 ? 3 : 14);
    for (uint32_t i = 0; i < frames; ++i) AddFrame(i);
    // Of one dataset in four no image is there; of others most are.
    const bool has_images = seed_ % 4 != 0;
    return Finished(builder_,
                    [has_images](const Frame& frame) -> absl::StatusOr<std::optional<Media>> {
                      if (!has_images || frame.number % 4 == 1) return std::nullopt;
                      return Media{.key = absl::StrCat("bucket/", frame.name), .size = 7};
                    });
  }

 private:
  uint32_t Below(uint32_t limit) { return uint32_t(random_() % limit); }
  bool OneIn(uint32_t n) { return Below(n) == 0; }
  template <typename T>
  T OneOf(std::initializer_list<T> list) {
    return *(list.begin() + Below(uint32_t(list.size())));
  }

  void AddTasks() {
    tasks_ = 1 + Below(4);
    for (uint32_t i = 0; i < tasks_; ++i) {
      Task task{.name = absl::StrCat("task ", i % 3), .is_video = OneIn(2), .is_3d = OneIn(5)};
      if (seed_ % 5 == 0) task.subset = OneOf<const char*>({"", "Train", "masks", "valid", "x"});
      subsets_.push_back(task.subset);
      builder_.AddTask(task);
    }
  }

  void AddLabels() {
    builder_.AddLabel({.name = "car"});
    builder_.AddLabel({.name = "car"});
    if (seed_ % 2 == 0) {  // others have no skeletons
      builder_.AddLabel({.name = "person", .type = "skeleton"});
      builder_.AddLabel({.name = "nose", .parent = 2});
      builder_.AddLabel({.name = "knee", .parent = 2});
    }
    builder_.AddLabel({.name = ""});
    labels_ = seed_ % 2 == 0 ? 6 : 3;
  }

  void AddFrame(uint32_t number) {
    const auto [width, height] = OneOf<std::pair<uint32_t, uint32_t>>(
        {{100, 50}, {100, 50}, {8, 6}, {1, 1}, {0, 0}, {0, 50}, {300, 1}, {1000000, 1000000}});
    const uint32_t task = Below(tasks_);
    frame_ = builder_
                 .AddFrame({.name = absl::StrCat("d", Below(2), "/", Below(4), ".jpg"),
                            .number = number,
                            .task = task,
                            .width = width,
                            .height = height,
                            .subset = subsets_[task]})
                 .value();
    // An image too large to draw on has few shapes: their runs would be many.
    width_ = width > 1000 ? 100 : width;
    height_ = height > 1000 ? 50 : height;
    for (uint32_t shapes = OneIn(4) ? 0 : Below(25); shapes > 0; --shapes) AddShape();
  }

  double Coordinate(uint32_t side) {
    switch (Below(9)) {
      case 0:
        return 0;
      case 1:
        return side;
      case 2:
        return -double(Below(20));
      case 3:
        return side + double(Below(20));
      case 4:
        return Below(side + 1) + 0.000001 * Below(5);
      case 5:
        return Below(side * 1000 + 1) / 1000.0;
      case 6:
        return OneOf<double>({1e7, -1e7, NAN, INFINITY, 1e300, 0.004, 0.5});
      default:
        return Below(side + 1);
    }
  }

  std::vector<double> Points(size_t count) {
    std::vector<double> points;
    for (size_t i = 0; i < count; ++i) {
      points.push_back(Coordinate(width_));
      points.push_back(Coordinate(height_));
    }
    return points;
  }

  // Every second run is foreground.
  std::vector<double> MaskPoints() {
    const uint32_t width = 1 + Below(12), height = 1 + Below(8);
    std::vector<double> points;
    for (uint32_t left = width * height; left > 0;) {
      const uint32_t run = std::min(left, OneIn(5) ? 0u : 1 + Below(OneIn(3) ? 40 : 4));
      points.push_back(run);
      left -= run;
    }
    const double x = double(Below(width_ + 5)) - 3, y = double(Below(height_ + 5)) - 3;
    points.insert(points.end(), {x, y, x + width - 1, y + height - 1});
    return points;
  }

  std::vector<double> PointsOf(ShapeType type) {
    switch (type) {
      case ShapeType::kTag:
      case ShapeType::kSkeleton:
        return {};
      case ShapeType::kPolygon: {
        const double x = Below(width_ + 1), y = Below(height_ + 1);
        if (OneIn(4)) return {x, y, x + 4, y + 4, x + 4, y, x, y + 4};      // a figure eight
        if (OneIn(4)) return {x, y, x + 4, y + 4, x + 8, y, x + 4, y + 4};  // there and back
        return Points(3 + Below(5));
      }
      case ShapeType::kPolyline:
        return Points(2 + Below(3));
      case ShapeType::kPoints:
        return Points(1 + Below(3));
      case ShapeType::kCuboid:
        return Points(8);
      case ShapeType::kMask:
        return MaskPoints();
      default:
        return Points(2);
    }
  }

  Shape NewShape() {
    Shape shape{.type = ShapeType(Below(kShapeTypeCount)), .label = Below(labels_)};
    shape.points = PointsOf(shape.type);
    if (shape.type == ShapeType::kSkeleton) {
      for (uint32_t i = Below(4); i > 0; --i) {
        shape.elements.push_back({.type = ShapeType::kPoints,
                                  .label = Below(labels_),
                                  .occluded = OneIn(3),
                                  .outside = OneIn(3),
                                  .points = Points(1)});
      }
    }
    if (OneIn(3)) shape.rotation = OneOf({90.0, 45.0, 30.0, 359.99, -10.0, double(NAN)});
    return shape;
  }

  void AddShape() {
    Shape shape = !last_.empty() && OneIn(4) ? last_[Below(uint32_t(last_.size()))] : NewShape();
    if (OneIn(4)) shape.rotation = -shape.rotation;
    if (OneIn(4)) shape.label = Below(labels_);
    shape.z_order = int32_t(Below(3)) - 1;
    shape.group = int32_t(Below(4));
    shape.occluded = OneIn(2);
    shape.source = OneOf<const char*>({"", "manual", "auto"});
    shape.track = shape.type != ShapeType::kTag && OneIn(2) ? int32_t(Below(3)) : -1;
    shape.outside = shape.track >= 0 && OneIn(5);
    shape.keyframe = shape.outside;
    shape.attributes.clear();
    for (uint32_t i = Below(3); i > 0; --i) {
      shape.attributes.push_back({OneOf<const char*>({"a", "b", ""}),
                                  OneOf<std::string>({"1", "", std::string(300, 'v')})});
    }
    last_.push_back(shape);
    if (CheckShape(shape).keep) EXPECT_TRUE(builder_.AddShape(frame_, std::move(shape)).ok());
  }

  const uint32_t seed_;
  std::mt19937 random_;  // the same numbers everywhere
  DatasetBuilder builder_;
  std::vector<std::string> subsets_;
  std::vector<Shape> last_;
  uint32_t tasks_ = 0, labels_ = 0, frame_ = 0, width_ = 0, height_ = 0;
};

template <uint32_t seed>
std::unique_ptr<Dataset> RandomDataset() {
  return RandomDatasetMaker(seed).Make();
}

template <uint32_t... seeds>
std::vector<DatasetCase> RandomCases(std::integer_sequence<uint32_t, seeds...>) {
  return {DatasetCase{"", RandomDataset<seeds + 1>}...};
}
// For INSTANTIATE_TEST_SUITE_P: called by their numbers.
template <uint32_t count>
auto RandomDatasets() {
  return ::testing::ValuesIn(RandomCases(std::make_integer_sequence<uint32_t, count>()));
}

}  // namespace annofs::testing
