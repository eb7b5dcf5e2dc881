// LabelMe 3.0 (reference/cvat.md §9.4): <subset>/<name>.xml with boxes, polygons and masks, groups
// as parts of each other, attributes in one text. The pixels of masks are <subset>/Masks/<name>.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/class_list.h"
#include "formats/export_frames.h"
#include "formats/labelme_document.h"
#include "formats/mask_regions.h"
#include "formats/shape_budget.h"
#include "formats/shape_check.h"

namespace annofs {
namespace {

class Loader {
 public:
  Loader(const ExportTree& tree, Source& source, DatasetSink& sink)
      : tree_(tree),
        sink_(sink),
        frames_(tree, source, sink),
        classes_(std::string(source.name()), sink) {}

  absl::Status Load() {
    const absl::Status status = LoadAll();
    types_.Finish(sink_);
    return status;
  }

 private:
  absl::Status LoadAll() {
    AddFiles();
    frames_.PushTask();
    RETURN_IF_ERROR(frames_.ForEachLabelFile(
        [this](ExportFrame& frame, const ExportFile& file, absl::string_view text) {
          return ReadAnnotations(frame, file, text);
        }));
    for (uint32_t i = 0; i < frames_.frames().size(); ++i) {
      if (frames_.frames()[i].frame == ExportFrame::kNone) RETURN_IF_ERROR(frames_.PushFrame(i));
    }
    return absl::OkStatus();
  }

  // An image and its XML differ by their extension. Where two images of one stem are there, the
  // XML of the second is called <name><extension>.xml.
  void AddFiles() {
    for (size_t i = 0; i < tree_.files().size(); ++i) {
      absl::string_view path = tree_.files()[i].path;
      if (!absl::EndsWith(path, ".xml")) continue;
      absl::string_view key = WithoutExtension(path);
      auto [subset, name] = Place(key);
      frames_.AddLabels(key, name, subset, uint32_t(i));
    }
    for (size_t i = 0; i < tree_.files().size(); ++i) {
      absl::string_view path = tree_.files()[i].path;
      if (!IsImagePath(path) || IsMask(path)) continue;
      auto [subset, name] = Place(path);
      bool has_own = frames_.Find(path) != ExportFrame::kNone;
      frames_.AddImage(has_own ? path : WithoutExtension(path), name, subset, uint32_t(i));
    }
  }
  std::pair<uint32_t, absl::string_view> Place(absl::string_view path) {
    size_t slash = path.find('/');
    if (slash == absl::string_view::npos) return {frames_.Subset(""), path};
    return {frames_.Subset(path.substr(0, slash)), path.substr(slash + 1)};
  }
  static bool IsMask(absl::string_view path) {
    absl::string_view folder = BaseName(DirName(path));
    return absl::StrContains(absl::StrCat("/", DirName(path), "/"), "/Masks/") ||
           folder == "Scribbles";
  }

  absl::Status ReadAnnotations(ExportFrame& frame, const ExportFile& file, absl::string_view text) {
    LabelMeDocument document;
    absl::Status parsed = ParseLabelMeDocument(text, next_group_, document);
    SetName(frame, document);
    frame.width = document.width;
    frame.height = document.height;
    if ((frame.width == 0 || frame.height == 0) && frame.image != ExportFrame::kNone) {
      ASSIGN_OR_RETURN(std::optional<ImageHeader> header,
                       tree_.HeaderOf(tree_.files()[frame.image]));
      ImageSize size = header ? DisplaySize(*header) : ImageSize{};
      frame.width = size.width;
      frame.height = size.height;
    }
    RETURN_IF_ERROR(frames_.PushFrame(uint32_t(&frame - frames_.frames().data())));
    for (LabelMeObject& object : document.objects)
      RETURN_IF_ERROR(AddObject(frame, file, std::move(object)));
    for (CutText& cut : document.cut)
      Report(frame, file, absl::StrCat("line ", cut.line), std::move(cut.what));
    if (!parsed.ok()) Report(frame, file, "", std::string(parsed.message()));
    return absl::OkStatus();
  }

  // The file says what its image is called; an image in the zip is what it is called there.
  void SetName(ExportFrame& frame, const LabelMeDocument& document) {
    if (frame.image != ExportFrame::kNone || document.file_name.empty()) return;
    frame.name = frames_.Keep(JoinPath(document.folder, document.file_name));
  }

  absl::Status AddObject(const ExportFrame& frame, const ExportFile& file, LabelMeObject object) {
    if (object.is_mask && object.wrong.empty()) RETURN_IF_ERROR(ReadMask(file, object));
    ShapeVerdict verdict = CheckShape(object.shape);
    if (!object.wrong.empty()) verdict = {.keep = false, .problem = object.wrong};
    if (!verdict.keep) {
      Report(frame, file, absl::StrCat("line ", object.line),
             absl::StrCat("an object is left out: ", verdict.problem));
      return absl::OkStatus();
    }
    object.shape.label = classes_.FindOrAdd(object.label);
    types_.Add(object.shape, object.kinds);
    return sink_.AddShape(frame.frame, std::move(object.shape));
  }

  // CVAT's names of masks repeat the directory of the image, LabelMe's own do not.
  const ExportFile* MaskOf(const ExportFile& file, absl::string_view name) const {
    const absl::string_view subset = file.path.substr(0, file.path.find('/'));
    const ExportFile* found = tree_.Find(absl::StrCat(subset, "/Masks/", name));
    return found != nullptr
               ? found
               : tree_.Find(JoinPath(DirName(file.path), absl::StrCat("Masks/", name)));
  }
  // Whatever is not black is of the mask.
  absl::Status ReadMask(const ExportFile& file, LabelMeObject& object) {
    const ExportFile* const picture = MaskOf(file, object.mask);
    if (picture == nullptr) {
      object.wrong = absl::StrCat("its mask '", object.mask.substr(0, 256), "' is not there");
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(const std::optional<std::string> png, tree_.Text(*picture, sink_));
    absl::StatusOr<PictureOfMasks> masks =
        png ? ReadForegroundPng(*png) : absl::InvalidArgumentError("its mask is not read");
    if (!masks.ok()) {
      object.wrong = std::string(masks.status().message());
      return absl::OkStatus();
    }
    if (masks->regions.empty()) {
      object.wrong = "a mask without a pixel";
      return absl::OkStatus();
    }
    object.shape.type = ShapeType::kMask;
    object.shape.points = std::move(masks->regions[0].points);
    if (budget_.Take(object.shape).ok()) return absl::OkStatus();
    return absl::InvalidArgumentError("masks are more than fits into the memory");
  }

  void Report(const ExportFrame& frame, const ExportFile& file, std::string position,
              std::string why) {
    sink_.AddProblem({.source = tree_.NameOf(file),
                      .position = std::move(position),
                      .frame = std::string(frame.name),
                      .reason = std::move(why)});
  }

  const ExportTree& tree_;
  DatasetSink& sink_;
  ExportFrames frames_;
  ClassList classes_;
  AttributeTypes types_;
  int32_t next_group_ = 1;
  ShapeBudget budget_;
};

class LabelMe : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "label_me",
            .summary = "LabelMe 3.0: boxes, polygons, masks, groups, attributes, in an export zip",
            .richness = 25};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kLabelMe);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    return LoadExport<Loader>(source, sink, ExportKind::kLabelMe);
  }
};

}  // namespace

std::unique_ptr<Reader> NewLabelMeReader() { return std::make_unique<LabelMe>(); }

}  // namespace annofs
