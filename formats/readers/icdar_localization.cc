// ICDAR Localization 1.0 (reference/cvat.md §9.4): <subset>/<dir>/gt_<name>.txt with one shape per
// line, `x0 y0 x1 y1 "text"` or `x,y,…,"text"`; blank lines stand for shapes of other types. The
// format has no labels: as in CVAT's importer all are "icdar".
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/export_loader.h"
#include "formats/text_table.h"

namespace annofs {
namespace {

class Loader : public ExportLoader {
 public:
  using ExportLoader::ExportLoader;

 private:
  absl::Status ReadNames() override {
    label_ = classes_.FindOrAdd("icdar");
    for (const ExportFile& file : tree_.files()) {
      absl::string_view base = BaseName(file.path);
      size_t slash = file.path.find('/');
      if (slash == absl::string_view::npos) continue;
      absl::string_view subset = file.path.substr(0, slash), rest = file.path.substr(slash + 1);
      uint32_t number = uint32_t(&file - tree_.files().data());
      absl::string_view image = rest;
      if (absl::ConsumePrefix(&image, "images/") && IsImagePath(image)) {
        frames_.AddImage(frames_.Keep(Key(subset, image)), image, frames_.Subset(subset), number);
      } else if (absl::ConsumePrefix(&base, "gt_") && absl::EndsWith(base, ".txt")) {
        std::string stem = JoinPath(DirName(rest), WithoutExtension(base));
        absl::string_view kept = frames_.Keep(absl::StrCat(subset, "/", stem));
        frames_.AddLabels(kept, kept.substr(slash + 1), frames_.Subset(subset), number);
      }
    }
    return absl::OkStatus();
  }

  absl::Status ReadShapes() override {
    for (uint32_t frame : frames_.FramesByLabelFile()) {
      const ExportFile& file = tree_.files()[frames_.frames()[frame].labels];
      RETURN_IF_ERROR(
          ForEachLineOf(file, [&](const TextLine& line) { return ReadLine(file, line, frame); }));
    }
    return absl::OkStatus();
  }

  absl::Status ReadLine(const ExportFile& file, const TextLine& line, uint32_t frame) {
    absl::string_view numbers = absl::StripAsciiWhitespace(line.text);
    Shape shape{.label = label_};
    size_t quote = numbers.find('"');
    if (quote != absl::string_view::npos) {
      absl::string_view text = numbers.substr(quote + 1);
      absl::ConsumeSuffix(&text, "\"");
      shape.attributes.push_back({.name = "text", .value = MendUtf8(text)});
      numbers = absl::StripAsciiWhitespace(numbers.substr(0, quote));
      absl::ConsumeSuffix(&numbers, ",");
    }
    char separator = absl::StrContains(numbers, ',') ? ',' : ' ';
    std::vector<std::string> fields;
    bool is_good = SplitCsv(numbers, separator, fields);
    for (const std::string& field : fields) {
      std::optional<double> value = Number(field);
      is_good = is_good && value.has_value();
      shape.points.push_back(value.value_or(0));
    }
    if (!is_good) {
      Report(file, line.number, frames_.frames()[frame].name,
             "left out: a point of it is no finite number");
      return absl::OkStatus();
    }
    shape.type = fields.size() == 4 ? ShapeType::kRectangle : ShapeType::kPolygon;
    return AddShape(file, line.number, frame, std::move(shape));
  }

  uint32_t label_ = 0;
};

class IcdarLocalization : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "icdar_localization",
            .summary = "ICDAR Localization 1.0: boxes and polygons with text, in an export zip",
            .richness = 15};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kIcdarLocalization);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    return LoadExport<Loader>(source, sink, ExportKind::kIcdarLocalization);
  }
};

}  // namespace

std::unique_ptr<Reader> NewIcdarLocalizationReader() {
  return std::make_unique<IcdarLocalization>();
}

}  // namespace annofs
