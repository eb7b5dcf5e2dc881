// Trees that Ultralytics' trainers read as they are (reference/training-tools.md §1.1, §1.4):
// data.yaml without `path:`, lists with `./images/…`, flat unique stems, an empty label file for a
// frame without objects. What the tasks differ in is how an object becomes a line. Pure.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "formats/layout.h"
#include "formats/train_objects.h"

namespace annofs {

// The line of an object behind its class number, with its end, or why it has none.
struct TrainLine {
  std::string text;
  std::string box;  // of an outline, as WrittenBox(); else empty
  absl::string_view why_not;
};

// Immutable, thread safe; holds no pointer to the dataset.
class YoloTrainLines {
 public:
  virtual ~YoloTrainLines() = default;

  // A label file.
  absl::StatusOr<std::string> Render(const Dataset& data, Rank rank) const;
  // As Writer::WhyDropped(). A line that is there already is dropped as the trainer would: of
  // outlines it compares the boxes alone.
  std::vector<absl::string_view> WhyDropped(const DatasetInfo& info, const Frame& frame,
                                            const FrameShapes& all) const;

  // The class numbers of labels, -1 for those that are none.
  const std::vector<int>& classes() const { return classes_; }

 protected:
  explicit YoloTrainLines(std::vector<int> classes) : classes_(std::move(classes)) {}

 private:
  // Its type and label are of the task, and WhyNoArea() is "".
  virtual TrainLine LineOf(const Frame& frame, const FrameShapes& all,
                           const TrainObject& object) const = 0;
  // What no two objects of a frame have alike.
  std::string KeyOf(const TrainObject& object, const TrainLine& line) const;
  TrainLine Line(const DatasetInfo& info, const Frame& frame, const FrameShapes& all,
                 const TrainObject& object) const;

  const std::vector<int> classes_;
};

// " 0.123456" for each pair of pixels, divided by the width and the height.
void AppendRelative(const Frame& frame, const double* points, size_t size, std::string* text);
// " cx cy w h"; false: it would be written as a box without width or height.
bool AppendRelativeBox(const Frame& frame, const Box& box, std::string* text);
// " x y" for each point of an outline; false: its box would be without width or height.
bool AppendRelativeOutline(const Frame& frame, const double* points, size_t size,
                           std::string* text);
// The sides of the box around an outline as its line has them.
std::string WrittenBox(const Frame& frame, const double* points, size_t size);
inline constexpr absl::string_view kTooSmallForSixDigits = "too small for six digits";

// An upright box for everything that has an area: `class cx cy w h`.
std::shared_ptr<const YoloTrainLines> NewYoloTrainBoxes(const DatasetInfo& info);

enum class YoloTreeForm : uint8_t {
  kUltralytics,  // images/train, labels/train, images/val, …; train.txt
  kRoboflow      // train/images, train/labels, valid/images, …
};

// `extra`: lines of data.yaml besides parts and names.
absl::Status DescribeYoloTree(const Dataset& data, std::shared_ptr<const YoloTrainLines> lines,
                              std::string extra, YoloTreeForm form, Layout& tree);

// The text as a scalar in double quotes, for YAML's parsers.
std::string QuotedYaml(absl::string_view text);

}  // namespace annofs
