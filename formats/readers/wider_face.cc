// WiderFace 1.0 (reference/cvat.md §9.4): wider_face_split/wider_face_<subset>_bbx_gt.txt has, for
// each image, its path, the count of boxes, and one line for each. The folder of an image is its
// tag: <number>--<label>/ or no_label/. The count is not needed and may be missing.
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/export_attributes.h"
#include "formats/export_loader.h"
#include "formats/text_table.h"

namespace annofs {
namespace {

constexpr absl::string_view kSplit = "wider_face_split/", kPrefix = "wider_face_",
                            kSuffix = "_bbx_gt.txt", kFace = "face";
// Behind the four numbers of a box, in Datumaro's order; "-" where there is none.
constexpr absl::string_view kAttributes[] = {"blur",     "expression", "illumination",
                                             "occluded", "pose",       "invalid"};

class Loader : public ExportLoader {
 public:
  using ExportLoader::ExportLoader;

 private:
  absl::Status ReadNames() override {
    if (const ExportFile* labels = tree_.Find("labels.txt")) {
      RETURN_IF_ERROR(ForEachLineOf(*labels, [this](const TextLine& line) {
        names_.emplace_back(absl::StripAsciiWhitespace(line.text));
        classes_.FindOrAdd(MendUtf8(names_.back()));
        return absl::OkStatus();
      }));
    }
    return ReadTables();
  }
  absl::Status ReadShapes() override { return ReadTables(); }

  absl::Status ReadTables() {
    for (const ExportFile& file : tree_.StartingWith(kSplit)) {
      absl::string_view subset = BaseName(file.path);
      if (!absl::ConsumePrefix(&subset, kPrefix) || !absl::ConsumeSuffix(&subset, kSuffix))
        continue;
      frame_ = ExportFrame::kNone;
      RETURN_IF_ERROR(
          ForEachLineOf(file, [&](const TextLine& line) { return ReadLine(file, line, subset); }));
    }
    return absl::OkStatus();
  }

  absl::Status ReadLine(const ExportFile& file, const TextLine& line, absl::string_view subset) {
    SplitBlanks(line.text, fields_);
    bool is_numbers = fields_.size() >= 4 && Number(fields_[0]) && Number(fields_[1]) &&
                      Number(fields_[2]) && Number(fields_[3]);
    if (is_numbers && fields_.size() >= 10)
      return is_naming() ? absl::OkStatus() : ReadBox(file, line);
    if (IsImagePath(line.text)) return ReadImage(absl::StripAsciiWhitespace(line.text), subset);
    if (fields_.size() != 1 || !Integer(fields_[0]))
      Report(file, line.number, Name(), "left out: neither an image, a count nor a box");
    return absl::OkStatus();
  }

  absl::Status ReadImage(absl::string_view path, absl::string_view subset) {
    absl::string_view folder = FolderOf(path);
    bool has_folder = folder.size() < path.size();
    size_t dashes = folder.find("--");
    int number = 0;
    bool is_label = has_folder && dashes != absl::string_view::npos &&
                    absl::SimpleAtoi(folder.substr(0, dashes), &number);
    bool is_stripped = is_label || (has_folder && folder == "no_label");
    absl::string_view name = is_stripped ? path.substr(folder.size() + 1) : path;
    std::string key = absl::StrCat(subset, "/", path);
    frame_ = FrameOf(key, name, subset);
    if (is_naming()) {
      std::string image = absl::StrCat("WIDER_", subset, "/images/", path);
      if (const ExportFile* file = tree_.Find(image))
        frames_.frames()[frame_].image = uint32_t(file - tree_.files().data());
      return absl::OkStatus();
    }
    if (!is_label) return absl::OkStatus();
    return AddTag(frame_, classes_.FindOrAdd(MendUtf8(folder.substr(dashes + 2))));
  }

  // "4--truck" of "4--truck/a.jpg". The name of label 4 may have slashes.
  absl::string_view FolderOf(absl::string_view path) const {
    size_t dashes = path.find("--");
    size_t number = 0;
    if (dashes != absl::string_view::npos && absl::SimpleAtoi(path.substr(0, dashes), &number) &&
        number < names_.size()) {
      absl::string_view rest = path.substr(dashes + 2);
      if (absl::ConsumePrefix(&rest, names_[number]) && absl::StartsWith(rest, "/")) {
        return path.substr(0, path.size() - rest.size());
      }
    }
    return path.substr(0, path.find('/'));
  }

  absl::Status ReadBox(const ExportFile& file, const TextLine& line) {
    if (frame_ == ExportFrame::kNone) {
      Report(file, line.number, "", "left out: a box before any image");
      return absl::OkStatus();
    }
    double x = *Number(fields_[0]), y = *Number(fields_[1]);
    Shape shape{.type = ShapeType::kRectangle,
                .points = {x, y, x + *Number(fields_[2]), y + *Number(fields_[3])}};
    for (size_t i = 0; i < std::size(kAttributes); ++i)
      SetAttribute(kAttributes[i], fields_[4 + i], shape);
    std::string label(kFace);
    if (fields_.size() > 10) {
      absl::string_view rest = line.text.substr(size_t(fields_[10].data() - line.text.data()));
      label = MendUtf8(absl::StripAsciiWhitespace(rest));
    }
    shape.label = classes_.FindOrAdd(label);
    return AddShape(file, line.number, frame_, std::move(shape));
  }
  static void SetAttribute(absl::string_view name, absl::string_view value, Shape& shape) {
    if (value == "-") return;
    std::optional<double> number = Number(value);
    if (name == "occluded") {
      shape.occluded = CvatValue(value) == "true" || (number && *number != 0);
    } else {
      AddExportAttribute(name, value, shape);
    }
  }

  absl::string_view Name() const {
    return frame_ == ExportFrame::kNone ? "" : frames_.frames()[frame_].name;
  }

  uint32_t frame_ = ExportFrame::kNone;
  std::vector<absl::string_view> fields_;
  std::vector<std::string> names_;  // of labels.txt, by line
};

class WiderFace : public Reader {
 public:
  ReaderInfo Info() const override {
    return {
        .name = "wider_face", .summary = "WiderFace 1.0: boxes, in an export zip", .richness = 15};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kWiderFace);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    return LoadExport<Loader>(source, sink, ExportKind::kWiderFace);
  }
};

}  // namespace

std::unique_ptr<Reader> NewWiderFaceReader() { return std::make_unique<WiderFace>(); }

}  // namespace annofs
