// Exports whose annotations are pixels only: Segmentation mask 1.1, CamVid, Cityscapes, MOTS PNG,
// ICDAR Segmentation, and KITTI without boxes and images (reference/cvat.md §9.4). Labels, their
// colours, and frames are read; that the masks are not is a problem. Poorer than anything else.
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

constexpr absl::string_view kBackground = "background";

// The frame that a mask or an image of these formats belongs to; an empty name: neither.
struct Item {
  absl::string_view subset, name;
  bool is_mask = false;
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
    return {subset, CityscapesName(rest.substr(subset.size() + 1)), first == "gtFine"};
  }
  absl::string_view subset = first;
  if (absl::ConsumeSuffix(&subset, "annot")) return {subset, rest, true};
  if (absl::ConsumePrefix(&rest, "instances/")) return {first, rest, true};
  if (absl::ConsumePrefix(&rest, "images/")) return {first, rest};
  if (absl::EndsWith(rest, "_GT.bmp")) return {first, rest.substr(0, rest.size() - 7), true};
  return {first, rest};
}

// "#rrggbb" of three numbers; empty if they are no colour.
std::string ColorOf(const std::vector<absl::string_view>& numbers) {
  std::string color = "#";
  if (numbers.size() < 3) return "";
  for (size_t i = 0; i < 3; ++i) {
    const std::optional<int64_t> value = Integer(numbers[i]);
    if (!value || *value < 0 || *value > 255) return "";
    absl::StrAppend(&color, absl::Hex(*value, absl::kZeroPad2));
  }
  return color;
}

class Loader : public ExportLoader {
 public:
  using ExportLoader::ExportLoader;

 private:
  absl::Status ReadNames() override {
    for (const ExportFile& file : tree_.files()) {
      absl::string_view base = BaseName(file.path);
      if (base == "labelmap.txt" || base == "label_colors.txt" || base == "labels.txt")
        RETURN_IF_ERROR(ReadLabels(file, base));
    }
    for (const ExportFile& file : tree_.files()) {
      Item item = IsImagePath(file.path) ? ItemOf(file.path) : Item{};
      if (item.name.empty()) continue;
      masks_ += item.is_mask;
      std::string key = Key(item.subset, item.name);
      if (item.is_mask) {
        FrameOf(key, WithoutExtension(item.name), item.subset);
      } else {
        frames_.AddImage(frames_.Keep(std::move(key)), item.name, frames_.Subset(item.subset),
                         uint32_t(&file - tree_.files().data()));
      }
    }
    return absl::OkStatus();
  }

  // `name:r,g,b:parts:actions`, `r g b name` or `name`.
  absl::Status ReadLabels(const ExportFile& file, absl::string_view base) {
    return ForEachLineOf(file, [&](const TextLine& line) {
      absl::string_view text = absl::StripAsciiWhitespace(line.text);
      if (text[0] == '#') return absl::OkStatus();
      std::string color;
      const std::vector<absl::string_view> words = absl::StrSplit(text, absl::MaxSplits(' ', 3));
      if (base == "label_colors.txt" && words.size() == 4) {
        color = ColorOf(words);
        text = words[3];
      }
      for (int i = 0; i < 3 && base == "labelmap.txt"; ++i) {
        const size_t colon = std::min(text.rfind(':'), text.size());
        if (i == 2)
          color = ColorOf(absl::StrSplit(text.substr(std::min(colon + 1, text.size())), ','));
        text = text.substr(0, colon);
      }
      if (text != kBackground) classes_.FindOrAdd(MendUtf8(text), color);
      return absl::OkStatus();
    });
  }

  absl::Status ReadShapes() override {
    Tell(absl::StrCat("the annotations of this format are pixels, which are not read: masks of ",
                      masks_, " images"));
    return absl::OkStatus();
  }

  uint64_t masks_ = 0;
};

class PixelMasks : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "pixel_masks",
            .summary =
                "Segmentation mask, CamVid, Cityscapes, MOTS PNG, ICDAR Segmentation: labels "
                "and frames only, in an export zip",
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
