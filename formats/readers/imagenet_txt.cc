// ImageNet 1.0 as CVAT writes it without images (reference/cvat.md §9.4): synsets.txt names the
// labels, <subset>.txt has one image per line with the numbers of its tags.
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/export_loader.h"
#include "formats/text_table.h"

namespace annofs {
namespace {

constexpr absl::string_view kSynsets = "synsets.txt";

struct Row {
  std::string name;
  absl::string_view numbers;
};

// `name.jpg 1 2`, or `"name with blanks".jpg 1 2`.
Row ParseRow(absl::string_view line) {
  size_t search = 0;
  std::string name;
  if (absl::StartsWith(line, "\"")) {
    size_t quote = line.find('"', 1);
    if (quote != absl::string_view::npos) {
      name = std::string(line.substr(1, quote - 1));
      search = quote + 1;
    }
  }
  size_t blank = line.find(' ', search);
  absl::StrAppend(&name, line.substr(search, blank - search));
  return {.name = name, .numbers = blank == absl::string_view::npos ? "" : line.substr(blank)};
}

class Loader : public ExportLoader {
 public:
  using ExportLoader::ExportLoader;

 private:
  absl::Status ReadNames() override {
    RETURN_IF_ERROR(ForEachLineOf(*tree_.Find(kSynsets), [this](const TextLine& line) {
      classes_.Add(absl::StripAsciiWhitespace(line.text));
      return absl::OkStatus();
    }));
    RETURN_IF_ERROR(ReadLists());
    for (const ExportFile& file : tree_.StartingWith("images/")) {
      if (!IsImagePath(file.path)) continue;
      absl::string_view name = file.path.substr(7);
      frames_.AddImage(WithoutExtension(name), name, frames_.Subset(""),
                       uint32_t(&file - tree_.files().data()));
    }
    return absl::OkStatus();
  }
  absl::Status ReadShapes() override { return ReadLists(); }

  absl::Status ReadLists() {
    for (const ExportFile& file : tree_.files()) {
      bool is_list = absl::EndsWith(file.path, ".txt") && !absl::StrContains(file.path, '/') &&
                     file.path != kSynsets;
      if (!is_list) continue;
      RETURN_IF_ERROR(
          ForEachLineOf(file, [&](const TextLine& line) { return ReadLine(file, line); }));
    }
    return absl::OkStatus();
  }

  absl::Status ReadLine(const ExportFile& file, const TextLine& line) {
    Row row = ParseRow(line.text);
    uint32_t frame = FrameOf(WithoutExtension(row.name), row.name, WithoutExtension(file.path));
    if (is_naming()) return absl::OkStatus();
    std::vector<absl::string_view> numbers;
    if (!SplitBlanks(row.numbers, numbers)) numbers.clear();
    for (absl::string_view number : numbers) {
      std::optional<int64_t> value = Integer(number);
      std::optional<uint32_t> label = value ? classes_.Label(*value) : std::nullopt;
      if (!label) {
        Report(file, line.number, row.name,
               absl::StrCat("tag '", number.substr(0, 32), "' is not the number of a synset"));
        continue;
      }
      RETURN_IF_ERROR(AddTag(frame, *label));
    }
    return absl::OkStatus();
  }
};

class ImagenetTxt : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "imagenet_txt",
            .summary = "ImageNet 1.0 without images: tags, in an export zip",
            .richness = 10};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kImageNetTxt);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    return LoadExport<Loader>(source, sink, ExportKind::kImageNetTxt);
  }
};

}  // namespace

std::unique_ptr<Reader> NewImagenetTxtReader() { return std::make_unique<ImagenetTxt>(); }

}  // namespace annofs
