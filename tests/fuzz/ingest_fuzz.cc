#include "tests/fuzz/ingest_fuzz.h"

#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/json.h"
#include "cache/base/xml.h"
#include "formats/dataset_config.h"
#include "formats/machine_config.h"
#include "formats/manifest.h"
#include "formats/reader.h"
#include "formats/zip_directory.h"
#include "tests/formats/zip_maker.h"
#include "tests/fuzz/checked_sink.h"

namespace annofs::testing {
namespace {

constexpr uint64_t kLargestEntry = 1 << 20;

// About the content, or what the sink had enough of.
void CheckStatus(const absl::Status& status) {
  Promise(status.ok() || absl::IsInvalidArgument(status) || absl::IsUnimplemented(status) ||
              status == CheckedSink::Enough(),
          "an error is of the content", status.ToString());
}

class TextSource : public Source {
 public:
  TextSource(std::string name, absl::string_view text) : name_(std::move(name)), text_(text) {}
  absl::string_view name() const override { return name_; }
  uint64_t size() const override { return text_.size(); }
  absl::StatusOr<std::string> Read(uint64_t offset, uint64_t length) override {
    Promise(offset <= text_.size(), "nothing is read behind the end");
    return std::string(text_.substr(offset, length));
  }

 private:
  const std::string name_;
  const absl::string_view text_;
};

// In the order of names; made once.
const std::vector<std::unique_ptr<Reader>>& SortedReaders() {
  static const auto* const readers = [] {
    auto* all = new std::vector<std::unique_ptr<Reader>>(NewReaders());
    std::sort(all->begin(), all->end(),
              [](const auto& a, const auto& b) { return a->Info().name < b->Info().name; });
    return all;
  }();
  return *readers;
}

void ReadAllOf(const Reader& reader, Source& source) {
  CheckStatus(reader.Probe(source).status());
  CheckedSink sink;
  CheckStatus(reader.Read(source, sink));
}

class BalancedHandler : public XmlHandler {
 public:
  absl::Status Start(absl::string_view element, const XmlAttributes& attributes,
                     XmlPosition position) override {
    Promise(position.line > 0, "lines count from one");
    attributes.Find(element);
    ++depth_;
    return absl::OkStatus();
  }
  absl::Status End(absl::string_view, absl::string_view, XmlPosition) override {
    Promise(--depth_ >= 0, "an end has its start");
    return absl::OkStatus();
  }
  int depth() const { return depth_; }

 private:
  int depth_ = 0;
};

class CountingManifest : public ManifestHandler {
 public:
  absl::Status Image(uint64_t number, ManifestImage) override {
    Promise(number == images_++, "frames are counted without a gap");
    return absl::OkStatus();
  }
  absl::Status Video(ManifestVideo) override {
    Promise(images_ == 0 && !std::exchange(is_video_, true), "there is one video, or images");
    return absl::OkStatus();
  }
  void Problem(uint64_t line, absl::string_view reason) override {
    Promise(line > 0 && !reason.empty(), "a problem has its line and reason");
  }

 private:
  uint64_t images_ = 0;
  bool is_video_ = false;
};

// "=== NAME\n" and its content, again and again.
std::vector<ZipFile> FilesOf(absl::string_view text) {
  std::vector<ZipFile> files;
  absl::ConsumePrefix(&text, "=== ");
  for (const absl::string_view part : absl::StrSplit(text, "\n=== ")) {
    const std::pair<absl::string_view, absl::string_view> file =
        absl::StrSplit(part, absl::MaxSplits('\n', 1));
    if (file.first.size() > 65535) continue;
    files.push_back({.name = std::string(file.first), .content = std::string(file.second)});
  }
  return files;
}

std::string EndingOf(char form) {
  switch (form) {
    case 'x':
      return "annotations.xml";
    case 'j':
      return "annotations.json";
    case 'l':
      return "manifest.jsonl";
    default:
      return "annotations.zip";
  }
}

}  // namespace

void FuzzJson(absl::string_view input) {
  if (input.empty()) return;
  const size_t chunk = 1 + uint8_t(input[0]) % 64;
  input.remove_prefix(1);
  const absl::StatusOr<JsonDocument> parsed = JsonDocument::Parse(input);
  CheckStatus(parsed.status());
  bool is_whole = true;
  uint64_t count = 0;
  TextChunks chunks(input, chunk);
  const absl::Status whole = StreamJson(chunks, {""}, [&](const JsonItem& item) {
    ++count;
    is_whole = item.damage.empty();
    return absl::OkStatus();
  });
  CheckStatus(whole);
  Promise(parsed.ok() == (whole.ok() && is_whole), "a stream takes what Parse takes", input);
  Promise(!whole.ok() || count == 1, "a document is one value", input);
  TextChunks again(input, chunk + 1);
  const absl::Status items =
      StreamJson(again, {"*", "*/shapes/*", "0/a"}, [&](const JsonItem& item) {
        Promise(item.offset < input.size(), "an item is in the text", input);
        return absl::OkStatus();
      });
  Promise(items == whole, "patterns change nothing about a text", input);
}

void FuzzXml(absl::string_view input) {
  BalancedHandler handler;
  TextChunks chunks(input, 100);
  const absl::Status status = ParseXml(chunks, handler);
  CheckStatus(status);
  Promise(!status.ok() || handler.depth() == 0, "a document is closed", input);
  for (const std::unique_ptr<Reader>& reader : SortedReaders()) {
    if (!absl::StrContains(reader->Info().name, "xml")) continue;
    TextSource source("annotations.xml", input);
    ReadAllOf(*reader, source);
  }
}

void FuzzZip(absl::string_view input) {
  TextSource source("a.zip", input);
  const absl::StatusOr<ZipDirectory> zip = ZipDirectory::Read(source);
  CheckStatus(zip.status());
  if (!zip.ok()) return;
  for (const ZipEntry& entry : zip->entries()) {
    const ZipEntry* found = zip->Find(entry.name);
    Promise(found != nullptr && found->name == entry.name && found >= &entry, "names are found");
    const absl::StatusOr<ZipRange> range = zip->DataOf(entry);
    CheckStatus(range.status());
    Promise(!range.ok() || range->offset + range->length <= input.size(), "data are in the file");
    const absl::StatusOr<std::string> text = zip->ReadAll(entry, kLargestEntry);
    CheckStatus(text.status());
    Promise(!text.ok() || text->size() == entry.size, "an entry is as long as it says");
    if (InnerOf(entry) && text.ok()) {
      Promise(range.ok() && input.substr(range->offset, range->length) == *text,
              "a stored entry is a range of the file");
    }
  }
}

void FuzzManifest(absl::string_view input) {
  CountingManifest handler;
  TextChunks chunks(input, 50);
  CheckStatus(ReadManifest(chunks, handler));
}

// A file of a machine: one option of each kind, any value of them.
void FuzzMachineConfig(absl::string_view input) {
  const std::vector<KnownOption> known = {{"cache-size", KnownOption::Value::kOne},
                                          {"offline", KnownOption::Value::kSwitch},
                                          {"follow", KnownOption::Value::kMayBeLeftOut},
                                          {"annotations", KnownOption::Value::kMany}};
  const absl::StatusOr<MachineConfiguration> parsed = ParseMachineConfiguration(
      input, "annofs.json", known, [](absl::string_view, absl::string_view value) {
        return value == "no" ? absl::InvalidArgumentError("no") : absl::OkStatus();
      });
  CheckStatus(parsed.status());
  Promise(parsed.ok() || absl::StartsWith(parsed.status().message(), "annofs.json:"),
          "an error has its place", input);
  for (const FileOption& option : parsed.ok() ? parsed->options : std::vector<FileOption>()) {
    Promise(!option.values.empty(), "an option has a value", input);
  }
}

void FuzzConfig(absl::string_view input) {
  FuzzMachineConfig(input);
  const absl::StatusOr<Configuration> first = ParseConfiguration(input, "annofs.json");
  CheckStatus(first.status());
  if (!first.ok()) {
    Promise(absl::StartsWith(first.status().message(), "annofs.json:"), "an error has its place",
            input);
    return;
  }
  for (const DatasetConfig& dataset : first->datasets) {
    const absl::StatusOr<Configuration> again = ParseConfiguration(
        absl::StrCat("{\"datasets\": [", dataset.options.configuration, "]}"), "shown");
    Promise(again.ok() && again->datasets.size() == 1 && again->datasets[0] == dataset,
            "what is shown of a configuration says the same", input);
  }
}

size_t FuzzReaders() { return SortedReaders().size(); }

void FuzzReader(absl::string_view input) {
  if (input.size() < 2) return;
  const Reader& reader = *SortedReaders()[uint8_t(input[0]) % FuzzReaders()];
  const char form = input[1];
  input.remove_prefix(2);
  const std::string zip = form == 'w' ? MakeZip(FilesOf(input)) : "";
  TextSource source(EndingOf(form), form == 'w' ? absl::string_view(zip) : input);
  ReadAllOf(reader, source);
}

}  // namespace annofs::testing
