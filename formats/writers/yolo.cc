// yolo: what Ultralytics' detection trainer reads as it is (reference/training-tools.md §1.1). One
// line per box, `class cx cy w h` relative to the image; classes are the top-level labels in CVAT's
// order. Everything that has an area becomes its enclosing box, cut at the image's edge.
#include <memory>
#include <optional>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/box.h"
#include "formats/cvat_export.h"
#include "formats/media_path.h"
#include "formats/split.h"
#include "formats/writer.h"

namespace annofs {
namespace {

// A width or height that would be written as 0.000000.
constexpr double kTooSmall = 5e-7;

bool HasArea(ShapeType type) {
  return type != ShapeType::kTag && type != ShapeType::kPolyline && type != ShapeType::kPoints;
}

// Appends the line of a shape behind its class, or answers why it has none. Does not look at other
// shapes.
absl::string_view AppendLine(const DatasetInfo& info, const Frame& frame, const Shape& shape,
                             std::string& out) {
  if (shape.type == ShapeType::kTag) return "a tag has no box";
  if (!HasArea(shape.type)) return "this type has no area";
  if (IsPointCloud(info, frame)) return "a 3D cuboid has no box in an image";
  if (info.labels[shape.label].parent >= 0) return "its label is a part of a skeleton and no class";
  if (frame.width == 0 || frame.height == 0) return "the size of the image is not known";
  std::optional<Box> box = EnclosingBox(shape);
  if (!box) return "no visible points";
  double width = frame.width, height = frame.height;
  Box inside = Clip(*box, width, height);
  if (!(inside.width() > 0 && inside.height() > 0)) return "no area of it lies inside the image";
  if (inside.width() / width < kTooSmall || inside.height() / height < kTooSmall)
    return "too small for six digits";
  for (double part :
       {(inside.left + inside.right) / 2 / width, (inside.top + inside.bottom) / 2 / height,
        inside.width() / width, inside.height() / height}) {
    out.push_back(' ');
    AppendFixed(part, 6, &out);
  }
  out.push_back('\n');
  return "";
}

// Calls `fn(label, line, why_not)` for each shape in order; a repeated line is dropped as the
// trainer would.
template <typename Fn>
void ForEachLine(const DatasetInfo& info, const Frame& frame, const FrameShapes& all, Fn fn) {
  absl::flat_hash_set<std::string> seen;
  std::string line;
  for (const Shape& shape : all.shapes) {
    line.clear();
    absl::StrAppend(&line, shape.label);
    const size_t label_size = line.size();
    const absl::string_view why_not = AppendLine(info, frame, shape, line);
    if (!why_not.empty()) {
      fn(shape.label, "", why_not);
    } else if (!seen.insert(line).second) {
      fn(shape.label, "", "the same class and box as another shape of the frame");
    } else {
      fn(shape.label, absl::string_view(line).substr(label_size), "");
    }
  }
}

absl::StatusOr<std::string> RenderBoxes(const Dataset& data, Rank rank,
                                        const std::vector<int>& classes) {
  ASSIGN_OR_RETURN(Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(FrameShapes all, data.Shapes(rank));
  std::string text;
  ForEachLine(data.info(), frame, all,
              [&](uint32_t label, absl::string_view line, absl::string_view) {
                if (!line.empty()) absl::StrAppend(&text, classes[label], line);
              });
  return text;
}

// The length of a character that YAML's parsers refuse or take for a line break, though JSON allows
// it as it is: DEL, U+0080 to U+009F, U+2028, U+2029, U+FEFF, U+FFFE, U+FFFF. 0 for any other.
size_t NeedsEscape(absl::string_view text) {
  if (text[0] == '\x7f') return 1;
  if (text.size() >= 2 && text[0] == '\xc2' && static_cast<unsigned char>(text[1]) < 0xa0) return 2;
  absl::string_view three = text.substr(0, 3);
  bool is_special = three == "\xe2\x80\xa8" || three == "\xe2\x80\xa9" || three == "\xef\xbb\xbf" ||
                    three == "\xef\xbf\xbe" || three == "\xef\xbf\xbf";
  return is_special ? 3 : 0;
}

unsigned CodePoint(absl::string_view c) {
  auto low = [&c](size_t i) { return static_cast<unsigned char>(c[i]) & 0x3fu; };
  if (c.size() == 1) return static_cast<unsigned char>(c[0]);
  if (c.size() == 2) return (static_cast<unsigned char>(c[0]) & 0x1fu) << 6 | low(1);
  return (static_cast<unsigned char>(c[0]) & 0x0fu) << 12 | low(1) << 6 | low(2);
}

// JSON's quotes are YAML's double quotes, but for characters that YAML does not print.
std::string QuotedName(absl::string_view name) {
  const std::string json = JsonWriter().String(name).Take();
  std::string yaml;
  for (size_t i = 0; i < json.size();) {
    absl::string_view rest = absl::string_view(json).substr(i);
    if (size_t length = NeedsEscape(rest); length > 0) {
      absl::StrAppendFormat(&yaml, "\\u%04x", CodePoint(rest.substr(0, length)));
      i += length;
    } else {
      yaml.push_back(json[i++]);
    }
  }
  return yaml;
}

// Without `path:`, so that the tree may lie anywhere. Only the trainer's own keys: another subset
// may be called "path".
std::string RenderDataYaml(const DatasetInfo& info, const std::vector<std::string>& parts) {
  std::string text;
  for (const std::string& part : parts) {
    bool is_key = part == "train" || part == "val" || part == "test";
    absl::StrAppend(&text, is_key ? "" : "# ", part, ": ", part, ".txt\n");
  }
  const std::vector<int> classes = TopLevelIndexes(info);
  std::string names;
  for (size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] < 0) continue;
    absl::StrAppend(&names, "  ", classes[i], ": ", QuotedName(info.labels[i].name), "\n");
  }
  return absl::StrCat(text, names.empty() ? "names: {}\n" : "names:\n", names);
}

Segments ImageList(const SplitPart& part, const RankSet& media) {
  return Lines(
      "", Intersect(part.frames, media),
      [name = part.name](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(FrameNames names, data.Names(rank));
        ASSIGN_OR_RETURN(const std::string path, MediaPath(data, rank, names));
        return absl::StrCat("./images/", name, "/", MediaName(names, path), "\n");
      },
      SegmentOrder::kRank);
}

class Yolo : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "yolo",
            .revision = 2,
            .summary = "Ultralytics YOLO detection, ready to train: data.yaml, images/, labels/",
            .keeps = {ShapeType::kRectangle, ShapeType::kPolygon, ShapeType::kEllipse,
                      ShapeType::kCuboid, ShapeType::kMask, ShapeType::kSkeleton}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(std::vector<SplitPart> parts, Split(data));
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    auto classes = std::make_shared<const std::vector<int>>(TopLevelIndexes(data.info()));
    std::vector<std::string> names;
    for (const SplitPart& part : parts) names.push_back(part.name);
    tree.File("data.yaml", [names](const Dataset& data) -> absl::StatusOr<std::string> {
      return RenderDataYaml(data.info(), names);
    });
    for (const SplitPart& part : parts) {
      tree.Segmented(part.name + ".txt", ImageList(part, media));
      tree.Media("images/" + part.name + "/{stem}{ext}", Intersect(part.frames, media));
      tree.PerFrame(
          "labels/" + part.name + "/{stem}.txt", part.frames,
          [classes](const Dataset& data, Rank rank) { return RenderBoxes(data, rank, *classes); });
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    std::vector<absl::string_view> why;
    std::string no_line;
    for (const Shape& tag : all.tags) {
      why.push_back(AppendLine(data.info(), frame, tag, no_line));
    }
    ForEachLine(
        data.info(), frame, all,
        [&](uint32_t, absl::string_view, absl::string_view why_not) { why.push_back(why_not); });
    return why;
  }
};

}  // namespace

std::unique_ptr<Writer> NewYoloWriter() { return std::make_unique<Yolo>(); }

}  // namespace annofs
