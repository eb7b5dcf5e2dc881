#include "formats/yolo_labels.h"

#include <limits>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/oriented_box.h"
#include "formats/shape_check.h"
#include "formats/text_table.h"

namespace annofs {
namespace {

using Fields = std::vector<absl::string_view>;

absl::Status Bad(absl::string_view what) { return absl::InvalidArgumentError(what); }

absl::StatusOr<double> Coordinate(absl::string_view field, double size) {
  std::optional<double> value = Number(field);
  if (!value) return Bad(absl::StrCat("'", field.substr(0, 32), "' is no finite number"));
  return *value * size;
}

class Lines {
 public:
  Lines(const YoloRules& rules, const ClassList& classes, const ExportFrame& frame)
      : rules_(rules), classes_(classes), frame_(frame) {}

  absl::StatusOr<Shape> Parse(const Fields& fields) {
    std::optional<int64_t> number = Integer(fields[0]);
    if (!number) return Bad(absl::StrCat("class '", fields[0].substr(0, 32), "' is no number"));
    std::optional<uint32_t> label = classes_.Label(*number);
    if (!label)
      return Bad(absl::StrCat("class ", *number, " is not among the ", classes_.size(),
                              " that are named"));
    ASSIGN_OR_RETURN(Shape shape, ParseShape(fields, *label));
    shape.label = *label;
    return shape;
  }

 private:
  absl::StatusOr<Shape> ParseShape(const Fields& fields, uint32_t label) {
    if (rules_.points > 0) return ParseSkeleton(fields, label);
    size_t count = fields.size();
    if (count == 5) return ParseBox(fields);
    if (!rules_.boxes_only && count == 6) return ParseTrackedBox(fields);
    if (!rules_.boxes_only && count == 9 && rules_.nine_is_box) return ParseCorners(fields);
    if (!rules_.boxes_only && count >= 7 && count % 2 == 1) return ParsePolygon(fields);
    return Bad(absl::StrCat("a line of ", count, " fields, wanted ",
                            rules_.boxes_only ? "5" : "5, 6, or an odd count from 7 on"));
  }

  // The order of operations is CVAT's importer's, so that the last digits are its own.
  absl::StatusOr<Shape> ParseBox(const Fields& fields) {
    double values[4];
    for (size_t i = 0; i < 4; ++i) {
      ASSIGN_OR_RETURN(values[i], Coordinate(fields[i + 1], 1));
    }
    double x = (values[0] - values[2] * 0.5) * frame_.width;
    double y = (values[1] - values[3] * 0.5) * frame_.height;
    double width = values[2] * frame_.width, height = values[3] * frame_.height;
    return Shape{.type = ShapeType::kRectangle, .points = {x, y, x + width, y + height}};
  }

  absl::StatusOr<Shape> ParseTrackedBox(const Fields& fields) {
    std::optional<int64_t> track = Integer(fields[5]);
    if (!track || *track < 0 || *track > std::numeric_limits<int32_t>::max())
      return Bad(absl::StrCat("'", fields[5].substr(0, 32), "' is no track id"));
    ASSIGN_OR_RETURN(Shape shape, ParseBox(fields));
    shape.track = int32_t(*track);
    shape.keyframe = true;
    return shape;
  }

  absl::StatusOr<Shape> ParseCorners(const Fields& fields) {
    std::array<double, 8> corners;
    for (size_t i = 0; i < corners.size(); ++i) {
      ASSIGN_OR_RETURN(corners[i], Coordinate(fields[i + 1], Size(i)));
    }
    OrientedBox box = BoxOfCorners(corners);
    return Shape{.type = ShapeType::kRectangle,
                 .rotation = box.rotation,
                 .points = {box.left, box.top, box.right, box.bottom}};
  }

  absl::StatusOr<Shape> ParsePolygon(const Fields& fields) {
    Shape shape{.type = ShapeType::kPolygon};
    shape.points.resize(fields.size() - 1);
    for (size_t i = 0; i + 1 < fields.size(); ++i) {
      ASSIGN_OR_RETURN(shape.points[i], Coordinate(fields[i + 1], Size(i)));
    }
    return shape;
  }

  // The box of the line follows from the points and is not kept.
  absl::StatusOr<Shape> ParseSkeleton(const Fields& fields, uint32_t label) {
    const std::vector<uint32_t>& parts = rules_.point_labels.at(label);
    if (fields.size() != 5 + parts.size() * rules_.point_values)
      return Bad(absl::StrCat("a line of ", fields.size(), " fields, wanted ",
                              5 + parts.size() * rules_.point_values));
    Shape skeleton{.type = ShapeType::kSkeleton};
    for (size_t i = 0; i < parts.size(); ++i) {
      const absl::string_view* point = &fields[5 + i * rules_.point_values];
      Shape element{.type = ShapeType::kPoints, .label = parts[i]};
      ASSIGN_OR_RETURN(double x, Coordinate(point[0], frame_.width));
      ASSIGN_OR_RETURN(double y, Coordinate(point[1], frame_.height));
      element.points = {x, y};
      if (rules_.point_values == 3) RETURN_IF_ERROR(SetVisibility(point[2], element));
      skeleton.elements.push_back(std::move(element));
    }
    return skeleton;
  }

  // 0 absent, 1 hidden, 2 visible (§9.2 step 4).
  static absl::Status SetVisibility(absl::string_view field, Shape& element) {
    std::optional<double> value = Number(field);
    if (!value || (*value != 0 && *value != 1 && *value != 2))
      return Bad(absl::StrCat("visibility '", field.substr(0, 32), "' is not 0, 1 or 2"));
    element.outside = *value == 0;
    element.occluded = *value == 1;
    return absl::OkStatus();
  }

  double Size(size_t index) const { return index % 2 == 0 ? frame_.width : frame_.height; }

  const YoloRules& rules_;
  const ClassList& classes_;
  const ExportFrame& frame_;
};

// Of one label file.
class LabelFile {
 public:
  LabelFile(const YoloRules& rules, const ClassList& classes, const ExportTree& tree,
            const ExportFile& file, const ExportFrame& frame, ExportFrames& frames,
            DatasetSink& sink)
      : lines_(rules, classes, frame),
        tree_(tree),
        file_(file),
        frame_(frame),
        frames_(frames),
        sink_(sink) {}

  absl::Status Read(absl::string_view text) {
    absl::Status status;
    Fields fields;
    ForEachLine(text, [&](absl::string_view line, uint64_t number) {
      if (status.ok()) status = ReadLine(line, number, fields);
    });
    return status;
  }

 private:
  absl::Status ReadLine(absl::string_view line, uint64_t number, Fields& fields) {
    if (!SplitBlanks(line, fields)) return Report(number, "a line of too many fields");
    if (fields.empty()) return absl::OkStatus();
    if (frame_.width == 0 || frame_.height == 0) {
      frames_.CountUnsized(frame_);
      return absl::OkStatus();
    }
    absl::StatusOr<Shape> shape = lines_.Parse(fields);
    if (!shape.ok()) return Report(number, shape.status().message());
    ShapeVerdict verdict = CheckShape(*shape);
    if (!verdict.problem.empty()) RETURN_IF_ERROR(Report(number, verdict.problem));
    return verdict.keep ? sink_.AddShape(frame_.frame, *std::move(shape)) : absl::OkStatus();
  }

  absl::Status Report(uint64_t number, absl::string_view why) {
    sink_.AddProblem({.source = tree_.NameOf(file_),
                      .position = absl::StrCat("line ", number),
                      .frame = std::string(frame_.name),
                      .reason = absl::StrCat("left out: ", why)});
    return absl::OkStatus();
  }

  Lines lines_;
  const ExportTree& tree_;
  const ExportFile& file_;
  const ExportFrame& frame_;
  ExportFrames& frames_;
  DatasetSink& sink_;
};

}  // namespace

absl::Status ReadYoloLabels(const ExportTree& tree, const YoloRules& rules,
                            const ClassList& classes, ExportFrames& frames, DatasetSink& sink) {
  RETURN_IF_ERROR(frames.ForEachLabelFile(
      [&](const ExportFrame& frame, const ExportFile& file, absl::string_view text) {
        return LabelFile(rules, classes, tree, file, frame, frames, sink).Read(text);
      }));
  frames.ReportUnsized();
  return absl::OkStatus();
}

std::optional<std::array<double, 8>> YoloCorners(const std::vector<absl::string_view>& fields,
                                                 const ExportFrame& frame) {
  if (fields.size() != 9 || frame.width == 0 || frame.height == 0) return std::nullopt;
  std::array<double, 8> corners;
  for (size_t i = 0; i < corners.size(); ++i) {
    std::optional<double> value = Number(fields[i + 1]);
    if (!value) return std::nullopt;
    corners[i] = *value * (i % 2 == 0 ? frame.width : frame.height);
  }
  return corners;
}

absl::string_view BelowFirst(absl::string_view path) {
  const size_t slash = path.find('/');
  return slash == absl::string_view::npos ? path : path.substr(slash + 1);
}

}  // namespace annofs
