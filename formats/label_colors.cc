#include "formats/label_colors.h"

#include <optional>

#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"
#include "absl/strings/string_view.h"
#include "cache/base/digest.h"

namespace annofs {
namespace {

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

std::string HexColorOf(const Label& label) {
  const Rgb color = ColorOf(label);
  return absl::StrFormat("#%02x%02x%02x", color[0], color[1], color[2]);
}

}  // namespace annofs
