// MOT 1.1 (reference/cvat.md §9.4): boxes of all frames in gt/gt.txt, labels in gt/labels.txt, the
// sequence in seqinfo.ini where there is one. Track ids stay the numbers of the file.
//
// Frames have numbers only: int(name) where the frame's name is a number, else 1 + its place. So a
// row's frame is the image of that number in img1/, else the image at that place where none is
// numbered, else a frame that is called by its number.
#include <algorithm>
#include <limits>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/class_list.h"
#include "formats/export_tree.h"
#include "formats/line_stream.h"
#include "formats/shape_check.h"
#include "formats/text_table.h"

namespace annofs {
namespace {

constexpr absl::string_view kRows = "gt/gt.txt", kLabels = "gt/labels.txt",
                            kSequence = "seqinfo.ini";
constexpr int64_t kMaxSequence = 1000000000;
// The classes of the challenge itself, for sequences without labels.txt.
constexpr absl::string_view kChallenge[] = {
    "pedestrian", "person on vehicle",      "car",           "bicycle",
    "motorbike",  "non motorized vehicle",  "static person", "distractor",
    "occluder",   "occluder on the ground", "occluder full", "reflection"};

struct Sequence {
  std::string folder = "img1", extension;
  uint32_t length = 0, width = 0, height = 0;
};

class Loader {
 public:
  Loader(const ExportTree& tree, Source& source, DatasetSink& sink)
      : tree_(tree), sink_(sink), classes_(std::string(source.name()), sink) {}

  absl::Status Load() {
    RETURN_IF_ERROR(ReadSequence());
    RETURN_IF_ERROR(ReadLabels());
    sink_.AddTask({});
    RETURN_IF_ERROR(AddImages());
    RETURN_IF_ERROR(ReadRows());
    ReportLength();
    return absl::OkStatus();
  }

 private:
  // `key=value` lines; sizes and length are of the whole sequence.
  absl::Status ReadSequence() {
    const ExportFile* file = tree_.Find(kSequence);
    if (file == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(std::optional<std::string> text, tree_.Text(*file, sink_));
    ForEachLine(text.value_or(""), [this](absl::string_view line, uint64_t) {
      size_t equals = line.find('=');
      if (equals == absl::string_view::npos) return;
      std::string key = absl::AsciiStrToLower(absl::StripAsciiWhitespace(line.substr(0, equals)));
      absl::string_view value = absl::StripAsciiWhitespace(line.substr(equals + 1));
      if (key == "imdir") sequence_.folder = std::string(value);
      if (key == "imext") sequence_.extension = std::string(value);
      if (key == "seqlength") SetNumber(value, sequence_.length);
      if (key == "imwidth") SetNumber(value, sequence_.width);
      if (key == "imheight") SetNumber(value, sequence_.height);
    });
    return absl::OkStatus();
  }
  static void SetNumber(absl::string_view text, uint32_t& number) {
    std::optional<int64_t> value = Integer(text);
    if (value && *value >= 0 && *value <= kMaxSequence) number = uint32_t(*value);
  }

  absl::Status ReadLabels() {
    const ExportFile* file = tree_.Find(kLabels);
    if (file == nullptr) {
      for (absl::string_view name : kChallenge) classes_.Add(name);
      Tell(kRows, "", "", "no gt/labels.txt: classes are those of the MOT challenge");
      return absl::OkStatus();
    }
    ASSIGN_OR_RETURN(std::optional<std::string> text, tree_.Text(*file, sink_));
    ForEachLine(text.value_or(""), [this](absl::string_view line, uint64_t) {
      classes_.Add(absl::StripAsciiWhitespace(line));
    });
    return absl::OkStatus();
  }

  // By number where any image is called by one, else by place.
  absl::Status AddImages() {
    absl::Span<const ExportFile> images = tree_.StartingWith(absl::StrCat(sequence_.folder, "/"));
    bool is_numbered = std::any_of(images.begin(), images.end(), [this](const ExportFile& file) {
      return NumberOf(file).has_value();
    });
    int64_t place = 0;
    for (const ExportFile& file : images) {
      if (!IsImagePath(file.path)) continue;
      ++place;
      int64_t number = is_numbered ? NumberOf(file).value_or(place) : place;
      RETURN_IF_ERROR(AddFrame(number, NameIn(file), &file));
    }
    return absl::OkStatus();
  }
  std::string NameIn(const ExportFile& file) const {
    return std::string(file.path.substr(sequence_.folder.size() + 1));
  }
  std::optional<int64_t> NumberOf(const ExportFile& file) const {
    return Integer(WithoutExtension(NameIn(file)));
  }

  absl::Status AddFrame(int64_t number, std::string name, const ExportFile* image) {
    Frame frame{.name = std::move(name),
                .number = uint32_t(std::clamp<int64_t>(number - 1, 0, kMaxFrame)),
                .width = sequence_.width,
                .height = sequence_.height};
    if (image != nullptr) {
      frame.inner = InnerOf(tree_.EntryOf(*image));
      ASSIGN_OR_RETURN(std::optional<ImageHeader> header, tree_.HeaderOf(*image));
      if (header) {
        frame.width = DisplaySize(*header).width;
        frame.height = DisplaySize(*header).height;
      }
    }
    ASSIGN_OR_RETURN(uint32_t index, sink_.AddFrame(std::move(frame)));
    frames_.emplace(number, index);
    return absl::OkStatus();
  }

  absl::Status ReadRows() {
    absl::StatusOr<std::unique_ptr<ChunkSource>> text =
        tree_.zip().Open(tree_.EntryOf(*tree_.Find(kRows)));
    if (!text.ok()) return text.status();
    LineStream lines(*std::move(text));
    std::vector<std::string> fields;
    while (true) {
      ASSIGN_OR_RETURN(std::optional<TextLine> line, lines.Next());
      if (!line) return absl::OkStatus();
      if (absl::StripAsciiWhitespace(line->text).empty()) continue;
      if (line->is_too_long || !SplitCsv(line->text, ',', fields)) {
        Left(line->number, "the line cannot be split into fields");
        continue;
      }
      RETURN_IF_ERROR(ReadRow(fields, line->number));
    }
  }

  absl::Status ReadRow(const std::vector<std::string>& fields, uint64_t line) {
    if (fields.size() < 7 || fields.size() > 10) {
      Left(line, absl::StrCat("a line of ", fields.size(), " fields, wanted 7 to 10"));
      return absl::OkStatus();
    }
    std::optional<int64_t> number = Integer(fields[0]), track = Integer(fields[1]);
    std::optional<double> values[5];
    for (size_t i = 0; i < 5; ++i) values[i] = Number(fields[i + 2]);
    bool is_good = number && track &&
                   std::all_of(std::begin(values), std::end(values),
                               [](const std::optional<double>& value) { return bool(value); });
    if (!is_good || *track > std::numeric_limits<int32_t>::max() || *number < 0 ||
        *number > kMaxFrame) {
      Left(line, "frame, track, box or confidence is no sane number");
      return absl::OkStatus();
    }
    std::optional<int64_t> number_of_class =
        fields.size() > 7 ? Integer(fields[7]) : std::optional<int64_t>();
    std::optional<uint32_t> label =
        number_of_class ? classes_.Label(*number_of_class - 1) : std::nullopt;
    if (!label) {
      Left(line, absl::StrCat("class '", fields.size() > 7 ? fields[7].substr(0, 32) : "",
                              "' is not among the ", classes_.size(), " that are named"));
      return absl::OkStatus();
    }
    Shape shape{
        .type = ShapeType::kRectangle,
        .label = *label,
        .points = {*values[0], *values[1], *values[0] + *values[2], *values[1] + *values[3]}};
    if (*track > 0) {
      shape.track = int32_t(*track);
      shape.keyframe = true;
    }
    if (*values[4] == 0) shape.attributes.push_back({.name = "ignored", .value = "true"});
    if (fields.size() > 8) SetVisibility(fields[8], shape);
    return AddRow(*number, std::move(shape), line);
  }

  // 1 - occluded, unless the shape has an attribute of that name.
  static void SetVisibility(const std::string& field, Shape& shape) {
    std::optional<double> visibility = Number(field);
    if (!visibility) return;
    shape.occluded = *visibility <= 0;
    if (*visibility > 0 && *visibility != 1)
      shape.attributes.push_back({.name = "visibility", .value = field});
  }

  absl::Status AddRow(int64_t number, Shape shape, uint64_t line) {
    ShapeVerdict verdict = CheckShape(shape);
    if (!verdict.keep) {
      Left(line, verdict.problem);
      return absl::OkStatus();
    }
    auto found = frames_.find(number);
    if (found == frames_.end()) {
      RETURN_IF_ERROR(AddFrame(number, NameOf(number), nullptr));
      found = frames_.find(number);
    }
    return sink_.AddShape(found->second, std::move(shape));
  }

  // The sequence says how its images are called; without one a frame is its number.
  std::string NameOf(int64_t number) const {
    return sequence_.extension.empty() ? absl::StrCat(number)
                                       : absl::StrFormat("%06d%s", number, sequence_.extension);
  }
  // Frames without rows and images are not made of a number that a text claims.
  void ReportLength() {
    if (sequence_.length <= frames_.size()) return;
    Tell(kSequence, "", "",
         absl::StrCat("of ", sequence_.length, " frames ", frames_.size(),
                      " have boxes or an image; the others are not known by name"));
  }

  void Left(uint64_t line, absl::string_view why) {
    Tell(kRows, absl::StrCat("line ", line), "", absl::StrCat("left out: ", why));
  }
  void Tell(absl::string_view path, std::string position, std::string frame, std::string why) {
    sink_.AddProblem({.source = tree_.NameOf(*tree_.Find(path)),
                      .position = std::move(position),
                      .frame = std::move(frame),
                      .reason = std::move(why)});
  }

  static constexpr int64_t kMaxFrame = std::numeric_limits<int32_t>::max();

  const ExportTree& tree_;
  DatasetSink& sink_;
  ClassList classes_;
  Sequence sequence_;
  absl::flat_hash_map<int64_t, uint32_t> frames_;  // by the number in the rows
};

class Mot : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "mot",
            .summary = "MOT 1.1: boxes with their tracks, in an export zip",
            .richness = 25};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kMot);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    return LoadExport<Loader>(source, sink, ExportKind::kMot);
  }
};

}  // namespace

std::unique_ptr<Reader> NewMotReader() { return std::make_unique<Mot>(); }

}  // namespace annofs
