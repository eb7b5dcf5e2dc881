#include "formats/view_file_names.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr absl::string_view kEnds[] = {".txt", ".xml", ".png", ".bmp"};
constexpr absl::string_view kImageEnd = "_leftImg8bit";  // before the image's own extension
constexpr absl::string_view kInnerEnds[] = {kImageEnd, "_gtFine_color", "_gtFine_labelIds",
                                            "_gtFine_instanceIds", "_GT"};
constexpr absl::string_view kBegin = "gt_";

// "a_mask_12" -> "a" with "_mask_", "a_1" -> "a" with "_"; false if it does not end so.
bool ConsumeNumber(absl::string_view before, absl::string_view& stem) {
  absl::string_view rest = stem;
  while (!rest.empty() && absl::ascii_isdigit(uint8_t(rest.back()))) rest.remove_suffix(1);
  if (rest.size() == stem.size() || !absl::ConsumeSuffix(&rest, before)) return false;
  stem = rest;
  return true;
}

void AddStem(absl::string_view stem, std::vector<std::string>& stems) {
  stems.emplace_back(stem);
  // The second of a name in its subset: formats/subset_names.h.
  if (ConsumeNumber("_", stem)) stems.emplace_back(stem);
}

}  // namespace

bool LooksLikeSidecar(absl::string_view name) {
  return absl::EndsWith(name, ".json") || absl::EndsWith(name, ".tsv");
}

bool LooksLikeText(absl::string_view name) {
  return LooksLikeSidecar(name) || absl::EndsWith(name, ".txt") || absl::EndsWith(name, ".xml");
}

bool LooksLikeViewFile(absl::string_view name) {
  return std::any_of(std::begin(kEnds), std::end(kEnds),
                     [name](absl::string_view end) { return absl::EndsWith(name, end); }) ||
         absl::EndsWith(WithoutExtension(name), kImageEnd);
}

std::vector<std::string> FramesOfViewFile(absl::string_view name) {
  std::vector<std::string> stems;
  const absl::string_view stem = WithoutExtension(name);
  AddStem(stem, stems);
  for (absl::string_view end : kInnerEnds) {
    if (absl::EndsWith(stem, end)) AddStem(absl::StripSuffix(stem, end), stems);
  }
  absl::string_view masked = stem;
  if (ConsumeNumber("_mask_", masked)) AddStem(masked, stems);
  if (absl::StartsWith(stem, kBegin)) AddStem(absl::StripPrefix(stem, kBegin), stems);
  return stems;
}

}  // namespace annofs
