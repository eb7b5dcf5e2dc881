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
  for (const Shape& shape : all.shapes) {
    if (shape.outside || !WhyNotOfKind(data.info(), frame, shape).empty()) continue;
    Write(data.info(), frame, shape, text);
  }
  return text;
}

absl::StatusOr<bool> YoloLines::HasLines(const Dataset& data, Rank rank) const {
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
  if (frame.width == 0 || frame.height == 0) return false;
  ASSIGN_OR_RETURN(const FrameShapes all, data.Shapes(rank));
  return std::any_of(all.shapes.begin(), all.shapes.end(), [&](const Shape& shape) {
    return !shape.outside && WhyNotOfKind(data.info(), frame, shape).empty() &&
           WhyNot(data.info(), frame, shape).empty();
  });
}

std::vector<absl::string_view> YoloLines::WhyDropped(const DatasetInfo& info, const Frame& frame,
                                                     const FrameShapes& all) const {
  std::vector<absl::string_view> why;
  why.reserve(all.tags.size() + all.shapes.size());
  for (const std::vector<Shape>* shapes : {&all.tags, &all.shapes}) {
    for (const Shape& shape : *shapes) {
      // A track's end: no item shows it.
      why.push_back(shape.outside ? "" : WhyNotOfKind(info, frame, shape));
      if (!shape.outside && why.back().empty()) why.back() = WhyNot(info, frame, shape);
    }
  }
  return why;
}

absl::string_view YoloLines::WhyNot(const DatasetInfo& info, const Frame& frame,
                                    const Shape& shape) const {
  std::string lines;
  return Write(info, frame, shape, lines);
}

void YoloLines::AppendClass(const Shape& shape, std::string& out) const {
  absl::StrAppend(&out, classes_[shape.label]);
}

void YoloLines::AppendNumber(double value, std::string& out) {
  out += ' ';
  AppendFixed(value, kDecimals, &out);
}

absl::string_view YoloLines::WhyNotOfKind(const DatasetInfo& info, const Frame& frame,
                                          const Shape& shape) const {
  if (IsPointCloud(info, frame)) return kNotForPointClouds;
  if (std::find(types_.begin(), types_.end(), shape.type) == types_.end()) return kTypeNotInFormat;
  if (classes_[shape.label] < 0) return kNoClass;
  if (frame.width == 0 || frame.height == 0) return kSizeNotKnown;
  return "";
}

YoloBox YoloBoxOf(const Shape& rectangle) {
  const std::vector<double>& p = rectangle.points;
  return {Round2(p[0]), Round2(p[1]), Round2(p[0] + (p[2] - p[0])), Round2(p[1] + (p[3] - p[1]))};
}

YoloBoxLines::YoloBoxLines(const DatasetInfo& info)
    : YoloLines(TopLevelIndexes(info), {ShapeType::kRectangle}) {}

absl::string_view YoloBoxLines::WhyNot(const DatasetInfo&, const Frame&, const Shape& shape) const {
  if (shape.points.size() < 4) return kTooFewPoints;
  return IsRotated(shape.rotation) ? kRotationNotInFormat : "";
}

absl::string_view YoloBoxLines::Write(const DatasetInfo& info, const Frame& frame,
                                      const Shape& shape, std::string& out) const {
  const absl::string_view why_not = WhyNot(info, frame, shape);
  if (!why_not.empty()) return why_not;
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
