// yolo: what Ultralytics' detection trainer reads as it is (reference/training-tools.md §1.1). One
// line per box, `class cx cy w h` relative to the image; classes are the top-level labels in CVAT's
// order. Everything that has an area becomes its enclosing box, cut at the image's edge.
#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "formats/box.h"
#include "formats/split.h"
#include "formats/writer.h"

namespace annofs {
namespace {

bool HasArea(ShapeType type) {
  return type != ShapeType::kTag && type != ShapeType::kPolyline && type != ShapeType::kPoints;
}

// The number of a label among those without parent.
uint32_t ClassOf(const DatasetInfo& info, uint32_t label) {
  uint32_t number = 0;
  for (uint32_t i = 0; i < label; ++i) number += info.labels[i].parent < 0;
  return number;
}

std::string BoxLine(uint32_t number, const Box& box, const Frame& frame) {
  double width = frame.width, height = frame.height;
  return absl::StrFormat("%d %.6f %.6f %.6f %.6f\n", number, (box.left + box.right) / 2 / width,
                         (box.top + box.bottom) / 2 / height, box.width() / width,
                         box.height() / height);
}

// The line of a shape, or why it has none. Does not look at other shapes.
struct Line {
  std::string text;
  absl::string_view why_not;
};

Line LineOf(const DatasetInfo& info, const Frame& frame, const Shape& shape) {
  if (shape.type == ShapeType::kTag) return {.why_not = "a tag has no box"};
  if (!HasArea(shape.type)) return {.why_not = "this type has no area"};
  if (frame.task < info.tasks.size() && info.tasks[frame.task].is_3d)
    return {.why_not = "a 3D cuboid has no box in an image"};
  if (frame.width == 0 || frame.height == 0)
    return {.why_not = "the size of the image is not known"};
  std::optional<Box> box = EnclosingBox(shape);
  if (!box) return {.why_not = "no visible points"};
  Box inside = Clip(*box, frame.width, frame.height);
  if (!(inside.width() > 0 && inside.height() > 0))
    return {.why_not = "nothing of it lies inside the image"};
  return {.text = BoxLine(ClassOf(info, shape.label), inside, frame)};
}

absl::StatusOr<std::string> RenderBoxes(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(FrameShapes all, data.Shapes(rank));
  std::vector<std::string> lines;
  for (const Shape& shape : all.shapes) {
    Line line = LineOf(data.info(), frame, shape);
    bool is_new = std::find(lines.begin(), lines.end(), line.text) == lines.end();
    if (!line.text.empty() && is_new) lines.push_back(std::move(line.text));
  }
  std::string text;
  for (const std::string& line : lines) text += line;
  return text;
}

// Names in JSON's quotes are YAML too.
std::string QuotedName(absl::string_view name) { return JsonWriter().String(name).Take(); }

absl::StatusOr<std::string> RenderDataYaml(const Dataset& data) {
  ASSIGN_OR_RETURN(std::vector<SplitPart> parts, Split(data));
  std::string text;
  for (const SplitPart& part : parts) absl::StrAppend(&text, part.name, ": ", part.name, ".txt\n");
  text += "names:\n";
  uint32_t number = 0;
  for (const Label& label : data.info().labels) {
    if (label.parent < 0)
      absl::StrAppend(&text, "  ", number++, ": ", QuotedName(label.name), "\n");
  }
  return text;
}

Segments ImageList(const SplitPart& part, const RankSet& media) {
  return {
      .frames = Intersect(part.frames, media),
      .segment = [name = part.name](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(FrameNames names, data.Names(rank));
        return absl::StrCat("./images/", name, "/", names.stem, names.extension(), "\n");
      }};
}

class Yolo : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "yolo",
            .summary = "Ultralytics YOLO detection, ready to train: data.yaml, images/, labels/",
            .keeps = {ShapeType::kRectangle, ShapeType::kPolygon, ShapeType::kEllipse,
                      ShapeType::kCuboid, ShapeType::kMask, ShapeType::kSkeleton}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(std::vector<SplitPart> parts, Split(data));
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    tree.File("data.yaml", RenderDataYaml);
    for (const SplitPart& part : parts) {
      tree.Segmented(part.name + ".txt", ImageList(part, media));
      tree.Media("images/" + part.name + "/{stem}{ext}", Intersect(part.frames, media));
      tree.PerFrame("labels/" + part.name + "/{stem}.txt", part.frames, RenderBoxes);
    }
    return absl::OkStatus();
  }

  std::string WhyDropped(const Dataset& data, const Frame& frame, const FrameShapes& all,
                         const Shape& shape) const override {
    Line line = LineOf(data.info(), frame, shape);
    if (line.text.empty()) return std::string(line.why_not);
    for (const Shape& earlier : all.shapes) {
      if (&earlier == &shape) break;
      if (LineOf(data.info(), frame, earlier).text == line.text)
        return "the same class and box as another shape of the frame";
    }
    return "";
  }
};

}  // namespace

std::unique_ptr<Writer> NewYoloWriter() { return std::make_unique<Yolo>(); }

}  // namespace annofs
