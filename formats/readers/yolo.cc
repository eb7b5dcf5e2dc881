// YOLO 1.1 (reference/cvat.md §9.4): obj.data names the subsets and their lists of images,
// obj.names the classes; obj_<subset>_data/<name>.txt has one `class cx cy w h` per line.
//
// What cannot be told from the files: CVAT numbers classes among labels without parent, while
// obj.names lists all; a class behind a skeleton's label then has the name of one of its parts,
// here as in CVAT's own importer.
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/class_list.h"
#include "formats/export_frames.h"
#include "formats/text_table.h"
#include "formats/yolo_labels.h"

namespace annofs {
namespace {

constexpr absl::string_view kConfig = "obj.data", kDefaultNames = "obj.names";

// "obj_train_data/a.jpg" of "data/obj_train_data/a.jpg": what stands in a zip has no "data/".
absl::string_view Localize(absl::string_view path) {
  path = absl::StripAsciiWhitespace(path);
  while (absl::ConsumePrefix(&path, "./")) {
  }
  absl::ConsumePrefix(&path, "data/");
  return path;
}

// "train" of "obj_train_data/…"; empty if the directory is called otherwise.
absl::string_view SubsetOfDirectory(absl::string_view path) {
  absl::string_view directory = path.substr(0, path.find('/'));
  if (!absl::ConsumePrefix(&directory, "obj_") || !absl::ConsumeSuffix(&directory, "_data"))
    return "";
  return directory;
}

class Loader {
 public:
  Loader(const ExportTree& tree, Source& source, DatasetSink& sink)
      : tree_(tree), sink_(sink), frames_(tree, source, sink) {}

  absl::Status Load() {
    RETURN_IF_ERROR(ReadConfig());
    ClassList classes(tree_.NameOf(*tree_.Find(kConfig)), sink_);
    RETURN_IF_ERROR(ReadNames(classes));
    for (const auto& [subset, list] : lists_) RETURN_IF_ERROR(ReadList(subset, list));
    AddFiles();
    RETURN_IF_ERROR(frames_.Push(ExportFrames::Sizes::kOfAllImages));
    return ReadYoloLabels(tree_, {.boxes_only = true}, classes, frames_, sink_);
  }

 private:
  // `key = value` lines; keys but those of the format are subsets.
  absl::Status ReadConfig() {
    const ExportFile& file = *tree_.Find(kConfig);
    ASSIGN_OR_RETURN(std::optional<std::string> text, tree_.Text(file, sink_));
    ForEachLine(text.value_or(""), [&](absl::string_view line, uint64_t number) {
      size_t equals = line.find('=');
      absl::string_view key = absl::StripAsciiWhitespace(line.substr(0, equals));
      if (key.empty() || key[0] == '#') return;
      if (equals == absl::string_view::npos)
        return Report(file, number, absl::StrCat("'", key.substr(0, 64), "' has no value"));
      std::string value(Localize(line.substr(equals + 1)));
      if (key == "names") {
        names_ = value;
      } else if (key != "classes" && key != "backup") {
        lists_.emplace_back(std::string(key), value);
      }
    });
    return absl::OkStatus();
  }

  absl::Status ReadNames(ClassList& classes) {
    const ExportFile* file = tree_.Find(names_);
    if (file == nullptr) file = tree_.Find(kDefaultNames);
    if (file == nullptr) {
      sink_.AddProblem({.severity = Problem::Severity::kError,
                        .source = tree_.NameOf(*tree_.Find(kConfig)),
                        .reason = absl::StrCat("no '", names_, "' with the names of the classes")});
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(std::optional<std::string> text, tree_.Text(*file, sink_));
    ForEachLine(text.value_or(""), [&](absl::string_view line, uint64_t) {
      absl::string_view name = absl::StripAsciiWhitespace(line);
      if (!name.empty()) classes.Add(name);
    });
    return absl::OkStatus();
  }

  absl::Status ReadList(const std::string& subset_name, const std::string& path) {
    uint32_t subset = frames_.Subset(subset_name);
    const ExportFile* file = tree_.Find(path);
    if (file == nullptr) {
      sink_.AddProblem({.source = tree_.NameOf(*tree_.Find(kConfig)),
                        .reason = absl::StrCat("no list '", path, "' of subset ", subset_name)});
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(std::optional<std::string> text, tree_.Text(*file, sink_));
    absl::string_view kept = frames_.Keep(std::move(text).value_or(""));
    ForEachLine(kept, [&](absl::string_view line, uint64_t number) {
      absl::string_view image = Localize(line);
      if (absl::StrContains(image, '\\'))
        image = frames_.Keep(absl::StrReplaceAll(image, {{"\\", "/"}}));
      if (image.empty()) return;
      Problem where{.source = tree_.NameOf(*file), .position = absl::StrCat("line ", number)};
      frames_.AddListed(WithoutExtension(image), BelowFirst(image), subset, where);
    });
    return absl::OkStatus();
  }

  // Images and label files beside each other, in one directory per subset.
  void AddFiles() {
    for (size_t i = 0; i < tree_.files().size(); ++i) {
      absl::string_view path = tree_.files()[i].path;
      if (!absl::StrContains(path, '/')) continue;
      absl::string_view key = WithoutExtension(path);
      uint32_t subset = frames_.Find(key) == ExportFrame::kNone
                            ? frames_.Subset(SubsetOfDirectory(path))
                            : 0;  // it has one
      if (IsImagePath(path)) {
        frames_.AddImage(key, BelowFirst(path), subset, uint32_t(i));
      } else if (absl::EndsWith(path, ".txt")) {
        frames_.AddLabels(key, BelowFirst(key), subset, uint32_t(i));
      }
    }
  }

  void Report(const ExportFile& file, uint64_t line, std::string why) {
    sink_.AddProblem({.source = tree_.NameOf(file),
                      .position = absl::StrCat("line ", line),
                      .reason = std::move(why)});
  }

  const ExportTree& tree_;
  DatasetSink& sink_;
  ExportFrames frames_;
  std::string names_ = std::string(kDefaultNames);
  std::vector<std::pair<std::string, std::string>> lists_;  // subset, path
};

class Yolo : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "yolo",
            .summary = "YOLO 1.1: obj.data and label files, in an export zip",
            .richness = 20};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kYolo);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    return LoadExport<Loader>(source, sink, ExportKind::kYolo);
  }
};

}  // namespace

std::unique_ptr<Reader> NewYoloReader() { return std::make_unique<Yolo>(); }

}  // namespace annofs
