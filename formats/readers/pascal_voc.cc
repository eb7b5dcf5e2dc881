// PASCAL VOC 1.1 (reference/cvat.md §9.4): boxes and their attributes from Annotations/*.xml,
// tags from ImageSets/Main/<label>_<subset>.txt, subsets from ImageSets/*/<subset>.txt, labels from
// labelmap.txt, masks from SegmentationClass and SegmentationObject. XML files beside their images,
// without the folders of VOC, are read too.
#include <set>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/class_list.h"
#include "formats/export_frames.h"
#include "formats/picture_masks.h"
#include "formats/shape_check.h"
#include "formats/text_table.h"
#include "formats/voc_document.h"

namespace annofs {
namespace {

constexpr absl::string_view kLabelMap = "labelmap.txt", kLists = "ImageSets/",
                            kMainLists = "ImageSets/Main/", kBackground = "background",
                            kClassMasks = "SegmentationClass/";
// Pairs of such a label and a subset that are looked for.
constexpr uint64_t kMostMendedLists = 1 << 18;

// "a/b.xml" of "Annotations/a/b.xml"; without the extension it is what image, XML and lists call
// the frame.
absl::string_view BelowFolder(absl::string_view path) {
  for (absl::string_view folder : {"Annotations/", "JPEGImages/", "annotations/", "images/"}) {
    if (absl::ConsumePrefix(&path, folder)) break;
  }
  return path;
}

class Loader {
 public:
  Loader(const ExportTree& tree, Source& source, DatasetSink& sink)
      : tree_(tree),
        source_(source),
        sink_(sink),
        frames_(tree, source, sink),
        classes_(std::string(source.name()), sink),
        masks_(tree, sink) {}

  absl::Status Load() {
    const absl::Status status = LoadAll();
    types_.Finish(sink_);
    return status;
  }

 private:
  absl::Status LoadAll() {
    RETURN_IF_ERROR(ReadLabelMap());
    FindSubsets();
    RETURN_IF_ERROR(ReadLists());
    AddFiles();
    frames_.PushTask();
    RETURN_IF_ERROR(frames_.ForEachLabelFile(
        [this](ExportFrame& frame, const ExportFile& file, absl::string_view text) {
          return ReadAnnotations(frame, file, text);
        }));
    for (uint32_t i = 0; i < frames_.frames().size(); ++i) {
      if (frames_.frames()[i].frame == ExportFrame::kNone) RETURN_IF_ERROR(frames_.PushFrame(i));
    }
    for (const TagList& list : tag_lists_) RETURN_IF_ERROR(ReadTags(list));
    RETURN_IF_ERROR(ReadMasks());
    return absl::OkStatus();
  }

  struct TagList {
    const ExportFile* file;
    std::string label;
  };

  // The background that CVAT adds is no label unless something has it.
  absl::Status ReadLabelMap() {
    const ExportFile* file = tree_.Find(kLabelMap);
    if (file == nullptr) return absl::OkStatus();
    has_label_map_ = true;
    ASSIGN_OR_RETURN(std::optional<std::string> text, tree_.Text(*file, sink_));
    ForEachLine(text.value_or(""), [&](absl::string_view line, uint64_t) {
      const std::optional<VocClass> found = ParseVocClass(line);
      if (!found) return;
      std::optional<uint32_t> label;
      if (found->name != kBackground) {
        const int64_t number = int64_t(classes_.size());
        classes_.Add(found->name);
        label = classes_.Label(number);
      } else if (found->color.value_or(0) != 0) {
        label = classes_.FindOrAdd(found->name);
      }
      masks_.AddClass(found->color, label);
    });
    return absl::OkStatus();
  }

  // A list of Main is of a label if the rest of its name is a subset that has a list as well.
  void FindSubsets() {
    std::set<absl::string_view> names;
    for (const ExportFile& file : tree_.StartingWith(kMainLists)) {
      if (absl::EndsWith(file.path, ".txt")) names.insert(NameOfList(file));
    }
    const absl::flat_hash_map<std::string, std::string> mended = MendedLists(names);
    for (const ExportFile& file : tree_.StartingWith(kMainLists)) {
      absl::string_view name = NameOfList(file);
      if (const auto found = mended.find(name); found != mended.end()) {
        tag_lists_.push_back({.file = &file, .label = found->second});
        tag_files_.insert(file.path);
        continue;
      }
      for (size_t at = name.find('_'); at != absl::string_view::npos; at = name.find('_', at + 1)) {
        absl::string_view label = name.substr(0, at);
        bool is_label = !has_label_map_ || label == kBackground || classes_.Find(label);
        if (!names.contains(name.substr(at + 1)) || !is_label) continue;
        tag_lists_.push_back({.file = &file, .label = std::string(label)});
        tag_files_.insert(file.path);
        break;
      }
    }
  }
  // Lists of labels whose names no file can have, as our own exports call them: file, label.
  absl::flat_hash_map<std::string, std::string> MendedLists(
      const std::set<absl::string_view>& names) const {
    absl::flat_hash_map<std::string, std::string> lists;
    uint64_t tried = 0;
    for (const auto& [label, number] : classes_.labels()) {
      if (SafeName(absl::StrCat(label, "_.txt")) == absl::StrCat(label, "_.txt")) continue;
      for (absl::string_view subset : names) {
        if (++tried > kMostMendedLists) return lists;
        std::string name(WithoutExtension(SafeName(absl::StrCat(label, "_", subset, ".txt"))));
        if (names.contains(name)) lists.try_emplace(std::move(name), label);
      }
    }
    return lists;
  }
  static absl::string_view NameOfList(const ExportFile& file) {
    return WithoutExtension(BaseName(file.path));
  }

  // Main first: the others repeat its frames.
  absl::Status ReadLists() {
    for (const ExportFile& file : tree_.StartingWith(kMainLists))
      RETURN_IF_ERROR(ReadList(file, /*is_main=*/true));
    for (const ExportFile& file : tree_.StartingWith(kLists)) {
      if (!absl::StartsWith(file.path, kMainLists)) RETURN_IF_ERROR(ReadList(file, false));
    }
    return absl::OkStatus();
  }
  absl::Status ReadList(const ExportFile& file, bool is_main) {
    if (!absl::EndsWith(file.path, ".txt") || tag_files_.contains(file.path))
      return absl::OkStatus();
    ASSIGN_OR_RETURN(std::optional<std::string> text, tree_.Text(file, sink_));
    uint32_t subset = frames_.Subset(NameOfList(file));
    ForEachLine(frames_.Keep(std::move(text).value_or("")), [&](absl::string_view line,
                                                                uint64_t number) {
      absl::string_view id = absl::StripAsciiWhitespace(line);
      if (!is_main && !IsKnown(id)) id = WithoutQuotes(id);
      if (id.empty() || (!is_main && IsKnown(id))) return;
      frames_.AddListed(id, id, subset,
                        {.source = tree_.NameOf(file), .position = absl::StrCat("line ", number)});
    });
    return absl::OkStatus();
  }
  // Lists of layouts quote names with spaces.
  static absl::string_view WithoutQuotes(absl::string_view line) {
    const size_t end = absl::StartsWith(line, "\"") ? line.find('"', 1) : absl::string_view::npos;
    return end == absl::string_view::npos ? line : line.substr(1, end - 1);
  }
  // Lists of Layout and Action may have a number behind the name.
  bool IsKnown(absl::string_view line) const {
    return frames_.Find(line) != ExportFrame::kNone ||
           frames_.Find(line.substr(0, line.find_first_of(" \t"))) != ExportFrame::kNone;
  }

  void AddFiles() {
    for (size_t i = 0; i < tree_.files().size(); ++i) {
      absl::string_view path = tree_.files()[i].path;
      if (absl::StartsWith(path, "Segmentation")) {
        AddMask(path, uint32_t(i));
        continue;
      }
      absl::string_view name = BelowFolder(path), id = WithoutExtension(name);
      uint32_t subset = frames_.Find(id) == ExportFrame::kNone ? frames_.Subset("") : 0;
      if (IsImagePath(path)) {
        frames_.AddImage(id, name, subset, uint32_t(i));
      } else if (absl::EndsWith(path, ".xml")) {
        frames_.AddLabels(id, id, subset, uint32_t(i));
      }
    }
  }
  void AddMask(absl::string_view path, uint32_t file) {
    if (!absl::StartsWith(path, kClassMasks) || !absl::EndsWith(path, ".png")) return;
    absl::string_view id = IdOfMask(path);
    if (frames_.Find(id) == ExportFrame::kNone) frames_.AddListed(id, id, frames_.Subset(""), {});
    mask_files_.push_back(file);
  }
  static absl::string_view IdOfMask(absl::string_view path) {
    return WithoutExtension(path.substr(kClassMasks.size()));
  }
  absl::Status ReadMasks() {
    if (!has_label_map_ && !mask_files_.empty()) {
      sink_.AddProblem({.source = std::string(source_.name()),
                        .reason = absl::StrCat("the masks of ", mask_files_.size(),
                                               " images are left out: no labelmap.txt says what "
                                               "their colours are")});
      return absl::OkStatus();
    }
    for (uint32_t file : tree_.InZipOrder(mask_files_)) {
      const ExportFile& classes = tree_.files()[file];
      absl::string_view id = IdOfMask(classes.path);
      RETURN_IF_ERROR(
          masks_.Read(VocPictures(tree_, classes), frames_.frames()[frames_.Find(id)].frame));
    }
    return absl::OkStatus();
  }

  absl::Status ReadAnnotations(ExportFrame& frame, const ExportFile& file, absl::string_view text) {
    VocDocument document;
    absl::Status parsed = ParseVocDocument(text, next_group_, document);
    if (frame.image == ExportFrame::kNone && IsImagePath(document.file_name))
      frame.name = frames_.Keep(absl::StrCat(frame.name, Extension(document.file_name)));
    RETURN_IF_ERROR(SetSize(frame, document));
    RETURN_IF_ERROR(frames_.PushFrame(uint32_t(&frame - frames_.frames().data())));
    for (VocObject& object : document.objects)
      RETURN_IF_ERROR(AddObject(frame, file, std::move(object)));
    for (CutText& cut : document.cut)
      Report(frame, file, absl::StrCat("line ", cut.line), std::move(cut.what));
    if (!parsed.ok()) Report(frame, file, "", std::string(parsed.message()));
    return absl::OkStatus();
  }

  absl::Status SetSize(ExportFrame& frame, const VocDocument& document) {
    frame.width = document.width;
    frame.height = document.height;
    bool is_known = frame.width != 0 && frame.height != 0;
    if (is_known || frame.image == ExportFrame::kNone) return absl::OkStatus();
    ASSIGN_OR_RETURN(std::optional<ImageHeader> header, tree_.HeaderOf(tree_.files()[frame.image]));
    if (!header) return absl::OkStatus();
    frame.width = DisplaySize(*header).width;
    frame.height = DisplaySize(*header).height;
    return absl::OkStatus();
  }

  absl::Status AddObject(const ExportFrame& frame, const ExportFile& file, VocObject object) {
    std::string position = absl::StrCat("line ", object.line);
    ShapeVerdict verdict = CheckShape(object.shape);
    if (!object.wrong.empty()) verdict = {.keep = false, .problem = object.wrong};
    if (!verdict.keep) {
      Report(frame, file, position, absl::StrCat("an object is left out: ", verdict.problem));
      return absl::OkStatus();
    }
    if (has_label_map_ && object.label != kBackground && !classes_.Find(object.label))
      Report(frame, file, position,
             absl::StrCat("label '", object.label, "' is not in labelmap.txt: added"));
    object.shape.label = classes_.FindOrAdd(object.label);
    types_.Add(object.shape, object.kinds);
    return sink_.AddShape(frame.frame, std::move(object.shape));
  }

  // `id  1` or `id -1`.
  absl::Status ReadTags(const TagList& list) {
    ASSIGN_OR_RETURN(std::optional<std::string> text, tree_.Text(*list.file, sink_));
    absl::Status status;
    ForEachLine(text.value_or(""), [&](absl::string_view line, uint64_t number) {
      line = absl::StripAsciiWhitespace(line);
      size_t blank = line.find_last_of(" \t");
      if (!status.ok() || blank == absl::string_view::npos || line.substr(blank + 1) != "1") return;
      uint32_t index = frames_.Find(absl::StripAsciiWhitespace(line.substr(0, blank)));
      if (index == ExportFrame::kNone) {
        sink_.AddProblem({.source = tree_.NameOf(*list.file),
                          .position = absl::StrCat("line ", number),
                          .reason = "a tag of an image that no list and no file names"});
        return;
      }
      status = sink_.AddShape(frames_.frames()[index].frame,
                              {.type = ShapeType::kTag, .label = classes_.FindOrAdd(list.label)});
    });
    return status;
  }

  void Report(const ExportFrame& frame, const ExportFile& file, std::string position,
              std::string why) {
    sink_.AddProblem({.source = tree_.NameOf(file),
                      .position = std::move(position),
                      .frame = std::string(frame.name),
                      .reason = std::move(why)});
  }

  const ExportTree& tree_;
  Source& source_;
  DatasetSink& sink_;
  ExportFrames frames_;
  ClassList classes_;
  AttributeTypes types_;
  bool has_label_map_ = false;
  std::vector<TagList> tag_lists_;
  std::set<absl::string_view> tag_files_;
  int32_t next_group_ = 1;
  PictureMasks masks_;
  std::vector<uint32_t> mask_files_;
};

class PascalVoc : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "pascal_voc",
            .summary = "PASCAL VOC 1.1: boxes, masks, attributes and tags, in an export zip",
            .richness = 25};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kPascalVoc);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    return LoadExport<Loader>(source, sink, ExportKind::kPascalVoc);
  }
};

}  // namespace

std::unique_ptr<Reader> NewPascalVocReader() { return std::make_unique<PascalVoc>(); }

}  // namespace annofs
