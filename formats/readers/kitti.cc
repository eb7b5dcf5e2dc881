// KITTI 1.0 (reference/cvat.md §9.4): boxes from <subset>/label_2/<name>.txt, labels and their
// colours from label_colors.txt, masks from <subset>/semantic and instance. Of KITTI's own files
// the box in the image is read, not the one in space.
#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/class_list.h"
#include "formats/export_frames.h"
#include "formats/picture_masks.h"
#include "formats/shape_check.h"
#include "formats/text_table.h"

namespace annofs {
namespace {

constexpr absl::string_view kColors = "label_colors.txt", kBackground = "background";
// Behind the name: truncated, occluded, alpha, 4 of the box, 7 in space; then perhaps a score.
constexpr size_t kNumbers = 14;

// "S", "label_2", "a/b.txt" of "S/label_2/a/b.txt".
struct Parts {
  absl::string_view subset, folder, name;
};
Parts Split(absl::string_view path) {
  size_t first = path.find('/');
  if (first == absl::string_view::npos) return {};
  size_t second = path.find('/', first + 1);
  if (second == absl::string_view::npos) return {};
  return {path.substr(0, first), path.substr(first + 1, second - first - 1),
          path.substr(second + 1)};
}

class Loader {
 public:
  Loader(const ExportTree& tree, Source& source, DatasetSink& sink)
      : tree_(tree),
        source_(source),
        sink_(sink),
        frames_(tree, source, sink),
        classes_(std::string(source.name()), sink),
        masks_(tree, sink) {}

  absl::Status Load() {
    RETURN_IF_ERROR(ReadColors());
    AddFiles();
    RETURN_IF_ERROR(ReadSizes());
    RETURN_IF_ERROR(frames_.Push(ExportFrames::Sizes::kOfInnerImages));
    RETURN_IF_ERROR(frames_.ForEachLabelFile(
        [this](const ExportFrame& frame, const ExportFile& file, absl::string_view text) {
          return ReadLabels(frame, file, text);
        }));
    for (const auto& [frame, file] : pictured_) {
      RETURN_IF_ERROR(masks_.Read(PicturesOf(tree_.files()[file]), frames_.frames()[frame].frame));
    }
    ReportWhatIsNotRead();
    return absl::OkStatus();
  }

 private:
  // `r g b name`, sorted by name; the background that CVAT puts first is no label.
  absl::Status ReadColors() {
    const ExportFile* file = tree_.Find(kColors);
    if (file == nullptr) return absl::OkStatus();
    ASSIGN_OR_RETURN(std::optional<std::string> text, tree_.Text(*file, sink_));
    ForEachLine(text.value_or(""), [&](absl::string_view line, uint64_t number) {
      line = absl::StripAsciiWhitespace(line);
      if (line.empty() || line[0] == '#') return;
      int64_t color[3];
      for (int64_t& part : color) {
        size_t blank = line.find(' ');
        std::optional<int64_t> value = Integer(line.substr(0, blank));
        if (!value || *value < 0 || *value > 255 || blank == absl::string_view::npos)
          return Report(*file, number, "", "is not `r g b name`");
        part = *value;
        line = absl::StripLeadingAsciiWhitespace(line.substr(blank));
      }
      const uint32_t rgb = uint32_t(color[0] << 16 | color[1] << 8 | color[2]);
      if (line == kBackground) return masks_.AddClass(rgb, {});
      const int64_t place = int64_t(classes_.size());
      classes_.Add(line, absl::StrFormat("#%06x", rgb));
      masks_.AddClass(rgb, classes_.Label(place));
    });
    has_colors_ = true;
    return absl::OkStatus();
  }

  void AddFiles() {
    for (size_t i = 0; i < tree_.files().size(); ++i) {
      absl::string_view path = tree_.files()[i].path;
      Parts parts = Split(path);
      if (parts.name.empty()) continue;
      absl::string_view stem = WithoutExtension(parts.name);
      bool is_image = IsImagePath(path);
      if (parts.folder == "label_2" && absl::EndsWith(path, ".txt")) {
        frames_.AddLabels(Key(parts, stem), stem, frames_.Subset(parts.subset), uint32_t(i));
      } else if (parts.folder == "image_2" && is_image) {
        frames_.AddImage(Key(parts, stem), parts.name, frames_.Subset(parts.subset), uint32_t(i));
      } else if ((parts.folder == "semantic" || parts.folder == "instance") && is_image) {
        AddPicture(parts, stem, uint32_t(i));
      }
    }
  }
  void AddPicture(const Parts& parts, absl::string_view stem, uint32_t file) {
    absl::string_view key = Key(parts, stem);
    uint32_t frame = frames_.Find(key);
    if (frame == ExportFrame::kNone)
      frame = frames_.AddListed(key, stem, frames_.Subset(parts.subset), {});
    if (parts.folder == "semantic") pictured_.emplace_back(frame, file);
  }
  PictureMasks::Pictures PicturesOf(const ExportFile& classes) const {
    const Parts parts = Split(classes.path);
    const ExportFile* const instances =
        tree_.Find(absl::StrCat(parts.subset, "/instance/", parts.name));
    if (instances == nullptr) return {.masks = &classes};
    return {.values = PictureMasks::Values::kInstances, .masks = instances, .classes = &classes};
  }
  // A mask is as large as its image, which need not be in the zip.
  absl::Status ReadSizes() {
    for (const auto& [index, file] : pictured_) {
      ExportFrame& frame = frames_.frames()[index];
      if (frame.image != ExportFrame::kNone) continue;
      ASSIGN_OR_RETURN(const std::optional<ImageHeader> header,
                       tree_.HeaderOf(tree_.files()[file]));
      if (!header) continue;
      frame.width = DisplaySize(*header).width;
      frame.height = DisplaySize(*header).height;
    }
    return absl::OkStatus();
  }

  absl::string_view Key(const Parts& parts, absl::string_view stem) {
    return frames_.Keep(absl::StrCat(parts.subset, "/", stem));
  }

  absl::Status ReadLabels(const ExportFrame& frame, const ExportFile& file,
                          absl::string_view text) {
    absl::Status status;
    std::vector<absl::string_view> fields;
    ForEachLine(text, [&](absl::string_view line, uint64_t number) {
      if (!status.ok()) return;
      if (!SplitBlanks(line, fields)) return Report(file, number, frame.name, "too many fields");
      if (fields.empty()) return;
      absl::StatusOr<Shape> shape = ParseLine(line, fields);
      if (!shape.ok())
        return Report(file, number, frame.name,
                      absl::StrCat("left out: ", shape.status().message()));
      ShapeVerdict verdict = CheckShape(*shape);
      if (!verdict.keep)
        return Report(file, number, frame.name, absl::StrCat("left out: ", verdict.problem));
      status = sink_.AddShape(frame.frame, *std::move(shape));
    });
    return status;
  }

  absl::StatusOr<Shape> ParseLine(absl::string_view line,
                                  const std::vector<absl::string_view>& fields) {
    size_t words = WordsOfName(line, fields);
    if (words == 0)
      return absl::InvalidArgumentError(
          absl::StrCat("a line of ", fields.size(), " fields, wanted a name and 14 or 15 numbers"));
    std::vector<double> numbers;
    for (size_t i = words; i < fields.size(); ++i) {
      std::optional<double> value = Number(fields[i]);
      if (!value)
        return absl::InvalidArgumentError(
            absl::StrCat("'", fields[i].substr(0, 32), "' is no finite number"));
      numbers.push_back(*value);
    }
    absl::string_view name = NameOf(line, fields, words);
    if (has_colors_ && !classes_.Find(name))
      return absl::InvalidArgumentError(
          absl::StrCat("label '", name.substr(0, 64), "' is not in label_colors.txt"));
    return MakeShape(classes_.FindOrAdd(MendUtf8(name)), numbers, fields[words]);
  }

  Shape MakeShape(uint32_t label, const std::vector<double>& numbers, absl::string_view truncated) {
    Shape shape{.type = ShapeType::kRectangle,
                .label = label,
                .occluded = numbers[1] != 0,
                .points = {numbers.begin() + 3, numbers.begin() + 7}};
    if (numbers.size() > kNumbers) shape.score = numbers[kNumbers];
    if (numbers[0] != 0)
      shape.attributes.push_back(
          {.name = "truncated", .value = numbers[0] == 1 ? "true" : std::string(truncated)});
    in_space_ += std::any_of(numbers.begin() + 7, numbers.begin() + kNumbers,
                             [](double value) { return value != -1; });
    return shape;
  }

  // Names are not quoted: how many of the first words are the name. By the list of labels if that
  // tells, CVAT's 15 numbers first; else as the count of fields wants it. 0: neither fits.
  size_t WordsOfName(absl::string_view line, const std::vector<absl::string_view>& fields) const {
    size_t guess = 0;
    for (size_t numbers : {kNumbers + 1, kNumbers}) {
      if (fields.size() <= numbers) continue;
      size_t words = fields.size() - numbers;
      if (classes_.Find(NameOf(line, fields, words))) return words;
      if (guess == 0) guess = words;
    }
    return guess;
  }
  static absl::string_view NameOf(absl::string_view line,
                                  const std::vector<absl::string_view>& fields, size_t words) {
    const char* end = fields[words - 1].data() + fields[words - 1].size();
    return line.substr(size_t(fields[0].data() - line.data()), size_t(end - fields[0].data()));
  }

  void ReportWhatIsNotRead() {
    if (in_space_ > 0)
      Tell(absl::StrCat(in_space_, " objects have a box in space as well, which is not read"));
  }
  void Tell(std::string what) {
    sink_.AddProblem({.source = std::string(source_.name()), .reason = std::move(what)});
  }
  void Report(const ExportFile& file, uint64_t line, absl::string_view frame, std::string why) {
    sink_.AddProblem({.source = tree_.NameOf(file),
                      .position = absl::StrCat("line ", line),
                      .frame = std::string(frame),
                      .reason = std::move(why)});
  }

  const ExportTree& tree_;
  Source& source_;
  DatasetSink& sink_;
  ExportFrames frames_;
  ClassList classes_;
  bool has_colors_ = false;
  PictureMasks masks_;
  std::vector<std::pair<uint32_t, uint32_t>> pictured_;  // frame, picture of its classes
  uint64_t in_space_ = 0;
};

class Kitti : public Reader {
 public:
  ReaderInfo Info() const override {
    return {
        .name = "kitti", .summary = "KITTI 1.0: boxes and masks, in an export zip", .richness = 25};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kKitti);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    return LoadExport<Loader>(source, sink, ExportKind::kKitti);
  }
};

}  // namespace

std::unique_ptr<Reader> NewKittiReader() { return std::make_unique<Kitti>(); }

}  // namespace annofs
