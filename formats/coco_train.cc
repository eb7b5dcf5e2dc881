#include "formats/coco_train.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/datumaro_export_json.h"
#include "formats/item.h"
#include "formats/media_path.h"
#include "formats/python_text.h"
#include "formats/raster.h"

namespace annofs {
namespace {

constexpr JsonDialect kDialect = JsonDialect::kCompact;
// What the sections count: frames, annotations.
constexpr size_t kFrames = 0, kWritten = 1;

// A number of pixels, to two digits behind the point.
void AppendPixels(double value, std::string& out) { AppendJsonNumber(Round2(value), out); }

void AppendPixels(const double* values, size_t size, std::string& out) {
  out.push_back('[');
  for (size_t i = 0; i < size; ++i) {
    if (i > 0) out.push_back(',');
    AppendPixels(values[i], out);
  }
  out.push_back(']');
}

// Never 0: loaders leave such objects out.
void AppendArea(double area, std::string& out) {
  AppendJsonNumber(Round2(area) > 0 ? Round2(area) : area, out);
}

void AppendRuns(const CocoMask& mask, std::string& out) {
  out += "{\"size\":[";
  AppendJsonInt(int64_t(mask.height), out);
  out.push_back(',');
  AppendJsonInt(int64_t(mask.width), out);
  out += "],\"counts\":[";
  for (size_t i = 0; i < mask.runs.size(); ++i) {
    if (i > 0) out.push_back(',');
    AppendJsonInt(int64_t(mask.runs[i]), out);
  }
  out += "]}";
}

// What an object covers: polygons or runs, and how much.
struct Cover {
  std::vector<Ring> polygons;
  std::optional<CocoMask> runs;
  double area = 0;
};

Ring RingOf(const Box& box) {
  return {box.left, box.top, box.right, box.top, box.right, box.bottom, box.left, box.bottom};
}

Cover BoxCover(const Box& box) {
  return {.polygons = {RingOf(box)}, .area = box.width() * box.height()};
}

// Parts may lie over each other: pixels count once; so they do of a figure eight, of which Gauss's
// formula answers 0.
double AreaUnder(const Frame& frame, const FrameShapes& all, const TrainObject& object,
                 const std::vector<Ring>& polygons) {
  double sum = 0;
  for (const Ring& polygon : polygons) sum += AreaOf(polygon);
  if (polygons.size() == 1 && sum > 0) return sum;
  const absl::StatusOr<CocoMask> mask = MaskOf(frame, all, object);
  return mask.ok() ? double(Area(*mask)) : sum;
}

// What cannot be told, because it is too intricate, would be no polygon either.
bool WantsRuns(CocoMasks masks, bool has_mask, const CocoMask& mask) {
  if (masks == CocoMasks::kAuto) return has_mask && HasHoles(mask).value_or(true);
  return masks == CocoMasks::kRle;
}

// `box`: what is left where outlines would be too intricate, or there are none.
Cover CoverOf(const Frame& frame, const FrameShapes& all, const TrainObject& object, const Box& box,
              CocoMasks masks) {
  if (all.shapes[object.parts[0]].type == ShapeType::kSkeleton) return BoxCover(box);
  const bool has_mask = absl::c_any_of(
      object.parts, [&](uint32_t part) { return all.shapes[part].type == ShapeType::kMask; });
  if (has_mask || masks == CocoMasks::kRle) {
    absl::StatusOr<CocoMask> mask = MaskOf(frame, all, object);
    if (mask.ok() && Area(*mask) > 0 && WantsRuns(masks, has_mask, *mask)) {
      const double area = double(Area(*mask));
      return {.runs = *std::move(mask), .area = area};
    }
  }
  absl::StatusOr<std::vector<Ring>> outlines = OutlinesOf(frame, all, object);
  if (!outlines.ok() || outlines->empty()) return BoxCover(box);
  const double area = AreaUnder(frame, all, object, *outlines);
  if (area == 0) return BoxCover(box);  // less than a pixel
  return {.polygons = *std::move(outlines), .area = area};
}

void AppendSegmentation(const Cover& cover, std::string& out) {
  if (cover.runs) return AppendRuns(*cover.runs, out);
  out.push_back('[');
  for (size_t i = 0; i < cover.polygons.size(); ++i) {
    if (i > 0) out.push_back(',');
    AppendPixels(cover.polygons[i].data(), cover.polygons[i].size(), out);
  }
  out.push_back(']');
}

// The attributes of the first part, with what CVAT says besides; of equal names the first counts.
void AppendAttributes(const Frame& frame, const Shape& shape, const TrackNumbers& tracks,
                      std::string& out) {
  out += "{\"occluded\":";
  out += shape.occluded ? "true" : "false";
  if (shape.track >= 0) {  // unique over all tasks
    out += ",\"track_id\":";
    AppendJsonInt(tracks.Of(frame.task, shape.track), out);
  }
  for (size_t i = 0; i < shape.attributes.size(); ++i) {
    const std::string& name = shape.attributes[i].name;
    const bool is_taken =
        name == "occluded" || (name == "track_id" && shape.track >= 0) ||
        std::any_of(shape.attributes.begin(), shape.attributes.begin() + long(i),
                    [&name](const Attribute& other) { return other.name == name; });
    if (is_taken) continue;
    out.push_back(',');
    AppendJsonString(kDialect, name, out);
    out.push_back(':');
    AppendJsonString(kDialect, shape.attributes[i].value, out);
  }
  out.push_back('}');
}

// What the annotations of a file are written with.
struct Style {
  std::shared_ptr<const CocoTrainTask> task;
  TrackNumbers tracks;
  CocoMasks masks;
};

void AppendAnnotation(const Style& style, const TrainFrame& on, const TrainObject& object,
                      uint64_t id, uint64_t image, std::string& out) {
  const Box box = *RoundedBoxInImage(on.frame, on.all, object);
  const Cover cover = CoverOf(on.frame, on.all, object, box, style.masks);
  absl::StrAppend(&out, "{\"id\":", id, ",\"image_id\":", image,
                  ",\"category_id\":", style.task->categories()[object.label], ",\"bbox\":");
  const double sides[] = {box.left, box.top, box.width(), box.height()};
  AppendPixels(sides, 4, out);
  out += ",\"area\":";
  AppendArea(cover.area, out);
  out += ",\"iscrowd\":0,\"segmentation\":";
  AppendSegmentation(cover, out);
  out += ",\"attributes\":";
  AppendAttributes(on.frame, on.all.shapes[object.parts[0]], style.tracks, out);
  style.task->AppendMembers(on.frame, on.all, object, out);
  out.push_back('}');
}

absl::Status AppendImage(const Dataset& data, Rank rank, uint64_t id, std::string& out) {
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
  ASSIGN_OR_RETURN(const std::string path, MediaPath(data, rank, frame, names));
  absl::StrAppend(&out, "{\"id\":", id, ",\"width\":", frame.width, ",\"height\":", frame.height,
                  ",\"file_name\":");
  AppendJsonString(kDialect, MediaName(names, path), out);
  out.push_back('}');
  return absl::OkStatus();
}

absl::Status AppendAnnotations(const Style& style, const Dataset& data, Rank rank, Running& running,
                               std::string& out) {
  ASSIGN_OR_RETURN(const TrainFrame on, TrainFrameOf(data, rank));
  const uint64_t image = ++running.n[kFrames];
  for (const TrainObject& object : ObjectsOf(on.all)) {
    if (!style.task->WhyNot(data.info(), on.frame, on.all, object).empty()) continue;
    if (running.n[kWritten] > 0) out.push_back(',');
    AppendAnnotation(style, on, object, ++running.n[kWritten], image, out);
  }
  return absl::OkStatus();
}

std::vector<uint32_t> TopLevelCategories(const DatasetInfo& info) {
  std::vector<uint32_t> categories;
  uint32_t next = 1;
  for (const Label& label : info.labels) categories.push_back(label.parent < 0 ? next++ : 0);
  return categories;
}

class Instances : public CocoTrainTask {
 public:
  explicit Instances(const DatasetInfo& info) : CocoTrainTask(TopLevelCategories(info)) {}

  std::string Categories(const DatasetInfo& info) const override {
    std::string text = "[";
    for (size_t label = 0; label < info.labels.size(); ++label) {
      if (categories()[label] == 0) continue;
      absl::StrAppend(&text, text.size() > 1 ? "," : "", "{\"id\":", categories()[label],
                      ",\"name\":");
      AppendJsonString(kDialect, info.labels[label].name, text);
      text += ",\"supercategory\":\"\"}";
    }
    return text + "]";
  }

  absl::string_view WhyNot(const DatasetInfo& info, const Frame& frame, const FrameShapes& all,
                           const TrainObject& object) const override {
    return WhyNoRoundedBox(info, frame, all, object);
  }
};

}  // namespace

std::shared_ptr<const CocoTrainTask> NewCocoTrainInstances(const DatasetInfo& info) {
  return std::make_shared<Instances>(info);
}

std::vector<absl::string_view> WhyDroppedOfCoco(const CocoTrainTask& task, const DatasetInfo& info,
                                                const Frame& frame, const FrameShapes& all) {
  return WhyNotObjects(all, kTagHasNoArea, [&](const TrainObject& object) {
    return task.WhyNot(info, frame, all, object);
  });
}

Segments CocoTrainFile(const DatasetInfo& info, std::shared_ptr<const CocoTrainTask> task,
                       TrackNumbers tracks, RankSet frames, CocoMasks masks) {
  Section images;
  images.before = absl::StrCat(R"({"info":{},"licenses":[],"categories":)", task->Categories(info),
                               ",\"images\":[");
  images.frames = frames;
  images.order = SegmentOrder::kRank;
  images.segment = [](const Dataset& data, const SegmentAt& at, Running& running,
                      std::string& out) {
    if (running.n[kFrames] > 0) out.push_back(',');
    return AppendImage(data, at.rank, ++running.n[kFrames], out);
  };
  Section annotations;
  annotations.before = "],\"annotations\":[";
  annotations.frames = std::move(frames);
  annotations.order = SegmentOrder::kRank;
  annotations.segment = [style = Style{std::move(task), std::move(tracks), masks}](
                            const Dataset& data, const SegmentAt& at, Running& running,
                            std::string& out) {
    return AppendAnnotations(style, data, at.rank, running, out);
  };
  Segments file;
  file.sections.push_back(std::move(images));
  file.sections.push_back(std::move(annotations));
  file.tail = "]}\n";
  return file;
}

}  // namespace annofs
