// Market-1501 1.0 (reference/cvat.md §9.4): images_<subset>.txt lists images below
// bounding_box_<subset>/ and query/; a name like 0001_c2s3_000111_00 is a tag "market-1501" with
// its attributes.
#include "absl/container/flat_hash_set.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/export_loader.h"
#include "formats/text_table.h"

namespace annofs {
namespace {

constexpr absl::string_view kLabel = "market-1501", kBoxes = "bounding_box_", kQuery = "query/";

// {person_id}_c{camera_id+1}s{track_id}_{frame_id}_{bbox_id}; nothing if the name is another.
std::optional<std::vector<Attribute>> AttributesOf(absl::string_view name, bool is_query) {
  std::vector<std::string> parts = absl::StrSplit(name, '_');
  if (parts.size() != 4 || !absl::StartsWith(parts[1], "c")) return std::nullopt;
  std::vector<std::string> place = absl::StrSplit(parts[1].substr(1), 's');
  if (place.size() != 2) return std::nullopt;
  std::optional<int64_t> person = Integer(parts[0]), camera = Integer(place[0]),
                         track = Integer(place[1]), frame = Integer(parts[2]),
                         box = Integer(parts[3]);
  if (!person || !camera || !track || !frame || !box || *camera < 1) return std::nullopt;
  return std::vector<Attribute>{{.name = "person_id", .value = parts[0]},
                                {.name = "camera_id", .value = absl::StrCat(*camera - 1)},
                                {.name = "track_id", .value = absl::StrCat(*track)},
                                {.name = "frame_id", .value = absl::StrCat(*frame)},
                                {.name = "bbox_id", .value = absl::StrCat(*box)},
                                {.name = "query", .value = is_query ? "true" : "false"}};
}

class Loader : public ExportLoader {
 public:
  using ExportLoader::ExportLoader;

 private:
  struct Item {
    absl::string_view subset, name;  // of the directory; empty for query/
    bool is_query = false;
  };

  absl::Status ReadNames() override {
    label_ = classes_.FindOrAdd(kLabel);
    RETURN_IF_ERROR(ReadLists());
    for (const ExportFile& file : tree_.files()) {
      std::optional<Item> item = ItemOf(file.path);
      if (!IsImagePath(file.path) || !item) continue;
      frames_.AddImage(WithoutExtension(file.path), item->name, frames_.Subset(item->subset),
                       uint32_t(&file - tree_.files().data()));
    }
    return absl::OkStatus();
  }

  absl::Status ReadShapes() override {
    RETURN_IF_ERROR(ReadLists());  // for what is wrong with them
    for (uint32_t i = 0; i < frames_.frames().size(); ++i) {
      const ExportFrame& frame = frames_.frames()[i];
      bool is_query = queries_.contains(i);
      if (frame.image != ExportFrame::kNone)
        is_query = absl::StartsWith(tree_.files()[frame.image].path, kQuery);
      std::optional<std::vector<Attribute>> attributes =
          AttributesOf(WithoutExtension(BaseName(frame.name)), is_query);
      if (attributes) RETURN_IF_ERROR(AddTag(i, label_, *std::move(attributes)));
    }
    return absl::OkStatus();
  }

  static std::optional<Item> ItemOf(absl::string_view path) {
    size_t slash = path.find('/');
    if (slash == absl::string_view::npos) return std::nullopt;
    absl::string_view folder = path.substr(0, slash), name = path.substr(slash + 1);
    if (absl::StartsWith(path, kQuery)) return Item{.name = name, .is_query = true};
    if (!absl::ConsumePrefix(&folder, kBoxes)) return std::nullopt;
    return Item{.subset = folder, .name = name};
  }

  absl::Status ReadLists() {
    for (const ExportFile& file : tree_.StartingWith("images_")) {
      if (!absl::EndsWith(file.path, ".txt") || absl::StrContains(file.path, '/')) continue;
      absl::string_view subset = WithoutExtension(file.path).substr(7);
      RETURN_IF_ERROR(
          ForEachLineOf(file, [&](const TextLine& line) { return ReadLine(file, line, subset); }));
    }
    return absl::OkStatus();
  }
  absl::Status ReadLine(const ExportFile& file, const TextLine& line, absl::string_view subset) {
    absl::string_view path = absl::StripAsciiWhitespace(line.text);
    std::optional<Item> item = ItemOf(path);
    if (!item) {
      Report(file, line.number, "", "left out: neither below bounding_box_ nor query/");
      return absl::OkStatus();
    }
    uint32_t frame = FrameOf(WithoutExtension(path), item->name, subset);
    if (item->is_query) queries_.insert(frame);
    return absl::OkStatus();
  }

  uint32_t label_ = 0;
  absl::flat_hash_set<uint32_t> queries_;  // listed in query/
};

class Market1501 : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "market1501",
            .summary = "Market-1501 1.0: persons by file name, in an export zip",
            .richness = 10};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kMarket1501);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    return LoadExport<Loader>(source, sink, ExportKind::kMarket1501);
  }
};

}  // namespace

std::unique_ptr<Reader> NewMarket1501Reader() { return std::make_unique<Market1501>(); }

}  // namespace annofs
