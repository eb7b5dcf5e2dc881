// Ultralytics YOLO Detection, Detection Track, Segmentation, Oriented Bounding Boxes and Pose 1.0,
// called YOLOv8 … before CVAT 2.25 (reference/cvat.md §9.4); the same layout as people and other
// tools write it: data.yaml, labels/<subset>/<name>.txt or <subset>/labels/<name>.txt.
//
// One reader for all, because the files of most are told apart by their lines only: 5 fields are a
// box, 6 a box with its track, an odd count from 7 on a polygon. Pose says so itself (kpt_shape).
// Nine fields are an oriented box or a polygon of four points: the zip's name decides (CVAT puts
// the format's name there), else whether what is there are rectangles.
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/class_list.h"
#include "formats/export_frames.h"
#include "formats/oriented_box.h"
#include "formats/small_yaml.h"
#include "formats/text_table.h"
#include "formats/yolo_labels.h"

namespace annofs {
namespace {

constexpr size_t kSampledFiles = 300;
constexpr size_t kMaxPointLabels = 100000;

absl::string_view Localize(absl::string_view path) {
  path = absl::StripAsciiWhitespace(path);
  while (absl::ConsumePrefix(&path, "./") || absl::ConsumePrefix(&path, "../")) {
  }
  absl::ConsumePrefix(&path, "data/");
  return path;
}

bool IsReserved(absl::string_view key) {
  static constexpr absl::string_view kKeys[] = {"names", "path",     "kpt_shape", "flip_idx",
                                                "nc",    "download", "channels"};
  return std::find(std::begin(kKeys), std::end(kKeys), key) != std::end(kKeys);
}

// What the sampled lines of nine fields are.
struct Nines {
  uint64_t rectangles = 0, others = 0;
  bool has_polygons = false;  // lines of other odd counts
};

class Loader {
 public:
  Loader(const ExportTree& tree, const ExportFile& config, Source& source, DatasetSink& sink)
      : tree_(tree), config_(config), source_(source), sink_(sink), frames_(tree, source, sink) {}

  absl::Status Load() {
    ASSIGN_OR_RETURN(std::optional<std::string> text, tree_.Text(config_, sink_));
    yaml_ = ParseSmallYaml(text.value_or(""));
    for (uint64_t line : yaml_.bad_lines)
      Report(absl::StrCat("line ", line), "is not understood and passed over");
    bool is_pose = yaml_.Find("kpt_shape") != nullptr;
    ClassList classes(tree_.NameOf(config_), sink_, is_pose ? "skeleton" : "any");
    AddClasses(classes);
    absl::Status points = is_pose ? AddPoints(classes) : absl::OkStatus();
    for (const auto& [key, value] : yaml_.values) {
      if (!IsReserved(key)) RETURN_IF_ERROR(AddSubset(key, value));
    }
    AddFiles();
    RETURN_IF_ERROR(frames_.Push(ExportFrames::Sizes::kOfAllImages));
    RETURN_IF_ERROR(points);
    if (!is_pose) {
      ASSIGN_OR_RETURN(rules_.nine_is_box, DecideNine());
    }
    return ReadYoloLabels(tree_, rules_, classes, frames_, sink_);
  }

 private:
  void AddClasses(ClassList& classes) {
    const YamlValue* names = yaml_.Find("names");
    if (names == nullptr || names->kind == YamlValue::Kind::kScalar) {
      Report("", "no names of classes", Problem::Severity::kError);
      return;
    }
    for (const auto& [key, name] : names->items) {
      std::optional<int64_t> number = Integer(key);
      if (names->kind == YamlValue::Kind::kList) {
        classes.Add(name);
      } else if (number) {
        classes.AddAs(*number, name);
      } else {
        Report("", absl::StrCat("the class '", name, "' has no number"));
      }
    }
  }

  // CVAT writes 0 points where the task has no skeletons. The parts of skeletons have no names in
  // the file: CVAT's importer calls them <label>_point_<index>. A label with fewer points than
  // kpt_shape says is filled up with absent ones, which nothing tells from points that are absent.
  absl::Status AddPoints(const ClassList& classes) {
    const YamlValue& shape = *yaml_.Find("kpt_shape");
    std::optional<int64_t> points, values;
    if (shape.items.size() == 2) {
      points = Integer(shape.items[0].second);
      values = Integer(shape.items[1].second);
    }
    size_t labels = std::max<size_t>(classes.labels().size(), 1);
    if (!points || !values || *points < 0 || (*values != 2 && *values != 3) ||
        uint64_t(*points) > kMaxPointLabels / labels)
      return absl::InvalidArgumentError("kpt_shape in data.yaml is not [points, 2 or 3]");
    rules_.points = size_t(*points);
    rules_.point_values = size_t(*values);
    for (const auto& [name, label] : classes.labels()) {
      for (size_t i = 0; i < rules_.points; ++i) {
        rules_.point_labels[label].push_back(
            sink_.AddLabel({.name = absl::StrCat(name, "_point_", i),
                            .type = "points",
                            .parent = int32_t(label)}));
      }
    }
    return absl::OkStatus();
  }

  // Its value: a list file, a directory of images, or several of either, or images.
  absl::Status AddSubset(const std::string& key, const YamlValue& value) {
    if (value.kind == YamlValue::Kind::kMapping) return absl::OkStatus();
    std::vector<std::string> sources;
    if (value.kind == YamlValue::Kind::kScalar) sources.push_back(value.scalar);
    for (const auto& [none, item] : value.items) sources.push_back(item);
    for (const std::string& source : sources) {
      absl::string_view path = Localize(frames_.Keep(source));
      if (absl::EndsWith(path, ".txt")) {
        directories_.emplace(key, key);
        RETURN_IF_ERROR(ReadList(key, path));
      } else if (IsImagePath(path)) {
        AddListed(path, frames_.Subset(key), {.source = tree_.NameOf(config_)});
      } else if (!path.empty()) {
        directories_.emplace(DirectoryOf(path), key);
      }
    }
    return absl::OkStatus();
  }

  // The part of a directory of images that its labels share: "train" of "images/train" and of
  // "train/images", "" of "images".
  static std::string DirectoryOf(absl::string_view path) {
    while (absl::ConsumeSuffix(&path, "/")) {
    }
    if (path == "images") return "";
    if (absl::ConsumePrefix(&path, "images/")) return std::string(path);
    absl::ConsumeSuffix(&path, "/images");
    return std::string(BaseName(path));
  }

  absl::Status ReadList(const std::string& subset, absl::string_view path) {
    const ExportFile* file = tree_.Find(path);
    if (file == nullptr) {
      Report("", absl::StrCat("no list '", path, "' of subset ", subset));
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(std::optional<std::string> text, tree_.Text(*file, sink_));
    uint32_t number = frames_.Subset(subset);
    ForEachLine(frames_.Keep(std::move(text).value_or("")),
                [&](absl::string_view line, uint64_t at) {
                  absl::string_view image = Localize(line);
                  if (image.empty()) return;
                  AddListed(image, number,
                            {.source = tree_.NameOf(*file), .position = absl::StrCat("line ", at)});
                });
    return absl::OkStatus();
  }

  void AddListed(absl::string_view image, uint32_t subset, const Problem& where) {
    if (absl::StrContains(image, '\\'))
      image = frames_.Keep(absl::StrReplaceAll(image, {{"\\", "/"}}));
    absl::string_view shared = SharedPath(image, "images");
    frames_.AddListed(WithoutExtension(shared), BelowFirst(shared), subset, where);
  }

  // What the paths of an image and of its labels share: the path without the directory `kind`.
  absl::string_view SharedPath(absl::string_view path, absl::string_view kind) {
    std::string inner = absl::StrCat("/", kind, "/");
    if (absl::StartsWith(path, inner.substr(1))) return path.substr(kind.size() + 1);
    size_t at = path.rfind(inner);
    if (at == absl::string_view::npos) return path;
    absl::string_view before = path.substr(0, at), after = path.substr(at + inner.size());
    if (absl::StrContains(before, '/')) return after;
    return frames_.Keep(absl::StrCat(before, "/", after));
  }

  static bool IsBelow(absl::string_view path, absl::string_view kind) {
    absl::string_view first = path.substr(0, path.find('/'));
    if (first.size() == path.size()) return false;
    if (first == kind) return true;
    absl::string_view rest = path.substr(first.size() + 1);
    return absl::StartsWith(rest, kind) && rest.substr(kind.size(), 1) == "/";
  }

  void AddFiles() {
    for (size_t i = 0; i < tree_.files().size(); ++i) {
      absl::string_view path = tree_.files()[i].path;
      if (IsImagePath(path) && IsBelow(path, "images")) {
        AddFile(SharedPath(path, "images"), uint32_t(i), true);
      } else if (absl::EndsWith(path, ".txt") && IsBelow(path, "labels")) {
        AddFile(WithoutExtension(SharedPath(path, "labels")), uint32_t(i), false);
      }
    }
  }
  void AddFile(absl::string_view shared, uint32_t file, bool is_image) {
    auto [subset, name] = Place(shared);
    if (is_image) {
      frames_.AddImage(WithoutExtension(shared), name, subset, file);
    } else {
      frames_.AddLabels(shared, name, subset, file);
    }
  }
  // Subset and frame name of a shared path.
  std::pair<uint32_t, absl::string_view> Place(absl::string_view shared) {
    size_t slash = shared.find('/');
    absl::string_view first = slash == absl::string_view::npos ? "" : shared.substr(0, slash);
    auto known = directories_.find(first);
    if (known != directories_.end())
      return {frames_.Subset(known->second), first.empty() ? shared : BelowFirst(shared)};
    auto flat = directories_.find("");
    if (flat != directories_.end()) return {frames_.Subset(flat->second), shared};
    return {frames_.Subset(first), BelowFirst(shared)};
  }

  absl::StatusOr<bool> DecideNine() {
    std::string name = absl::AsciiStrToLower(BaseName(source_.name()));
    if (absl::StrContains(name, "oriented") || absl::StrContains(name, "obb")) return true;
    if (absl::StrContains(name, "segmentation")) return false;
    ASSIGN_OR_RETURN(Nines nines, SampleNines());
    bool is_box = nines.rectangles > 0 && nines.others == 0 && !nines.has_polygons;
    if (nines.rectangles + nines.others > 0 && !nines.has_polygons)
      Report("",
             absl::StrCat("lines of four points are read as ",
                          is_box ? "oriented boxes: those of the first label files are rectangles"
                                 : "polygons: not all of the first label files are rectangles"));
    return is_box;
  }

  absl::StatusOr<Nines> SampleNines() {
    Nines nines;
    std::vector<absl::string_view> fields;
    size_t files = 0;
    for (uint32_t number : frames_.FramesByLabelFile()) {
      const ExportFrame& frame = frames_.frames()[number];
      absl::StatusOr<std::string> text =
          tree_.zip().ReadAll(tree_.EntryOf(tree_.files()[frame.labels]), kMaxExportEntry);
      if (absl::IsInvalidArgument(text.status())) continue;  // told when it is read for good
      if (!text.ok()) return text.status();
      ForEachLine(*text, [&](absl::string_view line, uint64_t) {
        if (SplitBlanks(line, fields)) Sample(fields, frame, nines);
      });
      if (!text->empty() && (++files == kSampledFiles || nines.has_polygons)) break;
    }
    return nines;
  }

  static void Sample(const std::vector<absl::string_view>& fields, const ExportFrame& frame,
                     Nines& nines) {
    if (fields.size() >= 7 && fields.size() % 2 == 1 && fields.size() != 9)
      nines.has_polygons = true;
    std::optional<std::array<double, 8>> corners = YoloCorners(fields, frame);
    if (corners) ++(BoxOfCorners(*corners).is_exact ? nines.rectangles : nines.others);
  }

  void Report(std::string position, std::string why,
              Problem::Severity severity = Problem::Severity::kWarning) {
    sink_.AddProblem({.severity = severity,
                      .source = tree_.NameOf(config_),
                      .position = std::move(position),
                      .reason = std::move(why)});
  }

  const ExportTree& tree_;
  const ExportFile& config_;
  Source& source_;
  DatasetSink& sink_;
  ExportFrames frames_;
  YamlDocument yaml_;
  YoloRules rules_;
  std::map<std::string, std::string, std::less<>> directories_;  // shared directory -> subset
};

// data.yaml, else the first other YAML of the root.
const ExportFile* FindConfig(const ExportTree& tree) {
  if (const ExportFile* config = tree.Find("data.yaml")) return config;
  for (const ExportFile& file : tree.files()) {
    if (!absl::StrContains(file.path, '/') &&
        (absl::EndsWith(file.path, ".yaml") || absl::EndsWith(file.path, ".yml")))
      return &file;
  }
  return nullptr;
}

class Ultralytics : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "ultralytics",
            .summary =
                "Ultralytics YOLO (YOLOv8) detection, track, segmentation, oriented boxes, "
                "pose: data.yaml and label files, in an export zip",
            .richness = 20};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kUltralytics);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    ASSIGN_OR_RETURN(ExportTree tree, OpenExport(source, ExportKind::kUltralytics));
    const ExportFile* config = FindConfig(tree);
    if (config == nullptr) return absl::InvalidArgumentError("no data.yaml in it");
    return Loader(tree, *config, source, sink).Load();
  }
};

}  // namespace

std::unique_ptr<Reader> NewUltralyticsReader() { return std::make_unique<Ultralytics>(); }

}  // namespace annofs
