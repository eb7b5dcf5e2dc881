#include "formats/yolo_export_lines.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/box.h"
#include "formats/cvat_export.h"
#include "formats/item.h"

namespace annofs {
namespace {

constexpr absl::string_view kNoClass = "its label is no class of the format";
constexpr absl::string_view kNotInImage = "the format is for images, not for point clouds";
constexpr int kDecimals = 6;

// Datumaro's YoloExporter: more than this is a rotated box, also 359.99 degrees.
constexpr double kNotRotated = 0.00001;

// Python's `rotation % 360.0`: never negative.
bool IsRotated(double rotation) {
  double rest = std::fmod(rotation, 360.0);
  if (rest < 0) rest += 360.0;
  return rest > kNotRotated;
}

}  // namespace

absl::StatusOr<std::string> YoloLines::Render(const Dataset& data, Rank rank) const {
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(const FrameShapes all, data.Shapes(rank));
  std::string text;
  for (const Shape& shape : all.shapes) Append(data.info(), frame, shape, text);
  return text;
}

absl::StatusOr<bool> YoloLines::HasLines(const Dataset& data, Rank rank) const {
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
  if (frame.width == 0 || frame.height == 0) return false;
  ASSIGN_OR_RETURN(const FrameShapes all, data.Shapes(rank));
  std::string text;
  return std::any_of(all.shapes.begin(), all.shapes.end(), [&](const Shape& shape) {
    Append(data.info(), frame, shape, text);
    return !text.empty();
  });
}

std::vector<absl::string_view> YoloLines::WhyDropped(const DatasetInfo& info, const Frame& frame,
                                                     const FrameShapes& all) const {
  std::vector<absl::string_view> why;
  why.reserve(all.tags.size() + all.shapes.size());
  std::string text;
  for (const std::vector<Shape>* shapes : {&all.tags, &all.shapes}) {
    for (const Shape& shape : *shapes) {
      text.clear();
      why.push_back(Append(info, frame, shape, text));
    }
  }
  return why;
}

void YoloLines::AppendClass(const Shape& shape, std::string& out) const {
  absl::StrAppend(&out, classes_[shape.label]);
}

void YoloLines::AppendNumber(double value, std::string& out) {
  out += ' ';
  AppendFixed(value, kDecimals, &out);
}

absl::string_view YoloLines::Append(const DatasetInfo& info, const Frame& frame, const Shape& shape,
                                    std::string& out) const {
  if (shape.outside) return "";  // a track's end: no item shows it
  if (IsPointCloud(info, frame)) return kNotInImage;
  if (std::find(types_.begin(), types_.end(), shape.type) == types_.end()) return kTypeNotInFormat;
  if (classes_[shape.label] < 0) return kNoClass;
  if (frame.width == 0 || frame.height == 0) return kSizeNotKnown;
  return Write(info, frame, shape, out);
}

YoloBox YoloBoxOf(const Shape& rectangle) {
  const std::vector<double>& p = rectangle.points;
  return {Round2(p[0]), Round2(p[1]), Round2(p[0] + (p[2] - p[0])), Round2(p[1] + (p[3] - p[1]))};
}

YoloBoxLines::YoloBoxLines(const DatasetInfo& info)
    : YoloLines(TopLevelIndexes(info), {ShapeType::kRectangle}) {}

absl::string_view YoloBoxLines::Write(const DatasetInfo&, const Frame& frame, const Shape& shape,
                                      std::string& out) const {
  if (shape.points.size() < 4) return kTooFewPoints;
  if (IsRotated(shape.rotation)) return kRotationNotInFormat;
  const YoloBox box = YoloBoxOf(shape);
  const double width = frame.width, height = frame.height;
  AppendClass(shape, out);
  AppendNumber((box.left + box.right) / 2 / width, out);
  AppendNumber((box.top + box.bottom) / 2 / height, out);
  AppendNumber((box.right - box.left) / width, out);
  AppendNumber((box.bottom - box.top) / height, out);
  AppendTrack(shape, out);
  out += '\n';
  return "";
}

}  // namespace annofs
