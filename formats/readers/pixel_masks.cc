// Exports whose annotations are pixels only: Segmentation mask 1.1, CamVid, Cityscapes, MOTS PNG,
// ICDAR Segmentation, and KITTI without boxes and images (reference/cvat.md §9.4). Labels, their
// colours, frames and masks are read; of ICDAR, which has no labels, that the masks are not is a
// problem.
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/export_loader.h"
#include "formats/picture_masks.h"
#include "formats/text_table.h"

namespace annofs {
namespace {

constexpr absl::string_view kBackground = "background", kTrackLabels = "labels.txt",
                            kVocLists = "ImageSets/Segmentation/",
                            kVocClasses = "SegmentationClass/",
                            kCityClasses = "_gtFine_labelIds.png",
                            kCityInstances = "_gtFine_instanceIds.png";

// The frame that a mask or an image of these formats belongs to; an empty name: neither.
struct Item {
  absl::string_view subset, name;
  bool is_mask = false;
  absl::string_view extension;  // where it does not stand at the end of the name
  PictureMasks::Values values = PictureMasks::Values::kClasses;
};

absl::string_view CityscapesName(absl::string_view path) {
  path = WithoutExtension(path);
  for (absl::string_view suffix : {"_gtFine_labelIds", "_leftImg8bit"}) {
    if (absl::ConsumeSuffix(&path, suffix)) return path;
  }
  return "";
}

Item ItemOf(absl::string_view path) {
  absl::string_view first = path.substr(0, path.find('/'));
  if (first.size() == path.size()) return {};
  absl::string_view rest = path.substr(first.size() + 1);
  if (first == "SegmentationClass") return {.name = rest, .is_mask = true};
  if (first == "JPEGImages") return {.name = rest};
  if (first == "SegmentationObject") return {};
  bool is_city_image = first == "imgsFine" && absl::ConsumePrefix(&rest, "leftImg8bit/");
  if (first == "gtFine" || is_city_image) {
    absl::string_view subset = rest.substr(0, rest.find('/'));
    if (subset.size() == rest.size()) return {};
    const absl::string_view name = rest.substr(subset.size() + 1);
    Item item{subset, CityscapesName(name), first == "gtFine"};
    if (!item.name.empty()) item.extension = Extension(name);
    return item;
  }
  absl::string_view subset = first;
  if (absl::ConsumeSuffix(&subset, "annot")) return {subset, rest, true};
  if (absl::ConsumePrefix(&rest, "instances/"))
    return {
        .subset = first, .name = rest, .is_mask = true, .values = PictureMasks::Values::kTracks};
  if (absl::ConsumePrefix(&rest, "images/")) return {first, rest};
  if (absl::EndsWith(rest, "_GT.bmp")) return {first, rest.substr(0, rest.size() - 7), true};
  return {first, rest};
}

class Loader : public ExportLoader {
 public:
  Loader(const ExportTree& tree, Source& source, DatasetSink& sink)
      : ExportLoader(tree, source, sink), masks_(tree, sink) {}

 private:
  struct Pictured {
    uint32_t frame = 0;
    PictureMasks::Pictures pictures;
  };

  absl::Status ReadNames() override {
    for (const ExportFile& file : tree_.files()) {
      absl::string_view base = BaseName(file.path);
      if (base == "labelmap.txt" || base == "label_colors.txt" || base == kTrackLabels)
        RETURN_IF_ERROR(ReadLabels(file, base));
      if (absl::StartsWith(file.path, kVocLists) && absl::EndsWith(base, ".txt"))
        RETURN_IF_ERROR(ReadList(file, WithoutExtension(base)));
      const absl::string_view stem = WithoutExtension(base);
      const bool is_list = file.path == base && absl::EndsWith(base, ".txt") &&
                           !tree_.StartingWith(absl::StrCat(stem, "annot/")).empty();
      if (is_list) RETURN_IF_ERROR(ReadCamVidList(file, stem));
    }
    for (const ExportFile& file : tree_.files()) {
      Item item = IsImagePath(file.path) ? ItemOf(file.path) : Item{};
      if (item.name.empty()) continue;
      if (!item.extension.empty())
        item.name = frames_.Keep(absl::StrCat(item.name, item.extension));
      // CamVid has no folder of images; an image's own may be called so.
      absl::string_view whole = file.path;
      const bool is_listed = !item.is_mask &&
                             absl::ConsumePrefix(&whole, absl::StrCat(item.subset, "/")) &&
                             frames_.Find(Key(item.subset, whole)) != ExportFrame::kNone;
      if (is_listed) item.name = whole;
      std::string key = Key(item.subset, item.name);
      if (item.is_mask) {
        const uint32_t frame = FrameOf(key, WithoutExtension(item.name), item.subset);
        pictured_.push_back({.frame = frame, .pictures = PicturesOf(file, item)});
      } else {
        frames_.AddImage(frames_.Keep(std::move(key)), item.name, frames_.Subset(item.subset),
                         uint32_t(&file - tree_.files().data()));
      }
    }
    return ReadSizes();
  }

  // Segmentation mask: what is in which subset.
  absl::Status ReadList(const ExportFile& file, absl::string_view subset) {
    return ForEachLineOf(file, [&](const TextLine& line) {
      const absl::string_view id = frames_.Keep(MendUtf8(absl::StripAsciiWhitespace(line.text)));
      frames_.AddListed(
          frames_.Keep(absl::StrCat("/", id)), id, frames_.Subset(subset),
          {.source = tree_.NameOf(file), .position = absl::StrCat("line ", line.number)});
      return absl::OkStatus();
    });
  }

  // `/S/a.jpg Sannot/a.png`, in quotes where a name has blanks.
  absl::Status ReadCamVidList(const ExportFile& file, absl::string_view subset) {
    return ForEachLineOf(file, [&](const TextLine& line) {
      absl::string_view path = absl::StripAsciiWhitespace(line.text);
      const bool is_quoted = absl::ConsumePrefix(&path, "\"");
      if (is_quoted) {
        const size_t end = path.find("\" \"");  // a name may have quotes
        path = path.substr(0, end == absl::string_view::npos ? path.rfind('"') : end);
      } else {
        path = path.substr(0, path.find(' '));
      }
      if (!absl::ConsumePrefix(&path, absl::StrCat("/", subset, "/")) || path.empty())
        return absl::OkStatus();
      const absl::string_view name = frames_.Keep(MendUtf8(path));
      frames_.AddListed(
          frames_.Keep(Key(subset, name)), name, frames_.Subset(subset),
          {.source = tree_.NameOf(file), .position = absl::StrCat("line ", line.number)});
      return absl::OkStatus();
    });
  }

  PictureMasks::Pictures PicturesOf(const ExportFile& file, const Item& item) const {
    if (absl::StartsWith(file.path, kVocClasses)) return VocPictures(tree_, file);
    absl::string_view stem = file.path;
    if (absl::ConsumeSuffix(&stem, kCityClasses)) {
      const ExportFile* const instances = tree_.Find(absl::StrCat(stem, kCityInstances));
      if (instances != nullptr)
        return {.values = PictureMasks::Values::kInstances, .masks = instances, .classes = &file};
    }
    return {.values = item.values, .masks = &file};
  }

  // A mask is as large as its image, which need not be in the zip.
  absl::Status ReadSizes() {
    for (const Pictured& each : pictured_) {
      ExportFrame& frame = frames_.frames()[each.frame];
      if (frame.image != ExportFrame::kNone) continue;
      ASSIGN_OR_RETURN(const std::optional<ImageHeader> header,
                       tree_.HeaderOf(*each.pictures.masks));
      if (!header) continue;
      frame.width = DisplaySize(*header).width;
      frame.height = DisplaySize(*header).height;
    }
    return absl::OkStatus();
  }

  // labelmap.txt, lines `r g b name`, or of names: MOTS has these in every subset, the first
  // counts.
  absl::Status ReadLabels(const ExportFile& file, absl::string_view base) {
    const bool is_of_tracks = base == kTrackLabels;
    const bool is_repeated = is_of_tracks && std::exchange(has_track_labels_, true);
    if (is_of_tracks && !is_repeated) masks_.AddClass({}, {});  // classes count from 1
    return ForEachLineOf(file, [&](const TextLine& line) {
      const absl::string_view text = absl::StripAsciiWhitespace(line.text);
      std::optional<VocClass> found = VocClass{.name = text};
      if (base == "labelmap.txt") found = ParseVocClass(text);
      if (base == "label_colors.txt") found = ParseColorLine(text);
      if (!found) return absl::OkStatus();
      std::optional<uint32_t> label;
      if (is_of_tracks || found->name != kBackground)
        label = classes_.FindOrAdd(MendUtf8(found->name), HexOf(found->color));
      if (!is_repeated) masks_.AddClass(found->color, label);
      return absl::OkStatus();
    });
  }

  // Without colours a name; '#' begins a comment.
  static std::optional<VocClass> ParseColorLine(absl::string_view text) {
    if (text[0] == '#') return std::nullopt;
    const std::vector<absl::string_view> words = absl::StrSplit(text, absl::MaxSplits(' ', 3));
    if (words.size() < 4) return VocClass{.name = text};
    uint32_t color = 0;
    for (size_t i = 0; i < 3; ++i) {
      const std::optional<int64_t> value = Integer(words[i]);
      if (!value || *value < 0 || *value > 255) return VocClass{.name = words[3]};
      color = color << 8 | uint32_t(*value);
    }
    return VocClass{.name = words[3], .color = color};
  }
  static std::string HexOf(std::optional<uint32_t> color) {
    return color ? absl::StrFormat("#%06x", *color) : "";
  }

  absl::Status ReadShapes() override {
    uint64_t bitmaps = 0;
    for (const Pictured& each : pictured_) {
      if (absl::EndsWith(each.pictures.masks->path, ".bmp")) {
        ++bitmaps;
        continue;
      }
      RETURN_IF_ERROR(masks_.Read(each.pictures, frames_.frames()[each.frame].frame));
    }
    if (bitmaps > 0)
      Tell(absl::StrCat("the masks of ", bitmaps, " images are bitmaps, which are not read"));
    return absl::OkStatus();
  }

  PictureMasks masks_;
  bool has_track_labels_ = false;
  std::vector<Pictured> pictured_;
};

class PixelMasks : public Reader {
 public:
  ReaderInfo Info() const override {
    return {
        .name = "pixel_masks",
        .summary =
            "Segmentation mask, CamVid, Cityscapes, MOTS PNG: masks; ICDAR Segmentation: frames "
            "only; in an export zip",
        .richness = 2};
  }
  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    return ProbeExport(source, ExportKind::kPixels);
  }
  absl::Status Read(Source& source, DatasetSink& sink) const override {
    return LoadExport<Loader>(source, sink, ExportKind::kPixels);
  }
};

}  // namespace

std::unique_ptr<Reader> NewPixelMasksReader() { return std::make_unique<PixelMasks>(); }

}  // namespace annofs
