// How fast the parsers under the readers are, alone: MB/s of text on one core, the best of some
// rounds.
//
//   parse_bench json FILE PATTERN   StreamJson, each value that matches looked up as a shape
//   parse_bench xml FILE            ParseXml with a handler that looks at one attribute
//   parse_bench zip FILE            the central directory, and each of its names found
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <string>

#include "cache/base/json.h"
#include "cache/base/xml.h"
#include "formats/zip_directory.h"
#include "tests/bench/meters.h"
#include "tests/testing/files.h"

namespace annofs::bench {
namespace {

constexpr int kRounds = 5;
constexpr size_t kChunk = 1 << 20;

class TextSource : public Source {
 public:
  explicit TextSource(absl::string_view text) : text_(text) {}
  absl::string_view name() const override { return "text"; }
  uint64_t size() const override { return text_.size(); }
  absl::StatusOr<std::string> Read(uint64_t offset, uint64_t length) override {
    return std::string(text_.substr(offset, length));
  }

 private:
  absl::string_view text_;
};

class Elements : public XmlHandler {
 public:
  absl::Status Start(absl::string_view, const XmlAttributes& attributes, XmlPosition) override {
    count += attributes.Find("label") == nullptr ? 0 : 1;
    return absl::OkStatus();
  }
  absl::Status End(absl::string_view, absl::string_view, XmlPosition) override {
    return absl::OkStatus();
  }
  uint64_t count = 0;
};

absl::StatusOr<uint64_t> Json(absl::string_view text, const std::string& pattern) {
  TextChunks chunks(text, kChunk);
  uint64_t count = 0;
  const absl::Status status = StreamJson(chunks, {pattern}, [&](const JsonItem& item) {
    count += item.value["label"].is_string() && item.value["points"].is_array() ? 1 : 0;
    return absl::OkStatus();
  });
  if (!status.ok()) return status;
  return count;
}

absl::StatusOr<uint64_t> Xml(absl::string_view text) {
  TextChunks chunks(text, kChunk);
  Elements elements;
  const absl::Status status = ParseXml(chunks, elements);
  if (!status.ok()) return status;
  return elements.count;
}

absl::StatusOr<uint64_t> Zip(absl::string_view text) {
  TextSource source(text);
  absl::StatusOr<ZipDirectory> zip = ZipDirectory::Read(source);
  if (!zip.ok()) return zip.status();
  uint64_t count = 0;
  for (const ZipEntry& entry : zip->entries()) count += zip->Find(entry.name) != nullptr ? 1 : 0;
  return count;
}

int Main(int argc, char** argv) {
  if (argc < 3) return std::fputs("usage: parse_bench json|xml|zip FILE [PATTERN]\n", stderr), 2;
  const std::string kind = argv[1], pattern = argc > 3 ? argv[3] : "*/shapes/*";
  const absl::StatusOr<std::string> text = testing::ReadFile(argv[2]);
  if (!text.ok()) return std::fputs("cannot read the file\n", stderr), 1;
  double best = 1e9;
  for (int round = 0; round < kRounds; ++round) {
    const double begin = ThreadCpuSeconds();
    const absl::StatusOr<uint64_t> count = kind == "json"  ? Json(*text, pattern)
                                           : kind == "xml" ? Xml(*text)
                                                           : Zip(*text);
    best = std::min(best, ThreadCpuSeconds() - begin);
    if (!count.ok()) return std::fputs(count.status().ToString().c_str(), stderr), 1;
    if (round == 0) std::printf("items %llu\n", static_cast<unsigned long long>(*count));
  }
  std::printf("seconds %.3f\nmb_per_second %.1f\nrss_anon_mib %.1f\n", best,
              double(text->size()) / 1e6 / best, double(RssAnonKib()) / 1024);
  return 0;
}

}  // namespace
}  // namespace annofs::bench

int main(int argc, char** argv) { return annofs::bench::Main(argc, argv); }
