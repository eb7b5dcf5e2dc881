// COCO: instances, keypoints and labels in JSON, of CVAT and of everybody else (reference/cvat.md
// §9.4); plain files, or a zip of them with or without its images. One file is one subset and one
// task: track ids restart there.
#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "formats/coco_file.h"
#include "formats/coco_ids.h"
#include "formats/coco_shapes.h"
#include "formats/json_numbers.h"
#include "formats/json_parts.h"
#include "formats/json_salvage.h"
#include "formats/label_union.h"
#include "formats/reader.h"
#include "formats/shape_budget.h"
#include "formats/skeleton_svg.h"

namespace annofs {
namespace {

constexpr size_t kMaxReportedIds = 1000;
constexpr size_t kMaxKeypoints = 10000;  // of a category

// Only files that say so belong together: instances_train.json and instances_val.json. They take
// along those that have nothing to show: captions_train.json.
JsonParts::Beside RelationOf(absl::string_view, absl::string_view name, absl::string_view other) {
  const CocoFileName a = ParseCocoFileName(name), b = ParseCocoFileName(other);
  const bool are_alike = !a.kind.empty() && a.kind == b.kind;
  if (are_alike && !a.part.empty() && !b.part.empty()) return JsonParts::Beside::kSubset;
  if (IsMainCocoKind(a.kind) && IsBareCocoKind(b.kind)) return JsonParts::Beside::kCovered;
  return JsonParts::Beside::kNothing;
}

std::vector<std::pair<int64_t, int64_t>> JointsOf(JsonValue category) {
  std::vector<std::pair<int64_t, int64_t>> joints;
  const JsonValue list = category["skeleton"];
  for (size_t i = 0; list.is_array() && i < list.size(); ++i) {
    const std::optional<int64_t> from = list[i][size_t{0}].AsInt(), to = list[i][1].AsInt();
    if (from && to && *from > 0 && *to > 0) joints.emplace_back(*from - 1, *to - 1);
  }
  return joints;
}

// What one file says of its images and categories.
struct CocoPart {
  const JsonPart* file = nullptr;
  CocoFileName name;
  uint32_t task = 0;
  CocoIds images;      // -> the sink's frame
  CocoIds categories;  // -> index into category_list
  std::vector<CocoCategory> category_list;
  std::optional<SalvagedJson> text;
};

class CocoReading {
 public:
  CocoReading(JsonParts& files, DatasetSink& sink)
      : files_(files), sink_(sink), labels_(sink), shapes_(budget_, types_) {}

  absl::Status Run() {
    const absl::Status status = ReadAll();
    types_.Finish(sink_);
    return status;
  }

 private:
  using Handler = absl::Status (CocoReading::*)(CocoPart& part, const JsonItem& item);

  absl::Status ReadAll() {
    ChooseKind();
    for (CocoPart& part : parts_) {
      part.task = sink_.AddTask({.subset = part.name.Subset()});
    }
    // The images of a file may come behind its annotations: so it is read twice, also one that is
    // cut in between.
    for (CocoPart& part : parts_) {
      RETURN_IF_ERROR(Stream(part, {"categories/*", "images/*"}, &CocoReading::ReadHead));
      Finish(part);
    }
    for (CocoPart& part : parts_) {
      shapes_.StartTask();
      RETURN_IF_ERROR(Stream(part, {"annotations/*"}, &CocoReading::ReadAnnotation));
      ReportUnread(part);
    }
    return absl::OkStatus();
  }

  // Files of other kinds tell of the same images once more.
  void ChooseKind() {
    int best = INT32_MAX;
    for (const JsonPart& file : files_.parts()) {
      best = std::min(best, CocoKindRank(ParseCocoFileName(file.path).kind));
    }
    for (const JsonPart& file : files_.parts()) {
      CocoFileName name = ParseCocoFileName(file.path);
      if (CocoKindRank(name.kind) == best) {
        CocoPart part;
        part.file = &file;
        part.name = std::move(name);
        part.text.emplace(file.key,
                          [this](Problem problem) { sink_.AddProblem(std::move(problem)); });
        parts_.push_back(std::move(part));
      } else {
        sink_.AddProblem({.source = file.key,
                          .reason = IsBareCocoKind(name.kind)
                                        ? "not read: it has no annotations that can be shown"
                                        : "not read: a richer file beside it tells of the same "
                                          "images"});
      }
    }
  }

  absl::Status Stream(CocoPart& part, const std::vector<std::string>& patterns, Handler handler) {
    const absl::Status status =
        part.text->Stream(files_.OpenText(*part.file), patterns,
                          [&](const JsonItem& item) { return (this->*handler)(part, item); });
    return files_.parts().size() > 1 ? Annotate(status, part.file->path) : status;
  }

  absl::Status ReadHead(CocoPart& part, const JsonItem& item) {
    if (item.path[0] == "images") return ReadImage(part, item);
    ReadCategory(part, item);
    return absl::OkStatus();
  }

  void Report(const CocoPart& part, std::string position, std::string reason) {
    sink_.AddProblem(
        {.source = part.file->key, .position = std::move(position), .reason = std::move(reason)});
  }

  absl::Status ReadImage(CocoPart& part, const JsonItem& item) {
    const JsonValue json = item.value;
    const std::string position = absl::StrCat("image ", item.path[1]);
    const absl::string_view name = json.StringOr("file_name", "");
    if (name.empty()) {
      Report(part, position, "left out: it has no file_name");
      return absl::OkStatus();
    }
    const std::pair<uint32_t, absl::string_view> key = {part.task, name};
    if (!names_.insert(absl::Hash<std::pair<uint32_t, absl::string_view>>()(key)).second) {
      Report(part, position, "a second image of this file_name");
    }
    Frame frame{.name = std::string(name),
                .number = frames_++,
                .task = part.task,
                .width = ImageSide(json["width"]),
                .height = ImageSide(json["height"]),
                .subset = part.name.Subset()};
    if (frame.width == 0 || frame.height == 0) ++without_size_;
    if (files_.is_zip()) {
      frame.inner = files_.FindMedia(CocoImagePaths(part.file->path, part.name.part, name));
    }
    ASSIGN_OR_RETURN(const uint32_t number, sink_.AddFrame(std::move(frame)));
    if (!part.images.Add(json["id"], number)) Report(part, position, "it has no id");
    return absl::OkStatus();
  }

  void ReadCategory(CocoPart& part, const JsonItem& item) {
    const JsonValue json = item.value;
    const std::string position = absl::StrCat("category ", item.path[1]);
    const absl::string_view name = json.StringOr("name", "");
    if (name.empty()) return Report(part, position, "left out: it has no name");
    std::optional<CocoCategory> category = AddCategory(part, position, json);
    if (!category) return;
    if (!part.categories.Add(json["id"], uint32_t(part.category_list.size()))) {
      Report(part, position, "it has no id");
    }
    part.category_list.push_back(*std::move(category));
  }

  // Nothing: there are too many labels.
  std::optional<CocoCategory> AddCategory(const CocoPart& part, const std::string& position,
                                          JsonValue json) {
    const std::string name(json.StringOr("name", ""));
    const std::vector<std::string> keypoints = KeypointsOf(part, position, json["keypoints"]);
    Label label{.name = name};
    if (!keypoints.empty()) {
      label.type = "skeleton";
      label.svg = DrawSkeleton(keypoints, JointsOf(json));
    }
    const std::optional<uint32_t> added = labels_.Add(std::move(label), part.file->key);
    if (!added) return std::nullopt;
    CocoCategory category{.label = *added};
    // Sublabels of two skeletons may be named alike; they say whose they are.
    const std::string above(json.StringOr("supercategory", ""));
    if (!seen_[part.file].insert({name, above}).second) {
      Report(part, position, absl::StrCat("a second category '", name, "': they are one label"));
    }
    for (const std::string& keypoint : keypoints) {
      const std::optional<uint32_t> sublabel = labels_.Add(
          {.name = keypoint, .type = "points", .parent = int32_t(*added)}, part.file->key);
      if (!sublabel) break;
      category.keypoints.push_back(*sublabel);
    }
    return category;
  }

  std::vector<std::string> KeypointsOf(const CocoPart& part, const std::string& position,
                                       JsonValue list) {
    std::vector<std::string> names;
    absl::flat_hash_set<std::string> known;
    for (size_t i = 0; list.is_array() && i < list.size(); ++i) {
      if (i == kMaxKeypoints) {
        Report(part, position,
               absl::StrCat("more than ", kMaxKeypoints, " keypoints: the others are left out"));
        break;
      }
      std::string name(list[i].AsString().value_or(""));
      if (name.empty() || known.contains(name)) {
        Report(part, position, absl::StrCat("keypoint ", i, " has no name of its own: numbered"));
        absl::StrAppend(&name, name.empty() ? "" : "_", i + 1);
      }
      known.insert(name);
      names.push_back(std::move(name));
    }
    return names;
  }

  void Finish(CocoPart& part) {
    for (const std::string& id : part.images.Finish(kMaxReportedIds)) {
      Report(part, "",
             absl::StrCat("image id ", id,
                          " is there more than once: annotations of it "
                          "are the first image's"));
    }
    for (const std::string& id : part.categories.Finish(kMaxReportedIds)) {
      Report(part, "",
             absl::StrCat("category id ", id, " is there more than once: the first counts"));
    }
    if (without_size_ > 0) {
      Report(part, "", absl::StrCat("the size of ", without_size_, " images is not given"));
      without_size_ = 0;
    }
  }

  absl::Status ReadAnnotation(CocoPart& part, const JsonItem& item) {
    const JsonValue json = item.value;
    if (json["caption"].is_string() && json["bbox"].is_null()) return Count(captions_);
    if (json["segments_info"].is_array()) return Count(panoptic_);
    const std::optional<uint32_t> frame = part.images.Find(json["image_id"]);
    if (!frame && part.text->is_broken()) return Count(lost_);
    if (!frame) {
      Report(part, PlaceOf(item),
             absl::StrCat("left out: no image has the id ", CocoIdText(json["image_id"])));
      return absl::OkStatus();
    }
    const std::optional<uint32_t> category = part.categories.Find(json["category_id"]);
    if (!category && part.text->is_broken()) return Count(lost_);
    if (!category) {
      Report(part, PlaceOf(item),
             absl::StrCat("left out: no category has the id ", CocoIdText(json["category_id"])));
      return absl::OkStatus();
    }
    return Push(part, item, *frame, shapes_.Parse(json, part.category_list[*category]));
  }

  // Made for problems only: there may be ten million annotations.
  static std::string PlaceOf(const JsonItem& item) {
    return absl::StrCat("annotation ", item.path[1]);
  }

  absl::Status Count(uint64_t& count) {
    ++count;
    return absl::OkStatus();
  }

  absl::Status Push(CocoPart& part, const JsonItem& item, uint32_t frame,
                    absl::StatusOr<std::vector<Shape>> shapes) {
    if (shapes.status().code() == absl::StatusCode::kResourceExhausted) {
      return absl::InvalidArgumentError(
          absl::StrCat(PlaceOf(item), ": ", shapes.status().message()));
    }
    if (!shapes.ok()) {
      Report(part, PlaceOf(item), absl::StrCat("left out: ", shapes.status().message()));
      return absl::OkStatus();
    }
    for (const std::string& problem : shapes_.problems()) Report(part, PlaceOf(item), problem);
    for (Shape& shape : *shapes) RETURN_IF_ERROR(sink_.AddShape(frame, std::move(shape)));
    return absl::OkStatus();
  }

  void ReportUnread(const CocoPart& part) {
    if (captions_ > 0) {
      Report(part, "", absl::StrCat(captions_, " captions are left out: CVAT has none"));
    }
    if (panoptic_ > 0) {
      Report(part, "",
             absl::StrCat(panoptic_,
                          " annotations are left out: panoptic segments are in "
                          "images beside the file, which are not read"));
    }
    if (lost_ > 0) {
      Report(part, "",
             absl::StrCat(lost_,
                          " annotations are left out: their images or categories are not in what "
                          "can be read of the file"));
    }
    if (!shapes_.unread().empty()) {
      Report(part, "",
             absl::StrCat("members of annotations that are not read: ",
                          absl::StrJoin(shapes_.unread(), ", ")));
    }
    captions_ = panoptic_ = lost_ = 0;
  }

  JsonParts& files_;
  DatasetSink& sink_;
  LabelUnion labels_;
  ShapeBudget budget_;
  AttributeTypes types_;
  CocoShapes shapes_;
  std::vector<CocoPart> parts_;
  uint32_t frames_ = 0;
  absl::flat_hash_set<uint64_t> names_;  // hashes: a million names would be much
  std::map<const JsonPart*, std::set<std::pair<std::string, std::string>>> seen_;
  uint64_t without_size_ = 0, captions_ = 0, panoptic_ = 0;
  uint64_t lost_ = 0;  // annotations of images behind the damage
};

class Coco : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "coco",
            .summary = "COCO JSON: instances, keypoints, labels; files or a zip",
            .richness = 30};
  }

  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    ASSIGN_OR_RETURN(std::optional<JsonParts::Found> found,
                     JsonParts::Probe(source, IsCoco, RelationOf));
    if (!found) return std::optional<ProbeResult>();
    // Of several subsets no file's name is the dataset's: what they have in common is.
    return std::optional<ProbeResult>(
        ProbeResult{.name = found->has_subsets ? ParseCocoFileName(source.name()).kind : "",
                    .companions = std::move(found->companions)});
  }

  absl::Status Read(Source& source, DatasetSink& sink) const override {
    ASSIGN_OR_RETURN(JsonParts files, JsonParts::Open(source, IsCoco, RelationOf));
    for (const Problem& problem : files.problems()) sink.AddProblem(problem);
    return CocoReading(files, sink).Run();
  }
};

}  // namespace

std::unique_ptr<Reader> NewCocoReader() { return std::make_unique<Coco>(); }

}  // namespace annofs
