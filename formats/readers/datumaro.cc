// Datumaro's JSON, 2D and 3D: annotations/<subset>.json, of CVAT and of Datumaro itself, the
// headers of all releases (reference/cvat.md §9.4); plain files, or a zip of them with or without
// media. One file is one subset and one task: track ids restart there.
#include <algorithm>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/datumaro_labels.h"
#include "formats/datumaro_shapes.h"
#include "formats/json_labels.h"
#include "formats/json_numbers.h"
#include "formats/json_parts.h"
#include "formats/json_salvage.h"
#include "formats/label_union.h"
#include "formats/reader.h"
#include "formats/shape_budget.h"

namespace annofs {
namespace {

constexpr absl::string_view kPointClouds = "6";

bool IsDatumaro(const JsonHead& head) {
  if (!head.HasArray("items")) return head.Find("dm_format_version") != nullptr;
  return head.HasObject("categories") || head.HasArrayOf("items", "annotations");
}

constexpr absl::string_view kAnnotations = "annotations";

JsonParts::Beside RelationOf(absl::string_view directory, absl::string_view, absl::string_view) {
  return directory == kAnnotations ? JsonParts::Beside::kSubset : JsonParts::Beside::kNothing;
}

// Of several subsets no file's name is the dataset's: the directory's above "annotations" is.
std::string NameOfAll(absl::string_view key) {
  const absl::string_view name = BaseName(DirName(DirName(key)));
  return std::string(name.empty() ? kAnnotations : name);
}

bool IsOfPointClouds(const JsonHead& head) {
  const JsonHeadMember* type = head.Find("media_type");
  return head.HasArrayOf("items", "point_cloud") || (type != nullptr && type->text == kPointClouds);
}

// Are the categories told before the items? Then one pass is enough.
bool IsInOrder(const JsonHead& head) {
  for (const JsonHeadMember& member : head.members) {
    if (member.name == "categories") return true;
    if (member.name == "items") return false;
  }
  return false;
}

std::string PathOf(JsonValue item) {
  for (absl::string_view media : {"image", "point_cloud", "media"}) {
    const absl::string_view path = item[media].StringOr("path", "");
    if (!path.empty()) return std::string(path);
  }
  return "";
}

// The id is the name without its extension; newer releases write "_" for "/" in the path.
std::string NameOf(absl::string_view id, absl::string_view path) {
  if (path.empty()) return std::string(id);
  const absl::string_view extension = Extension(path);
  const absl::string_view stem = path.substr(0, path.size() - extension.size());
  if (stem == id || stem == absl::StrReplaceAll(id, {{"/", "_"}})) {
    return absl::StrCat(id, extension);
  }
  return std::string(path);
}

class DatumaroFile {
 public:
  DatumaroFile(const JsonPart& file, LabelUnion& labels, ShapeBudget& budget, AttributeTypes& types,
               DatasetSink& sink)
      : file_(file),
        part_(Stem(file.path)),
        subset_(part_ == "default" ? "" : part_),
        sink_(sink),
        text_(file.key, [&sink](Problem problem) { sink.AddProblem(std::move(problem)); }),
        labels_(file.key, labels, sink),
        shapes_(labels_, budget, types) {
    task_ = sink_.AddTask({.subset = subset_, .is_3d = IsOfPointClouds(file.head)});
  }

  absl::Status Read(JsonParts& files) {
    if (IsInOrder(file_.head)) {
      RETURN_IF_ERROR(Stream(files, {"categories", "items/*"}));
    } else {
      RETURN_IF_ERROR(Stream(files, {"categories"}));
      RETURN_IF_ERROR(Stream(files, {"items/*"}));
    }
    ReportUnread();
    return absl::OkStatus();
  }

 private:
  static std::string Stem(absl::string_view path) {
    const absl::string_view name = BaseName(path);
    return std::string(name.substr(0, name.size() - Extension(name).size()));
  }

  absl::Status Stream(JsonParts& files, const std::vector<std::string>& patterns) {
    const absl::Status status =
        text_.Stream(files.OpenText(file_), patterns, [&](const JsonItem& item) {
          if (item.path[0] == "items") return ReadItem(files, item.value, item.path[1]);
          labels_.Add(item.value);
          return absl::OkStatus();
        });
    return files.parts().size() > 1 ? Annotate(status, file_.path) : status;
  }

  void Report(std::string position, std::string reason, absl::string_view frame = "") {
    sink_.AddProblem({.source = file_.key,
                      .position = std::move(position),
                      .frame = std::string(frame),
                      .reason = std::move(reason)});
  }

  absl::Status ReadItem(JsonParts& files, JsonValue item, const std::string& index) {
    const std::string position = absl::StrCat("item ", index);
    const std::string path = PathOf(item);
    const std::string name = NameOf(JsonText(item["id"]), path);
    if (name.empty()) {
      Report(position, "left out: it has neither an id nor a path");
      return absl::OkStatus();
    }
    if (!names_.insert(absl::Hash<std::string>()(name)).second) {
      Report(position, "a second item of this name", name);
    }
    ASSIGN_OR_RETURN(const uint32_t frame, sink_.AddFrame(FrameOf(files, item, name, path)));
    ++frames_;
    const JsonValue annotations = item["annotations"];
    for (size_t i = 0; annotations.is_array() && i < annotations.size(); ++i) {
      // Made for problems only: there may be ten million annotations.
      auto place = [&] { return absl::StrCat(position, " annotation ", i); };
      RETURN_IF_ERROR(ReadAnnotation(frame, place, name, annotations[i]));
    }
    return absl::OkStatus();
  }

  Frame FrameOf(const JsonParts& files, JsonValue item, const std::string& name,
                const std::string& path) {
    const int64_t number = item["attr"].IntOr("frame", -1);
    const JsonValue size = item["image"]["size"];
    Frame frame{.name = name,
                .number = number >= 0 && number <= UINT32_MAX ? uint32_t(number) : frames_,
                .task = task_,
                .width = ImageSide(size[1]),
                .height = ImageSide(size[size_t{0}]),
                .subset = subset_};
    const JsonValue related = item["related_images"];
    for (size_t i = 0; related.is_array() && i < related.size(); ++i) {
      const absl::string_view image = related[i].StringOr("path", "");
      if (!image.empty()) frame.related.emplace_back(image);
    }
    if (files.is_zip()) {
      frame.inner = files.FindMedia(MediaPaths(name, path));
      AddInnerRelated(files, JsonText(item["id"]), frame);
    }
    return frame;
  }

  // An export with images has them in a directory of the item, and names them in that.
  void AddInnerRelated(const JsonParts& files, const std::string& id, Frame& frame) const {
    const absl::string_view root = DirName(DirName(file_.path));
    bool has_some = false;
    std::vector<std::optional<InnerMedia>> inner;
    for (const std::string& image : frame.related) {
      inner.push_back(files.FindMedia(
          {JoinPath(root, absl::StrCat("related_images/", part_, "/", id, "/", image)),
           JoinPath(root, image)}));
      has_some |= inner.back().has_value();
    }
    if (has_some) frame.related_inner = std::move(inner);
  }

  // Where a zip may have the media.
  std::vector<std::string> MediaPaths(const std::string& name, const std::string& path) const {
    const absl::string_view root = DirName(DirName(file_.path));
    std::vector<std::string> paths;
    for (absl::string_view folder : {"images", "point_clouds"}) {
      for (const std::string& file : {path, name}) {
        paths.push_back(JoinPath(root, absl::StrCat(folder, "/", part_, "/", file)));
        paths.push_back(JoinPath(root, absl::StrCat(folder, "/", file)));
      }
    }
    return paths;
  }

  absl::Status ReadAnnotation(uint32_t frame, absl::FunctionRef<std::string()> place,
                              const std::string& name, JsonValue json) {
    absl::StatusOr<Shape> shape = shapes_.Parse(json);
    if (shape.ok()) {
      for (const std::string& problem : shapes_.problems()) Report(place(), problem, name);
      return sink_.AddShape(frame, *std::move(shape));
    }
    if (shape.status().code() == absl::StatusCode::kResourceExhausted) {
      return absl::InvalidArgumentError(absl::StrCat(place(), ": ", shape.status().message()));
    }
    if (shape.status().code() == absl::StatusCode::kInvalidArgument) {
      Report(place(), absl::StrCat("left out: ", shape.status().message()), name);
    }
    return absl::OkStatus();
  }

  void ReportUnread() {
    for (const auto& [type, count] : shapes_.unread_types()) {
      Report("", absl::StrCat(count, " annotations of type '", type,
                              "' are left out: CVAT has no such shape"));
    }
    if (!shapes_.unread_members().empty()) {
      Report("", absl::StrCat("members of annotations that are not read: ",
                              absl::StrJoin(shapes_.unread_members(), ", ")));
    }
  }

  const JsonPart& file_;
  const std::string part_, subset_;
  DatasetSink& sink_;
  SalvagedJson text_;
  DatumaroLabels labels_;
  DatumaroShapes shapes_;
  uint32_t task_ = 0;
  uint32_t frames_ = 0;
  absl::flat_hash_set<uint64_t> names_;  // hashes: a million names would be much
};

class Datumaro : public Reader {
 public:
  ReaderInfo Info() const override {
    return {
        .name = "datumaro", .summary = "Datumaro JSON, 2D and 3D; files or a zip", .richness = 40};
  }

  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    ASSIGN_OR_RETURN(std::optional<JsonParts::Found> found,
                     JsonParts::Probe(source, IsDatumaro, RelationOf));
    if (!found) return std::optional<ProbeResult>();
    return std::optional<ProbeResult>(
        ProbeResult{.name = found->has_subsets ? NameOfAll(source.name()) : "",
                    .companions = std::move(found->companions)});
  }

  absl::Status Read(Source& source, DatasetSink& sink) const override {
    ASSIGN_OR_RETURN(JsonParts files, JsonParts::Open(source, IsDatumaro, RelationOf));
    for (const Problem& problem : files.problems()) sink.AddProblem(problem);
    LabelUnion labels(sink);
    ShapeBudget budget;
    AttributeTypes types;
    std::list<DatumaroFile> all;
    for (const JsonPart& file : files.parts()) all.emplace_back(file, labels, budget, types, sink);
    absl::Status status;
    for (DatumaroFile& file : all) {
      if (status.ok()) status = file.Read(files);
    }
    types.Finish(sink);
    return status;
  }
};

}  // namespace

std::unique_ptr<Reader> NewDatumaroReader() { return std::make_unique<Datumaro>(); }

}  // namespace annofs
