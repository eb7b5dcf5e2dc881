// VGGFace2 1.0 (reference/cvat.md §9.4): bb_landmark/loose_bb_<subset>.csv and
// loose_landmark_<subset>.csv with one box and five points for an image, whose folder is the label.
// VGGFace2's own names repeat in each person's folder (n000001/0001_01), so there the folder is a
// part of the frame's name; CVAT's folder is the label only, and may differ for box and points.
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

constexpr absl::string_view kFolder = "bb_landmark/", kNoLabel = "no_label";

// "n000001"
bool IsPerson(absl::string_view folder) {
  return absl::ConsumePrefix(&folder, "n") && folder.size() == 6 && Integer(folder).has_value();
}

class Loader : public ExportLoader {
 public:
  using ExportLoader::ExportLoader;

 private:
  absl::Status ReadNames() override {
    if (const ExportFile* labels = tree_.Find("labels.txt")) {
      RETURN_IF_ERROR(ForEachLineOf(*labels, [this](const TextLine& line) {
        absl::string_view name = absl::StripAsciiWhitespace(line.text);
        absl::string_view first = name.substr(0, name.find(' '));
        classes_.Add(IsPerson(first) ? first : name);
        return absl::OkStatus();
      }));
    }
    RETURN_IF_ERROR(ReadTables());
    for (const ExportFile& file : tree_.files()) {
      size_t slash = file.path.find('/');
      if (!IsImagePath(file.path) || slash == absl::string_view::npos) continue;
      absl::string_view subset = file.path.substr(0, slash);
      absl::string_view name = PlaceOf(file.path.substr(slash + 1)).name;
      std::string key = absl::StrCat(subset, "/", WithoutExtension(name));
      if (IsCopy(key, name)) continue;
      frames_.AddImage(frames_.Keep(std::move(key)), name, frames_.Subset(subset),
                       uint32_t(&file - tree_.files().data()));
    }
    return absl::OkStatus();
  }
  absl::Status ReadShapes() override { return ReadTables(); }

  // CVAT puts an image into the folder of each of its labels.
  bool IsCopy(absl::string_view key, absl::string_view name) const {
    const uint32_t found = frames_.Find(key);
    if (found == ExportFrame::kNone) return false;
    const ExportFrame& frame = frames_.frames()[found];
    return frame.image != ExportFrame::kNone && frame.name == name;
  }

  absl::Status ReadTables() {
    for (const ExportFile& file : tree_.StartingWith(kFolder)) {
      absl::string_view name = WithoutExtension(BaseName(file.path));
      bool is_box = absl::ConsumePrefix(&name, "loose_bb_");
      if (!is_box && !absl::ConsumePrefix(&name, "loose_landmark_")) continue;
      RETURN_IF_ERROR(ForEachLineOf(
          file, [&](const TextLine& line) { return ReadLine(file, line, name, is_box); }));
    }
    return absl::OkStatus();
  }

  struct Place {
    absl::string_view label;  // empty for none
    absl::string_view name;
  };
  static Place PlaceOf(absl::string_view path) {
    absl::string_view folder = path.substr(0, path.find('/'));
    if (folder.size() == path.size()) return {.name = path};
    if (IsPerson(folder)) return {.label = folder, .name = path};
    return {.label = folder == kNoLabel ? "" : folder, .name = path.substr(folder.size() + 1)};
  }

  absl::Status ReadLine(const ExportFile& file, const TextLine& line, absl::string_view subset,
                        bool is_box) {
    std::vector<std::string> fields;
    bool is_split = SplitCsv(line.text, ',', fields);
    if (line.number == 1 && fields[0] == "NAME_ID") return absl::OkStatus();
    if (!is_split || fields.size() != (is_box ? 5u : 11u)) {
      Report(file, line.number, "", absl::StrCat("left out: a row of ", fields.size(), " fields"));
      return absl::OkStatus();
    }
    Place place = PlaceOf(fields[0]);
    uint32_t frame = FrameOf(absl::StrCat(subset, "/", place.name), place.name, subset);
    bool is_empty = std::all_of(fields.begin() + 1, fields.end(),
                                [](const std::string& field) { return field.empty(); });
    if (is_naming()) return absl::OkStatus();
    if (is_empty) {  // CVAT writes a tag so
      if (place.label.empty()) return absl::OkStatus();
      return AddTag(frame, classes_.FindOrAdd(MendUtf8(place.label)));
    }
    Shape shape{.type = is_box ? ShapeType::kRectangle : ShapeType::kPoints};
    for (size_t i = 1; i < fields.size(); ++i) {
      std::optional<double> value = Number(fields[i]);
      if (value) shape.points.push_back(*value);
    }
    if (shape.points.size() + 1 != fields.size() || place.label.empty()) {
      Report(file, line.number, place.name,
             place.label.empty() ? "left out: it has no label"
                                 : "left out: a coordinate is no finite number");
      return absl::OkStatus();
    }
    if (is_box) {
      shape.points[2] += shape.points[0];
      shape.points[3] += shape.points[1];
    }
    shape.label = classes_.FindOrAdd(MendUtf8(place.label));
    return AddShape(file, line.number, frame, std::move(shape));
  }
};

class VggFace2 : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "vgg_face2",
            .summary = "VGGFace2 1.0: a box and five points per image, in an export zip",
            .richness = 12};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kVggFace2);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    return LoadExport<Loader>(source, sink, ExportKind::kVggFace2);
  }
};

}  // namespace

std::unique_ptr<Reader> NewVggFace2Reader() { return std::make_unique<VggFace2>(); }

}  // namespace annofs
