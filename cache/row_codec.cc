#include "cache/row_codec.h"

#include <algorithm>
#include <array>
#include <vector>

namespace annofs {
namespace {

constexpr int8_t kNotHex = -1;

// By table, without branches.
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

namespace {

// Takes the digits of a code one by one, two from each byte.
class Digits {
 public:
  explicit Digits(absl::string_view code) : code_(code) {}
  size_t left() const { return 2 * code_.size() - at_; }
  int Take() {
    const uint8_t byte = static_cast<uint8_t>(code_[at_ / 2]);
    return at_++ % 2 == 0 ? byte >> 4 : byte & 15;
  }

 private:
  absl::string_view code_;
  size_t at_ = 0;
};

void AppendDigit(std::string& out, bool& half, int value) {
  if (half) {
    out.back() = static_cast<char>(out.back() | value);
  } else {
    out.push_back(static_cast<char>(value << 4));
  }
  half = !half;
}

}  // namespace

void AppendShaped(std::string& out, absl::string_view text, absl::string_view base) {
  std::vector<size_t> places;
  for (size_t i = 0; i < text.size(); ++i) {
    if (HexValue(text[i]) != kNotHex) places.push_back(i);
  }
  const auto differs = [&](size_t i) { return text[places[i]] != base[places[i]]; };
  size_t at = 0;
  while (at < places.size() && !differs(at)) ++at;
  std::string code;
  AppendNumber(code, at);
  bool half = false;
  for (size_t from = at; at < places.size(); from = at) {
    while (at < places.size() && at - from < 15 && !differs(at)) ++at;
    size_t rest = at;
    while (rest < places.size() && !differs(rest)) ++rest;
    if (rest == places.size()) break;
    // A run ends where more than two digits are the same: that many would begin the next.
    size_t end = at + 1;
    for (size_t i = end; i < places.size() && i < at + 16 && i < end + 3; ++i) {
      if (differs(i)) end = i + 1;
    }
    AppendDigit(code, half, static_cast<int>(at - from));
    AppendDigit(code, half, static_cast<int>(end - at - 1));
    for (; at < end; ++at) AppendDigit(code, half, HexValue(text[places[at]]));
  }
  AppendNumber(out, code.size());
  out += code;
}

void ReadShaped(absl::string_view code, std::string& text) {
  CodeReader reader(code);
  size_t place = 0;
  const auto skip = [&](uint64_t count) {
    while (place < text.size() && (HexValue(text[place]) == kNotHex || count-- > 0)) ++place;
  };
  skip(reader.Number());
  for (Digits digits(reader.rest()); digits.left() >= 2;) {
    skip(static_cast<uint64_t>(digits.Take()));
    for (int more = digits.Take(); more >= 0 && digits.left() > 0 && place < text.size(); --more) {
      text[place] = HexDigit(digits.Take());
      ++place;
      skip(0);
    }
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
