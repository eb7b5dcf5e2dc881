#include "cache/row_codec.h"

#include <algorithm>
#include <array>

namespace annofs {
namespace {

constexpr int8_t kNotHex = -1;

// Versions are read once for each row that a search passes: by table, without branches.
constexpr std::array<int8_t, 256> HexValues() {
  std::array<int8_t, 256> values{};
  for (int8_t& value : values) value = kNotHex;
  for (int8_t i = 0; i < 16; ++i) values[static_cast<uint8_t>("0123456789abcdef"[i])] = i;
  return values;
}
constexpr std::array<int8_t, 256> kHexValues = HexValues();

int HexValue(char digit) { return kHexValues[static_cast<uint8_t>(digit)]; }

char HexDigit(int value) { return "0123456789abcdef"[value & 15]; }

}  // namespace

void AppendNumber(std::string& out, uint64_t number) {
  while (number >= 0x80) {
    out.push_back(static_cast<char>(number | 0x80));
    number >>= 7;
  }
  out.push_back(static_cast<char>(number));
}

void AppendSigned(std::string& out, int64_t number) {
  AppendNumber(out, static_cast<uint64_t>(number) << 1 ^ static_cast<uint64_t>(number >> 63));
}

size_t SharedPrefix(absl::string_view a, absl::string_view b) {
  const size_t most = std::min(a.size(), b.size());
  return std::mismatch(a.begin(), a.begin() + most, b.begin()).first - a.begin();
}

void AppendAgainst(std::string& out, absl::string_view text, absl::string_view base) {
  const size_t shared = SharedPrefix(text, base);
  AppendNumber(out, shared);
  AppendNumber(out, text.size() - shared);
  out.append(text.data() + shared, text.size() - shared);
}

void ReadAgainst(CodeReader& codes, std::string& text) {
  const uint64_t shared = codes.Number();
  const absl::string_view rest = codes.Bytes(codes.Number());
  if (shared < text.size()) text.resize(shared);
  text.append(rest.data(), rest.size());
}

bool HaveOneShape(absl::string_view a, absl::string_view b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    if (a[i] != b[i] && (HexValue(a[i]) == kNotHex || HexValue(b[i]) == kNotHex)) return false;
  }
  return true;
}

void AppendShaped(std::string& out, absl::string_view text, absl::string_view base) {
  const size_t shared = SharedPrefix(text, base);
  AppendNumber(out, shared);
  bool half = false;
  for (size_t i = shared; i < text.size(); ++i) {
    const int value = HexValue(text[i]);
    if (value == kNotHex) continue;
    if (half) {
      out.back() = static_cast<char>(out.back() | value);
    } else {
      out.push_back(static_cast<char>(value << 4));
    }
    half = !half;
  }
}

void ReadShaped(CodeReader& codes, std::string& text) {
  const size_t shared = std::min<size_t>(codes.Number(), text.size());
  size_t digits = 0;
  for (size_t i = shared; i < text.size(); ++i) digits += HexValue(text[i]) != kNotHex;
  const absl::string_view bytes = codes.Bytes((digits + 1) / 2);
  if (!codes.ok()) return;
  size_t digit = 0;
  for (size_t i = shared; i < text.size(); ++i) {
    if (HexValue(text[i]) == kNotHex) continue;
    const uint8_t byte = static_cast<uint8_t>(bytes[digit / 2]);
    text[i] = HexDigit(digit % 2 == 0 ? byte >> 4 : byte);
    ++digit;
  }
}

std::string BytesOfHex(absl::string_view text) {
  if (text.size() % 2 != 0) return "";
  std::string bytes;
  bytes.reserve(text.size() / 2);
  for (size_t i = 0; i < text.size(); i += 2) {
    const int high = HexValue(text[i]);
    const int low = HexValue(text[i + 1]);
    if (high == kNotHex || low == kNotHex) return "";
    bytes.push_back(static_cast<char>(high << 4 | low));
  }
  return bytes;
}

}  // namespace annofs
