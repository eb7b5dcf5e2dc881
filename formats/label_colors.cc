#include "formats/label_colors.h"

#include <algorithm>
#include <map>
#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/string_view.h"
#include "cache/base/digest.h"

namespace annofs {
namespace {

constexpr absl::string_view kBackground = "background";
constexpr Rgb kBlack = {0, 0, 0};

std::optional<uint32_t> HexNumber(absl::string_view digits) {
  uint32_t number = 0;
  // Takes "0x12" and signs too.
  if (digits.find_first_not_of("0123456789abcdefABCDEF") != absl::string_view::npos ||
      !absl::SimpleHexAtoi(digits, &number)) {
    return std::nullopt;
  }
  return number;
}

Rgb Split(uint32_t number) {
  return {uint8_t(number >> 16), uint8_t(number >> 8), uint8_t(number)};
}

std::optional<Rgb> ParseColor(absl::string_view text) {
  if (text.size() != 7 || text[0] != '#') return std::nullopt;
  const std::optional<uint32_t> number = HexNumber(text.substr(1));
  if (!number) return std::nullopt;
  return Split(*number);
}

// The entry that becomes the first one: black, else the background.
std::vector<ColorMap::Entry>::iterator FindBackground(std::vector<ColorMap::Entry>& entries,
                                                      BackgroundPlace place) {
  const auto black = std::find_if(entries.begin(), entries.end(),
                                  [](const auto& entry) { return entry.color == kBlack; });
  if (black != entries.end()) return place == BackgroundPlace::kFirst ? black : entries.begin();
  return std::find_if(entries.begin(), entries.end(),
                      [](const auto& entry) { return entry.name == kBackground; });
}

}  // namespace

Rgb VocColor(uint32_t index) {
  Rgb color = {};
  for (int bit = 7; bit >= 0; --bit, index >>= 3) {
    for (int channel = 0; channel < 3; ++channel) {
      color[channel] = uint8_t(color[channel] | (index >> channel & 1) << bit);
    }
  }
  return color;
}

std::vector<Rgb> VocColors(size_t count) {
  std::vector<Rgb> colors(count);
  for (size_t i = 0; i < count; ++i) colors[i] = VocColor(uint32_t(i));
  return colors;
}

Rgb ColorOf(const Label& label) {
  if (const std::optional<Rgb> color = ParseColor(label.color)) return *color;
  return Split(uint32_t(Hash64(label.name) & 0xffffff));
}

ColorMap SortedColorMap(const DatasetInfo& info, BackgroundPlace place) {
  std::map<absl::string_view, Rgb> by_name;  // of equal names the last colour counts
  for (const Label& label : info.labels) by_name[label.name] = ColorOf(label);
  ColorMap map;
  map.is_background_added = by_name.try_emplace(kBackground, kBlack).second;
  for (const auto& [name, color] : by_name) map.entries.push_back({std::string(name), color});
  const auto first = FindBackground(map.entries, place);
  std::rotate(map.entries.begin(), first, first + 1);
  std::map<absl::string_view, uint16_t> places;
  for (size_t i = 0; i < map.entries.size(); ++i) {
    places[map.entries[i].name] = uint16_t(std::min<size_t>(i, UINT16_MAX));
  }
  for (const Label& label : info.labels) map.index_of_label.push_back(places[label.name]);
  return map;
}

std::vector<Rgb> ColorsOf(const ColorMap& map) {
  std::vector<Rgb> colors;
  for (const ColorMap::Entry& entry : map.entries) colors.push_back(entry.color);
  return colors;
}

}  // namespace annofs
