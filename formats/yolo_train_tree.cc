// Trees and label files of yolo_train_tree.h.
#include "formats/yolo_train_tree.h"

#include <algorithm>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/cvat_export.h"
#include "formats/media_path.h"
#include "formats/split.h"

namespace annofs {
namespace {

// A width or height that would be written as 0.000000.
constexpr double kTooSmall = 5e-7;

constexpr absl::string_view kRepeated = "the same class and numbers as another object of the frame";
constexpr absl::string_view kBoxRepeated =
    "the same class and box as another object of the frame: trainers keep one of them";

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

// The directories of a part, and what data.yaml says of it.
struct PartPlaces {
  std::string key, images, labels, list;
};

PartPlaces PlacesOf(const SplitPart& part, YoloTreeForm form) {
  if (form == YoloTreeForm::kUltralytics) {
    return {part.name, absl::StrCat("images/", part.name), absl::StrCat("labels/", part.name),
            absl::StrCat(part.name, ".txt")};
  }
  const std::string name = RoboflowPartName(part);
  return {part.name, absl::StrCat(name, "/images"), absl::StrCat(name, "/labels"), ""};
}

// Without `path:`, so that the tree may lie anywhere. Only the trainer's own keys: another subset
// may be called "path".
std::string RenderDataYaml(const DatasetInfo& info, const std::vector<PartPlaces>& parts,
                           const std::vector<int>& classes, absl::string_view extra) {
  std::string text;
  for (const PartPlaces& part : parts) {
    const bool is_key = part.key == "train" || part.key == "val" || part.key == "test";
    absl::StrAppend(&text, is_key ? "" : "# ", part.key, ": ",
                    part.list.empty() ? part.images : part.list, "\n");
  }
  absl::StrAppend(&text, extra);
  std::string names;
  for (size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] < 0) continue;
    absl::StrAppend(&names, "  ", classes[i], ": ", QuotedYaml(info.labels[i].name), "\n");
  }
  return absl::StrCat(text, names.empty() ? "names: {}\n" : "names:\n", names);
}

Segments ImageList(const PartPlaces& places, const RankSet& frames) {
  return Lines(
      "", frames,
      [start = absl::StrCat("./", places.images, "/")](const Dataset& data,
                                                       Rank rank) -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(FrameNames names, data.Names(rank));
        ASSIGN_OR_RETURN(const std::string path, MediaPath(data, rank, names));
        return absl::StrCat(start, MediaName(names, path), "\n");
      },
      SegmentOrder::kRank);
}

}  // namespace

// JSON's quotes are YAML's double quotes, but for characters that YAML does not print.
std::string QuotedYaml(absl::string_view text) {
  const std::string json = JsonWriter().String(text).Take();
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

void AppendRelative(const Frame& frame, const double* points, size_t size, std::string* text) {
  for (size_t i = 0; i < size; ++i) {
    text->push_back(' ');
    AppendFixed(points[i] / (i % 2 == 0 ? frame.width : frame.height), 6, text);
  }
}

bool AppendRelativeBox(const Frame& frame, const Box& box, std::string* text) {
  if (box.width() / frame.width < kTooSmall || box.height() / frame.height < kTooSmall)
    return false;
  const double numbers[] = {(box.left + box.right) / 2, (box.top + box.bottom) / 2, box.width(),
                            box.height()};
  AppendRelative(frame, numbers, 4, text);
  return true;
}

std::string WrittenBox(const Frame& frame, const double* points, size_t size) {
  double box[4] = {points[0], points[1], points[0], points[1]};
  for (size_t i = 0; i + 1 < size; i += 2) {
    box[0] = std::min(box[0], points[i]);
    box[1] = std::min(box[1], points[i + 1]);
    box[2] = std::max(box[2], points[i]);
    box[3] = std::max(box[3], points[i + 1]);
  }
  std::string text;
  AppendRelative(frame, box, 4, &text);
  return text;
}

bool AppendRelativeOutline(const Frame& frame, const double* points, size_t size,
                           std::string* text) {
  // As written: two edges that are near may be one after rounding.
  auto is_flat = [&](size_t axis, double length) {
    std::string first, other;
    AppendFixed(points[axis] / length, 6, &first);
    for (size_t i = axis + 2; i < size; i += 2) {
      other.clear();
      AppendFixed(points[i] / length, 6, &other);
      if (other != first) return false;
    }
    return true;
  };
  if (is_flat(0, frame.width) || is_flat(1, frame.height)) return false;
  AppendRelative(frame, points, size, text);
  return true;
}

TrainLine YoloTrainLines::Line(const DatasetInfo& info, const Frame& frame, const FrameShapes& all,
                               const TrainObject& object) const {
  if (absl::string_view why = WhyNoArea(info, frame, all, object); !why.empty())
    return {.why_not = why};
  if (classes_[object.label] < 0) return {.why_not = "its label is no class of the view"};
  return LineOf(frame, all, object);
}

std::string YoloTrainLines::KeyOf(const TrainObject& object, const TrainLine& line) const {
  return absl::StrCat(classes_[object.label], line.box.empty() ? line.text : line.box);
}

absl::StatusOr<std::string> YoloTrainLines::Render(const Dataset& data, Rank rank) const {
  ASSIGN_OR_RETURN(const TrainFrame on, TrainFrameOf(data, rank));
  absl::flat_hash_set<std::string> seen;
  std::string text;
  for (const TrainObject& object : ObjectsOf(on.all)) {
    const TrainLine line = Line(data.info(), on.frame, on.all, object);
    if (!line.why_not.empty()) continue;
    if (seen.insert(KeyOf(object, line)).second)
      absl::StrAppend(&text, classes_[object.label], line.text);
  }
  return text;
}

std::vector<absl::string_view> YoloTrainLines::WhyDropped(const DatasetInfo& info,
                                                          const Frame& frame,
                                                          const FrameShapes& all) const {
  absl::flat_hash_set<std::string> seen, lines;
  return WhyNotObjects(all, kTagHasNoArea, [&](const TrainObject& object) -> absl::string_view {
    const TrainLine line = Line(info, frame, all, object);
    if (!line.why_not.empty()) return line.why_not;
    const bool is_new_line = lines.insert(absl::StrCat(classes_[object.label], line.text)).second;
    if (seen.insert(KeyOf(object, line)).second) return "";
    return is_new_line ? kBoxRepeated : kRepeated;
  });
}

namespace {

class BoxLines : public YoloTrainLines {
 public:
  explicit BoxLines(const DatasetInfo& info) : YoloTrainLines(TopLevelIndexes(info)) {}

 private:
  TrainLine LineOf(const Frame& frame, const FrameShapes& all,
                   const TrainObject& object) const override {
    const std::optional<Box> box = BoxInImage(frame, all, object);
    if (!box) return {.why_not = kNotInsideImage};
    TrainLine line;
    if (!AppendRelativeBox(frame, *box, &line.text)) return {.why_not = kTooSmallForSixDigits};
    line.text.push_back('\n');
    return line;
  }
};

}  // namespace

std::shared_ptr<const YoloTrainLines> NewYoloTrainBoxes(const DatasetInfo& info) {
  return std::make_shared<BoxLines>(info);
}

absl::Status DescribeYoloTree(const Dataset& data, std::shared_ptr<const YoloTrainLines> lines,
                              std::string extra, YoloTreeForm form, Layout& tree) {
  ASSIGN_OR_RETURN(const std::vector<SplitPart> parts, Split(data));
  ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
  std::vector<PartPlaces> places;
  for (const SplitPart& part : parts) places.push_back(PlacesOf(part, form));
  tree.File("data.yaml",
            [places, lines,
             extra = std::move(extra)](const Dataset& data) -> absl::StatusOr<std::string> {
              return RenderDataYaml(data.info(), places, lines->classes(), extra);
            });
  for (size_t i = 0; i < parts.size(); ++i) {
    const RankSet images = Intersect(parts[i].frames, media);
    if (!places[i].list.empty()) tree.Segmented(places[i].list, ImageList(places[i], images));
    tree.Media(absl::StrCat(places[i].images, "/{stem}{ext}"), images);
    tree.PerFrame(absl::StrCat(places[i].labels, "/{stem}.txt"), parts[i].frames,
                  [lines](const Dataset& data, Rank rank) { return lines->Render(data, rank); });
  }
  return absl::OkStatus();
}

}  // namespace annofs
