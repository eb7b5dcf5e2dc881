// Open Images V6 1.0 (reference/cvat.md §9.4) and Open Images' own files: CSVs below annotations/.
// Boxes are relative to images, whose sizes images.meta gives for some. The pixels of masks are
// masks/<subset>/<MaskPath>.
#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/export_loader.h"
#include "formats/mask_regions.h"
#include "formats/shape_budget.h"
#include "formats/text_table.h"

namespace annofs {
namespace {

constexpr absl::string_view kFolder = "annotations/", kOwnPrefix = "oidv6-",
                            kClasses = "class-descriptions.csv", kSizes = "images.meta";

// Which table a file is, and of which subset.
enum class Table { kNone, kImages, kLabels, kBoxes, kMasks };
struct TableFile {
  Table table = Table::kNone;
  absl::string_view subset;
};
TableFile TableOf(absl::string_view path) {
  absl::string_view name = path.substr(kFolder.size());
  absl::ConsumePrefix(&name, kOwnPrefix);
  if (name == "image_ids_and_rotation.csv") return {Table::kImages, ""};
  constexpr std::pair<absl::string_view, Table> kSuffixes[] = {
      {"-images-with-labels-with-rotation.csv", Table::kImages},
      {"-images-with-rotation.csv", Table::kImages},
      {"-annotations-human-imagelabels.csv", Table::kLabels},
      {"-annotations-bbox.csv", Table::kBoxes},
      {"-annotations-object-segmentation.csv", Table::kMasks}};
  for (const auto& [suffix, table] : kSuffixes) {
    if (absl::EndsWith(name, suffix)) return {table, name.substr(0, name.size() - suffix.size())};
  }
  return {};
}

class Loader : public ExportLoader {
 public:
  using ExportLoader::ExportLoader;

 private:
  bool is_relative() const override { return true; }

  absl::Status ReadNames() override {
    RETURN_IF_ERROR(ReadClasses());
    RETURN_IF_ERROR(ReadTables(Table::kImages));
    for (Table table : {Table::kLabels, Table::kBoxes, Table::kMasks})
      RETURN_IF_ERROR(ReadTables(table));
    for (const ExportFile& file : tree_.StartingWith("images/")) {
      absl::string_view rest = file.path.substr(7), subset = rest.substr(0, rest.find('/'));
      if (!IsImagePath(file.path) || subset.size() == rest.size()) continue;
      absl::string_view name = rest.substr(subset.size() + 1);
      frames_.AddImage(frames_.Keep(std::string(WithoutExtension(rest))), name,
                       frames_.Subset(subset), uint32_t(&file - tree_.files().data()));
    }
    return ReadSizes();
  }

  absl::Status ReadShapes() override {
    RETURN_IF_ERROR(ReadTables(Table::kImages));  // for what is wrong with it
    for (Table table : {Table::kLabels, Table::kBoxes, Table::kMasks})
      RETURN_IF_ERROR(ReadTables(table));
    if (resized_ > 0) {
      Tell(absl::StrCat(resized_, " masks are left out: they are not as large as their images"));
    }
    return absl::OkStatus();
  }

  // `code,name`: shapes say codes.
  absl::Status ReadClasses() {
    for (const ExportFile& file : tree_.StartingWith(kFolder)) {
      if (!absl::EndsWith(file.path, kClasses)) continue;
      RETURN_IF_ERROR(ForEachLineOf(file, [this](const TextLine& line) {
        std::vector<std::string> fields;
        bool is_header = line.number == 1 && absl::StartsWith(line.text, "LabelName,");
        if (is_header || !SplitCsv(line.text, ',', fields)) return absl::OkStatus();
        std::string name = MendUtf8(fields.size() > 1 ? fields[1] : fields[0]);
        labels_.emplace(fields[0], classes_.FindOrAdd(name));
        return absl::OkStatus();
      }));
    }
    return absl::OkStatus();
  }
  uint32_t LabelOf(const std::string& code) {
    auto found = labels_.find(code);
    return found != labels_.end() ? found->second : classes_.FindOrAdd(MendUtf8(code));
  }

  absl::Status ReadTables(Table wanted) {
    for (const ExportFile& file : tree_.StartingWith(kFolder)) {
      TableFile table = TableOf(file.path);
      if (table.table == wanted) RETURN_IF_ERROR(ReadTable(file, table));
    }
    return absl::OkStatus();
  }

  // Columns are found by their names in the first line.
  absl::Status ReadTable(const ExportFile& file, const TableFile& table) {
    columns_.clear();
    std::vector<std::string> fields;
    return ForEachLineOf(file, [&](const TextLine& line) {
      if (!SplitCsv(line.text, ',', fields)) {
        Report(file, line.number, "", "left out: a quote does not end");
      } else if (columns_.empty()) {
        for (size_t i = 0; i < fields.size(); ++i) columns_.emplace(fields[i], i);
      } else {
        return ReadRow(file, table, fields, line.number);
      }
      return absl::OkStatus();
    });
  }
  const std::string& Field(const std::vector<std::string>& fields, absl::string_view name) const {
    static const std::string kEmpty;
    auto found = columns_.find(name);
    return found == columns_.end() || found->second >= fields.size() ? kEmpty
                                                                     : fields[found->second];
  }

  absl::Status ReadRow(const ExportFile& file, const TableFile& table,
                       const std::vector<std::string>& fields, uint64_t line) {
    const std::string& id = Field(fields, "ImageID");
    if (id.empty()) {
      Report(file, line, "", "left out: a row without ImageID");
      return absl::OkStatus();
    }
    absl::string_view subset = table.subset;
    if (subset.empty()) subset = Field(fields, "Subset");
    uint32_t frame = FrameOf(absl::StrCat(subset, "/", id), id, subset);
    if (is_naming() || table.table == Table::kImages) return absl::OkStatus();
    uint32_t label = LabelOf(Field(fields, "LabelName"));
    if (table.table == Table::kMasks) return ReadMask(file, table, fields, line, frame, label);
    if (table.table == Table::kBoxes) return ReadBox(file, fields, line, frame, label);
    // Confidence 0: somebody looked, and it is not there.
    std::optional<double> confidence = Number(Field(fields, "Confidence"));
    return confidence && *confidence == 0 ? absl::OkStatus() : AddTag(frame, label);
  }

  absl::Status ReadBox(const ExportFile& file, const std::vector<std::string>& fields,
                       uint64_t line, uint32_t frame, uint32_t label) {
    const ExportFrame& item = frames_.frames()[frame];
    if (item.width == 0 || item.height == 0) {
      frames_.CountUnsized(item);
      return absl::OkStatus();
    }
    Shape shape{.type = ShapeType::kRectangle, .label = label};
    for (absl::string_view side : {"XMin", "YMin", "XMax", "YMax"}) {
      std::optional<double> value = Number(Field(fields, side));
      if (!value) {
        Report(file, line, item.name, absl::StrCat("left out: ", side, " is no finite number"));
        return absl::OkStatus();
      }
      shape.points.push_back(*value * (side[0] == 'X' ? item.width : item.height));
    }
    SetFlags(fields, shape);
    return AddShape(file, line, frame, std::move(shape));
  }

  // Open Images' own masks lie in one folder of their subset, and may be smaller than their images.
  absl::Status ReadMask(const ExportFile& file, const TableFile& table,
                        const std::vector<std::string>& fields, uint64_t line, uint32_t frame,
                        uint32_t label) {
    const ExportFrame& item = frames_.frames()[frame];
    const auto left_out = [&](absl::string_view why) {
      Report(file, line, item.name, absl::StrCat("left out: ", why));
      return absl::OkStatus();
    };
    const ExportFile* const picture =
        tree_.Find(absl::StrCat("masks/", table.subset, "/", Field(fields, "MaskPath")));
    if (picture == nullptr) return left_out("the picture of the mask is not there");
    ASSIGN_OR_RETURN(const std::optional<std::string> png, tree_.Text(*picture, sink_));
    if (!png) return absl::OkStatus();
    absl::StatusOr<PictureOfMasks> masks = ReadForegroundPng(*png);
    if (!masks.ok()) return left_out(masks.status().message());
    if (masks->regions.empty()) return left_out("a mask without a pixel");
    if (item.width != 0 && (item.width != masks->width || item.height != masks->height)) {
      ++resized_;
      return absl::OkStatus();
    }
    Shape shape{
        .type = ShapeType::kMask, .label = label, .points = std::move(masks->regions[0].points)};
    if (!budget_.Take(shape).ok()) {
      return absl::InvalidArgumentError("masks are more than fits into the memory");
    }
    return AddShape(file, line, frame, std::move(shape));
  }

  // Flags are 1, 0, or -1 where nobody said.
  void SetFlags(const std::vector<std::string>& fields, Shape& shape) const {
    shape.occluded = Field(fields, "IsOccluded") == "1";
    constexpr std::pair<absl::string_view, absl::string_view> kFlags[] = {
        {"IsTruncated", "truncated"},
        {"IsGroupOf", "is_group_of"},
        {"IsDepiction", "is_depiction"},
        {"IsInside", "is_inside"}};
    for (const auto& [column, name] : kFlags) {
      const std::string& flag = Field(fields, column);
      if (flag == "1" || flag == "0")
        shape.attributes.push_back(
            {.name = std::string(name), .value = flag == "1" ? "true" : "false"});
    }
    std::optional<double> score = Number(Field(fields, "Confidence"));
    if (score && *score >= 0 && *score <= 1) shape.score = *score;
  }

  // `name height width`; a name with blanks stands in quotes, as a shell wants it.
  absl::Status ReadSizes() {
    const ExportFile* file = tree_.Find(absl::StrCat(kFolder, kSizes));
    if (file == nullptr) return absl::OkStatus();
    absl::flat_hash_map<std::string, ImageSize> sizes;
    RETURN_IF_ERROR(ForEachLineOf(*file, [&sizes](const TextLine& line) {
      absl::string_view text = absl::StripAsciiWhitespace(line.text);
      size_t last = text.rfind(' ');
      size_t second =
          last == absl::string_view::npos || last == 0 ? last : text.rfind(' ', last - 1);
      if (text[0] == '#' || second == absl::string_view::npos || last == 0) return absl::OkStatus();
      std::optional<int64_t> width = Integer(text.substr(last + 1));
      std::optional<int64_t> height = Integer(text.substr(second + 1, last - second - 1));
      bool is_good = width && height && *width > 0 && *height > 0 && *width < 1000000000 &&
                     *height < 1000000000;
      if (is_good) sizes[Unquote(text.substr(0, second))] = {uint32_t(*width), uint32_t(*height)};
      return absl::OkStatus();
    }));
    for (ExportFrame& frame : frames_.frames()) {
      auto found = sizes.find(WithoutExtension(frame.name));
      if (found == sizes.end()) found = sizes.find(frame.name);
      if (found == sizes.end() || frame.image != ExportFrame::kNone) continue;
      frame.width = found->second.width;
      frame.height = found->second.height;
    }
    return absl::OkStatus();
  }
  static std::string Unquote(absl::string_view text) {
    std::string plain;
    char quote = '\0';
    for (size_t i = 0; i < text.size(); ++i) {
      if (quote == '\0' && (text[i] == '\'' || text[i] == '"')) {
        quote = text[i];
      } else if (text[i] == quote) {
        quote = '\0';
      } else {
        plain.push_back(text[i]);
      }
    }
    return plain;
  }

  absl::flat_hash_map<std::string, uint32_t> labels_;  // by code
  absl::flat_hash_map<std::string, size_t> columns_;
  ShapeBudget budget_;
  uint64_t resized_ = 0;
};

class OpenImages : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "open_images",
            .summary = "Open Images V6 1.0: boxes, masks and tags, in an export zip",
            .richness = 15};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kOpenImages);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    return LoadExport<Loader>(source, sink, ExportKind::kOpenImages);
  }
};

}  // namespace

std::unique_ptr<Reader> NewOpenImagesReader() { return std::make_unique<OpenImages>(); }

}  // namespace annofs
