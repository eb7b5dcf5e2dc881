// Lines of label files as CVAT's YOLO 1.1 and Ultralytics exports have them (reference/cvat.md
// §9.4; Datumaro: YoloExporter and its subclasses): one or more for a shape, in the order of items
// (§9.2), numbers relative to the size of the image. What the formats differ in is a subclass each.
// Immutable, thread safe; holds no pointer to the dataset.
#pragma once

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"

namespace annofs {

class YoloLines {
 public:
  virtual ~YoloLines() = default;

  // The class number of each label, -1 for those that are no class.
  const std::vector<int>& classes() const { return classes_; }
  // The types that may have lines.
  const std::vector<ShapeType>& types() const { return types_; }
  // Those of them that are drawn to find their lines.
  virtual std::vector<ShapeType> DrawnTypes() const { return {}; }

  // The label file of a frame; and whether it is not empty.
  absl::StatusOr<std::string> Render(const Dataset& data, Rank rank) const;
  absl::StatusOr<bool> HasLines(const Dataset& data, Rank rank) const;
  // As Writer::WhyDropped().
  std::vector<absl::string_view> WhyDropped(const DatasetInfo& info, const Frame& frame,
                                            const FrameShapes& all) const;

 protected:
  YoloLines(std::vector<int> classes, std::vector<ShapeType> types)
      : classes_(std::move(classes)), types_(std::move(types)) {}

  // Of these the shape is of one of the types and not outside, its label is a class, the size of
  // the image is known.
  // Appends the lines of a shape, or answers why it has none.
  virtual absl::string_view Write(const DatasetInfo& info, const Frame& frame, const Shape& shape,
                                  std::string& out) const = 0;
  // What Write() answers. Formats that can tell it without the lines do.
  virtual absl::string_view WhyNot(const DatasetInfo& info, const Frame& frame,
                                   const Shape& shape) const;

  // "3", then " 0.500000" for each number.
  void AppendClass(const Shape& shape, std::string& out) const;
  static void AppendNumber(double value, std::string& out);

 private:
  // Why a shape has no lines whatever its numbers are.
  absl::string_view WhyNotOfKind(const DatasetInfo& info, const Frame& frame,
                                 const Shape& shape) const;

  const std::vector<int> classes_;
  const std::vector<ShapeType> types_;
};

inline constexpr absl::string_view kTooFewPoints = "it has too few points for its type";

// The corners of a rectangle as Datumaro's Bbox keeps them: each rounded once, the far ones from
// x + width. REQUIRES: four points' numbers.
struct YoloBox {
  double left = 0, top = 0, right = 0, bottom = 0;
};
YoloBox YoloBoxOf(const Shape& rectangle);

// Boxes, `class cx cy w h`: YOLO 1.1 and Ultralytics Detection. Rotated ones have no line.
class YoloBoxLines : public YoloLines {
 public:
  explicit YoloBoxLines(const DatasetInfo& info);

 protected:
  absl::string_view Write(const DatasetInfo& info, const Frame& frame, const Shape& shape,
                          std::string& out) const override;
  absl::string_view WhyNot(const DatasetInfo& info, const Frame& frame,
                           const Shape& shape) const override;
  // What follows the numbers of a line; nothing here.
  virtual void AppendTrack(const Shape&, std::string&) const {}
};

}  // namespace annofs
