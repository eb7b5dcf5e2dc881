#include "formats/picture_masks.h"

#include <algorithm>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "formats/shape_check.h"

namespace annofs {
namespace {

// "Void" in VOC's own files: borders of objects.
constexpr uint32_t kBorder = 0xe0e0c0, kGreyBorder = 255;
constexpr uint32_t kTracksOfClass = 1000;
// Of a file: two are in memory at a time.
constexpr uint64_t kMaxBytes = uint64_t{16} << 20;

// The place of a colour in the VOC palette: bits of its channels in turn.
uint32_t PlaceInPalette(uint32_t color) {
  uint32_t place = 0;
  for (uint32_t bit = 0; bit < 8; ++bit) {
    for (uint32_t channel = 0; channel < 3; ++channel) {
      const uint32_t value = color >> (16 - 8 * channel);
      place |= (value >> (7 - bit) & 1) << (3 * bit + channel);
    }
  }
  return place;
}

// Numbers of instances are 1000 * class + place (Cityscapes).
void Sort(PictureMasks::Values values, PictureOfMasks& picture) {
  const auto place = [&](uint32_t value) {
    if (picture.is_color) return PlaceInPalette(value);
    return values == PictureMasks::Values::kInstances ? value % kTracksOfClass : value;
  };
  std::stable_sort(
      picture.regions.begin(), picture.regions.end(),
      [&](const MaskRegion& a, const MaskRegion& b) { return place(a.value) < place(b.value); });
}

std::optional<uint32_t> ColorOf(absl::string_view numbers) {
  uint32_t color = 0;
  int count = 0;
  for (absl::string_view number : absl::StrSplit(numbers, ',')) {
    uint32_t value = 0;
    if (++count > 3 || !absl::SimpleAtoi(number, &value) || value > 255) return std::nullopt;
    color = color << 8 | value;
  }
  return count == 3 ? std::optional(color) : std::nullopt;
}

}  // namespace

std::optional<VocClass> ParseVocClass(absl::string_view line) {
  line = absl::StripAsciiWhitespace(line);
  if (line.empty()) return std::nullopt;
  absl::string_view colors;
  int fields = 1;
  for (absl::string_view name = line; fields < 4; ++fields) {
    const size_t colon = name.rfind(':');
    if (colon == absl::string_view::npos) break;
    colors = name.substr(colon + 1);
    name = name.substr(0, colon);
  }
  const bool has_place =
      fields == 4 && colors.find_first_not_of("0123456789, ") == absl::string_view::npos;
  if (line[0] == '#' && !has_place) return std::nullopt;
  VocClass found{.name = line, .color = ColorOf(colors)};
  for (int i = 1; i < fields; ++i) found.name = found.name.substr(0, found.name.rfind(':'));
  return found;
}

void PictureMasks::AddClass(std::optional<uint32_t> color, std::optional<uint32_t> label) {
  classes_.push_back(label);
  if (color) by_color_.try_emplace(*color, label);
}

absl::Status PictureMasks::Read(const Pictures& pictures, uint32_t frame) {
  const bool has_classes = pictures.values == Values::kInstances;
  if (has_classes && pictures.classes == nullptr) {
    Report(*pictures.masks, "masks are left out: no picture of classes says their labels");
    return absl::OkStatus();
  }
  for (const ExportFile* file : {pictures.masks, pictures.classes}) {
    if (file == nullptr || tree_.EntryOf(*file).size <= kMaxBytes) continue;
    Report(*file, "masks are left out: the picture is larger than 16 MiB");
    return absl::OkStatus();
  }
  ASSIGN_OR_RETURN(const std::optional<std::string> masks, tree_.Text(*pictures.masks, sink_));
  if (!masks) return absl::OkStatus();
  std::optional<std::string> classes;
  if (has_classes) {
    ASSIGN_OR_RETURN(classes, tree_.Text(*pictures.classes, sink_));
    if (!classes) return absl::OkStatus();
  }
  absl::StatusOr<PictureOfMasks> picture =
      classes ? ReadMaskPng(*masks, *classes) : ReadMaskPng(*masks);
  if (picture.ok()) return Add(pictures, *std::move(picture), frame);
  Report(*pictures.masks, absl::StrCat("masks are left out: ", picture.status().message()));
  return absl::OkStatus();
}

absl::Status PictureMasks::Add(const Pictures& pictures, PictureOfMasks picture, uint32_t frame) {
  Sort(pictures.values, picture);
  unknown_ = 0;
  for (MaskRegion& region : picture.regions) {
    Shape mask{.type = ShapeType::kMask, .points = std::move(region.points)};
    std::optional<uint32_t> label;
    if (pictures.values == Values::kTracks) {
      // The first class is 1: what is below 1000 has none.
      label = LabelOf(/*is_color=*/false, region.value / kTracksOfClass);
      mask.track = int32_t(region.value % kTracksOfClass);
      mask.keyframe = true;
    } else {
      label = LabelOf(picture.is_color,
                      pictures.values == Values::kInstances ? region.owner : region.value);
    }
    if (!label) continue;
    mask.label = *label;
    const ShapeVerdict verdict = CheckShape(mask);
    if (!verdict.keep) {
      Report(*pictures.masks, absl::StrCat("a mask is left out: ", verdict.problem));
      continue;
    }
    if (!budget_.Take(mask).ok()) {
      return absl::InvalidArgumentError("masks are more than fits into the memory");
    }
    RETURN_IF_ERROR(sink_.AddShape(frame, std::move(mask)));
  }
  if (unknown_ > 0) {
    Report(*pictures.masks,
           absl::StrCat(unknown_, " masks are left out: the list of labels has not their classes"));
  }
  return absl::OkStatus();
}

std::optional<uint32_t> PictureMasks::LabelOf(bool is_color, uint32_t value) {
  if (!is_color) {
    if (value < classes_.size()) return classes_[value];
    unknown_ += value != kGreyBorder;
    return std::nullopt;
  }
  const auto found = by_color_.find(value);
  if (found != by_color_.end()) return found->second;
  // Black is background, whether the list has it or not.
  unknown_ += value != kBorder && value != 0;
  return std::nullopt;
}

PictureMasks::Pictures VocPictures(const ExportTree& tree, const ExportFile& classes) {
  absl::string_view id = classes.path;
  absl::ConsumePrefix(&id, "SegmentationClass/");
  const ExportFile* const objects = tree.Find(absl::StrCat("SegmentationObject/", id));
  if (objects == nullptr) return {.masks = &classes};
  return {.values = PictureMasks::Values::kInstances, .masks = objects, .classes = &classes};
}

void PictureMasks::Report(const ExportFile& file, std::string why) {
  sink_.AddProblem({.source = tree_.NameOf(file), .reason = std::move(why)});
}

}  // namespace annofs
