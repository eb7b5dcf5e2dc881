// ICDAR Recognition 1.0 (reference/cvat.md §9.4): <subset>/gt.txt with `image, "text"` lines: as in
// CVAT's importer a tag "icdar" whose attribute `text` is the word.
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
    RETURN_IF_ERROR(ReadTables());
    for (const ExportFile& file : tree_.files()) {
      if (!IsTable(file)) continue;
      absl::string_view subset = DirName(file.path);
      AddImages(frames_.Keep(absl::StrCat(subset, "/images/")), subset);
    }
    return absl::OkStatus();
  }
  absl::Status ReadShapes() override { return ReadTables(); }

  static bool IsTable(const ExportFile& file) {
    return BaseName(file.path) == "gt.txt" && !absl::StrContains(DirName(file.path), '/');
  }
  absl::Status ReadTables() {
    for (const ExportFile& file : tree_.files()) {
      if (!IsTable(file)) continue;
      RETURN_IF_ERROR(
          ForEachLineOf(file, [&](const TextLine& line) { return ReadLine(file, line); }));
    }
    return absl::OkStatus();
  }

  // A name may hold commas; the text is what stands in the quotes at the end. `image, ` is how CVAT
  // lists an image without a text.
  absl::Status ReadLine(const ExportFile& file, const TextLine& line) {
    absl::string_view text = absl::StripAsciiWhitespace(line.text);
    size_t comma = text.find(", \"");
    bool is_quoted = comma != absl::string_view::npos;
    if (!is_quoted) comma = text.find(',');
    absl::string_view name = text.substr(0, comma);
    uint32_t frame = FrameOf(Key(DirName(file.path), name), name, DirName(file.path));
    if (is_naming()) return absl::OkStatus();
    if (comma == absl::string_view::npos) {
      Report(file, line.number, name, "has no text");
      return absl::OkStatus();
    }
    absl::string_view word = text.substr(comma + (is_quoted ? 3 : 1));
    if (is_quoted) absl::ConsumeSuffix(&word, "\"");
    word = absl::StripAsciiWhitespace(word);
    if (!is_quoted && word.empty()) return absl::OkStatus();
    return AddTag(frame, label_, {{.name = "text", .value = MendUtf8(word)}});
  }

  uint32_t label_ = 0;
};

class IcdarRecognition : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "icdar_recognition",
            .summary = "ICDAR Recognition 1.0: texts of images, in an export zip",
            .richness = 10};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kIcdarRecognition);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    return LoadExport<Loader>(source, sink, ExportKind::kIcdarRecognition);
  }
};

}  // namespace

std::unique_ptr<Reader> NewIcdarRecognitionReader() { return std::make_unique<IcdarRecognition>(); }

}  // namespace annofs
