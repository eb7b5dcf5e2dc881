// LFW 1.0 (reference/cvat.md §9.4): <subset>/annotations/people.txt has the labels, pairs.txt the
// images (`label/name` has that tag), landmarks.txt points. Positive and negative pairs of LFW's
// own files name images by numbers: <label>_<4 digits>. That two images are a pair is not kept.
#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/export_loader.h"
#include "formats/text_table.h"

namespace annofs {
namespace {

using Fields = std::vector<absl::string_view>;

class Loader : public ExportLoader {
 public:
  using ExportLoader::ExportLoader;

 private:
  absl::Status ReadNames() override {
    RETURN_IF_ERROR(ForEachRow("people.txt", [this](const ExportFile&, const TextLine&,
                                                    const Fields& fields, absl::string_view) {
      if (fields.size() == 2) classes_.FindOrAdd(MendUtf8(fields[0]));
      return absl::OkStatus();
    }));
    RETURN_IF_ERROR(FindOnlyPairs());
    RETURN_IF_ERROR(ReadPairs());
    RETURN_IF_ERROR(ReadLandmarks());
    AddAllImages();
    return absl::OkStatus();
  }
  absl::Status ReadShapes() override {
    tags_.assign(frames_.frames().size(), kNoTag);
    RETURN_IF_ERROR(ReadPairs());
    return ReadLandmarks();
  }

  // Rows of that file of every subset, split at tabs.
  template <typename Use>
  absl::Status ForEachRow(absl::string_view name, Use use) {
    for (const ExportFile& file : tree_.files()) {
      absl::string_view folder = DirName(file.path);
      if (BaseName(file.path) != name || !absl::EndsWith(folder, "/annotations")) continue;
      absl::string_view subset = DirName(folder);
      RETURN_IF_ERROR(ForEachLineOf(file, [&](const TextLine& line) {
        Fields fields = absl::StrSplit(line.text, '\t');
        return use(file, line, fields, subset);
      }));
    }
    return absl::OkStatus();
  }

  absl::Status ReadPairs() {
    return ForEachRow("pairs.txt", [this](const ExportFile& file, const TextLine& line,
                                          const Fields& fields, absl::string_view subset) {
      if (line.number == 1 && IsHeader(file, fields)) return absl::OkStatus();
      if (fields.size() == 1) return Mention(fields[0], subset);
      if (fields.size() == 3) {
        RETURN_IF_ERROR(MentionNumber(fields[0], fields[1], subset));
        return MentionNumber(fields[0], fields[2], subset);
      }
      if (fields.size() == 4) {
        RETURN_IF_ERROR(MentionNumber(fields[0], fields[1], subset));
        return MentionNumber(fields[2], fields[3], subset);
      }
      Report(file, line.number, "", "left out: a row of neither 1, 3 nor 4 fields");
      return absl::OkStatus();
    });
  }
  // LFW's own files start with one or two counts. One number alone may be an image's name as well:
  // it is a count if nothing but pairs follows.
  bool IsHeader(const ExportFile& file, const Fields& fields) const {
    if (fields.size() > 2 ||
        !std::all_of(fields.begin(), fields.end(),
                     [](absl::string_view field) { return Integer(field).has_value(); }))
      return false;
    return fields.size() == 2 || only_pairs_.contains(file.path);
  }
  // Files of pairs behind one line that is none.
  absl::Status FindOnlyPairs() {
    return ForEachRow("pairs.txt", [this](const ExportFile& file, const TextLine& line,
                                          const Fields& fields, absl::string_view) {
      if (line.number == 2 && fields.size() >= 3) only_pairs_.insert(file.path);
      if (line.number > 1 && fields.size() < 3) only_pairs_.erase(file.path);
      return absl::OkStatus();
    });
  }
  absl::Status MentionNumber(absl::string_view label, absl::string_view number,
                             absl::string_view subset) {
    return Mention(absl::StrFormat("%s/%s_%04d", label, label, Integer(number).value_or(0)),
                   subset);
  }

  // "label/name" is the frame "name" with a tag; a first folder that is no label is a folder.
  struct Place {
    std::optional<uint32_t> label;
    absl::string_view name;
  };
  Place PlaceOf(absl::string_view path) const {
    size_t slash = path.find('/');
    if (slash == absl::string_view::npos) return {.name = path};
    std::optional<uint32_t> label = classes_.Find(path.substr(0, slash));
    return {.label = label, .name = label ? path.substr(slash + 1) : path};
  }
  absl::Status Mention(absl::string_view path, absl::string_view subset) {
    Place place = PlaceOf(path);
    uint32_t frame = FrameOf(absl::StrCat(subset, "/", place.name), place.name, subset);
    if (is_naming() || !place.label || tags_[frame] != kNoTag) return absl::OkStatus();
    tags_[frame] = int32_t(*place.label);
    return AddTag(frame, *place.label);
  }

  // `name.jpg x y …`: the extension is always .jpg, whatever the image is. The points have no label
  // but the image's tag.
  absl::Status ReadLandmarks() {
    return ForEachRow("landmarks.txt", [this](const ExportFile& file, const TextLine& line,
                                              const Fields& fields, absl::string_view subset) {
      Place place = PlaceOf(WithoutExtension(fields[0]));
      uint32_t frame = FrameOf(absl::StrCat(subset, "/", place.name), place.name, subset);
      if (is_naming()) return absl::OkStatus();
      std::optional<uint32_t> label = place.label;
      if (!label && tags_[frame] != kNoTag) label = uint32_t(tags_[frame]);
      Shape shape{.type = ShapeType::kPoints};
      for (size_t i = 1; i < fields.size(); ++i) {
        std::optional<double> value = Number(fields[i]);
        if (value) shape.points.push_back(*value);
      }
      if (!label || shape.points.size() + 1 != fields.size()) {
        Report(file, line.number, place.name,
               label ? "left out: a coordinate is no finite number"
                     : "left out: points of an image without a tag have no label");
        return absl::OkStatus();
      }
      shape.label = *label;
      return AddShape(file, line.number, frame, std::move(shape));
    });
  }

  void AddAllImages() {
    for (const ExportFile& file : tree_.files()) {
      size_t slash = file.path.find('/');
      if (!IsImagePath(file.path) || slash == absl::string_view::npos) continue;
      absl::string_view subset = file.path.substr(0, slash), rest = file.path.substr(slash + 1);
      if (!absl::ConsumePrefix(&rest, "images/")) continue;
      absl::string_view name = PlaceOf(rest).name;
      frames_.AddImage(frames_.Keep(absl::StrCat(subset, "/", WithoutExtension(name))), name,
                       frames_.Subset(subset), uint32_t(&file - tree_.files().data()));
    }
  }

  static constexpr int32_t kNoTag = -1;
  std::set<absl::string_view> only_pairs_;
  std::vector<int32_t> tags_;  // of frames
};

class Lfw : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "lfw", .summary = "LFW 1.0: tags and points, in an export zip", .richness = 12};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kLfw);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    return LoadExport<Loader>(source, sink, ExportKind::kLfw);
  }
};

}  // namespace

std::unique_ptr<Reader> NewLfwReader() { return std::make_unique<Lfw>(); }

}  // namespace annofs
