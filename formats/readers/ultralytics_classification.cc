// Ultralytics (YOLOv8) Classification 1.0 (reference/cvat.md §9.4): <subset>/labels.json says
// names, tags and paths; <subset>/<label>/<name><ext> are the images. Without labels.json the
// folders are the tags.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/export_loader.h"
#include "formats/json_damage.h"

namespace annofs {
namespace {

constexpr absl::string_view kNoLabel = "no_label", kLabels = "labels.json";

class Loader : public ExportLoader {
 public:
  using ExportLoader::ExportLoader;

 private:
  absl::Status ReadNames() override {
    RETURN_IF_ERROR(ReadTables());
    return ForEachOtherImage(
        [this](absl::string_view path, absl::string_view label, uint32_t file) {
          if (label != kNoLabel) classes_.FindOrAdd(label);
          absl::string_view subset = path.substr(0, path.find('/'));
          absl::string_view name = path.substr(subset.size() + label.size() + 2);
          if (frames_.Find(path) == ExportFrame::kNone)
            frames_.AddImage(path, name, frames_.Subset(subset), file);
          return absl::OkStatus();
        });
  }
  absl::Status ReadShapes() override {
    RETURN_IF_ERROR(ReadTables());
    return ForEachOtherImage([this](absl::string_view path, absl::string_view label, uint32_t) {
      return label == kNoLabel ? absl::OkStatus()
                               : AddTag(frames_.Find(path), *classes_.Find(label));
    });
  }

  absl::Status ReadTables() {
    for (const ExportFile& file : tree_.files()) {
      if (BaseName(file.path) == kLabels) RETURN_IF_ERROR(ReadTable(file));
    }
    return absl::OkStatus();
  }
  absl::Status ReadTable(const ExportFile& file) {
    absl::StatusOr<std::unique_ptr<ChunkSource>> text = tree_.zip().Open(tree_.EntryOf(file));
    absl::Status status = text.status();
    if (status.ok()) {
      status = StreamJson(**text, {"*"}, [&](const JsonItem& item) {
        auto problem = DamageOf(item, tree_.NameOf(file));
        if (problem && is_naming()) sink_.AddProblem(*std::move(problem));
        return ReadItem(DirName(file.path), item.path[0], item.value);
      });
    }
    if (!absl::IsInvalidArgument(status)) return status;
    Report(file, 0, "", std::string(status.message()));
    return absl::OkStatus();
  }

  // "id": {"labels": ["car"], "path": "car/a.jpg"}
  absl::Status ReadItem(absl::string_view subset, absl::string_view id, JsonValue value) {
    absl::string_view path = value.StringOr("path", "");
    uint32_t frame =
        FrameOf(absl::StrCat(subset, "/", id), absl::StrCat(id, Extension(path)), subset);
    if (is_naming()) {
      AddImageOf(JoinPath(subset, path), frame);
      for (size_t i = 0; i < value["labels"].size(); ++i)
        classes_.FindOrAdd(value["labels"][i].AsString().value_or(""));
      return absl::OkStatus();
    }
    for (size_t i = 0; i < value["labels"].size(); ++i) {
      std::optional<absl::string_view> label = value["labels"][i].AsString();
      if (label) RETURN_IF_ERROR(AddTag(frame, classes_.FindOrAdd(*label)));
    }
    return absl::OkStatus();
  }
  void AddImageOf(const std::string& path, uint32_t frame) {
    const ExportFile* image = tree_.Find(path);
    if (image == nullptr) return;
    uint32_t number = uint32_t(image - tree_.files().data());
    frames_.frames()[frame].image = number;
  }

  // Images of subsets that have no labels.json.
  template <typename Use>
  absl::Status ForEachOtherImage(Use use) {
    for (size_t i = 0; i < tree_.files().size(); ++i) {
      absl::string_view path = tree_.files()[i].path;
      size_t first = path.find('/');
      size_t second = path.find('/', first + 1);
      if (!IsImagePath(path) || first == absl::string_view::npos ||
          second == absl::string_view::npos)
        continue;
      if (tree_.Find(absl::StrCat(path.substr(0, first), "/", kLabels)) != nullptr) continue;
      RETURN_IF_ERROR(use(path, path.substr(first + 1, second - first - 1), uint32_t(i)));
    }
    return absl::OkStatus();
  }
};

class UltralyticsClassification : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "ultralytics_classification",
            .summary = "Ultralytics YOLO (YOLOv8) Classification 1.0: tags, in an export zip",
            .richness = 10};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kUltralyticsClassification);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    return LoadExport<Loader>(source, sink, ExportKind::kUltralyticsClassification);
  }
};

}  // namespace

std::unique_ptr<Reader> NewUltralyticsClassificationReader() {
  return std::make_unique<UltralyticsClassification>();
}

}  // namespace annofs
