#include "cache/base/json_tokens.h"

#include <bit>
#include <cstring>
#include <limits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/utf8.h"

namespace annofs {
namespace {

constexpr char kReplacement[] = "\xEF\xBF\xBD";  // U+FFFD
constexpr char kNoQuotationMark[] = "a string without a closing quotation mark";
constexpr size_t kKept = 65536;  // more memory is given back after a long string

constexpr uint64_t kOnes = 0x0101010101010101, kHighBits = 0x8080808080808080;

// The high bit of each byte that is 0; bytes behind the first such may be told wrong.
constexpr uint64_t ZeroBytes(uint64_t x) { return (x - kOnes) & ~x & kHighBits; }

// The same of bytes that are a quotation mark, a backslash, a control character, or not ASCII.
constexpr uint64_t SpecialBytes(uint64_t x) {
  return (x & kHighBits) | ZeroBytes(x ^ (kOnes * '"')) | ZeroBytes(x ^ (kOnes * '\\')) |
         ((x - kOnes * 0x20) & ~x & kHighBits);
}

bool IsPlain(char c) {
  return static_cast<uint8_t>(c) >= 0x20 && static_cast<uint8_t>(c) < 0x80 && c != '"' && c != '\\';
}

bool IsOfNumber(int c) {
  return (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
}

bool IsContinuation(int c) { return c >= 0x80 && c < 0xC0; }

int HexDigit(int c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool IsFirstHalf(uint32_t unit) { return unit >= 0xD800 && unit < 0xDC00; }
bool IsSecondHalf(uint32_t unit) { return unit >= 0xDC00 && unit < 0xE000; }

// What the letter after a backslash stands for; 0 if nothing.
char Escaped(int letter) {
  switch (letter) {
    case '"':
    case '\\':
    case '/':
      return static_cast<char>(letter);
    case 'b':
      return '\b';
    case 'f':
      return '\f';
    case 'n':
      return '\n';
    case 'r':
      return '\r';
    case 't':
      return '\t';
    default:
      return 0;
  }
}

}  // namespace

size_t JsonTokens::PlainLength(absl::string_view text) {
  static_assert(std::endian::native == std::endian::little);
  size_t at = 0;
  for (; at + 8 <= text.size(); at += 8) {
    uint64_t bytes = 0;
    std::memcpy(&bytes, text.data() + at, 8);
    const uint64_t special = SpecialBytes(bytes);
    if (special != 0) return at + static_cast<size_t>(std::countr_zero(special)) / 8;
  }
  while (at < text.size() && IsPlain(text[at])) ++at;
  return at;
}

std::optional<absl::string_view> JsonTokens::LongString() {
  if (buffer_.capacity() > kKept) std::string().swap(buffer_);
  buffer_.clear();
  is_cut_ = false;
  start_ = input_.token();
  while (true) {
    const int c = input_.Peek();
    if (c == JsonInput::kEnd) return Fail(start_, kNoQuotationMark), std::nullopt;
    bool good = true;
    if (c == '"') {
      input_.Skip();
      return absl::string_view(buffer_);
    } else if (c == '\\') {
      good = Escape();
    } else if (c >= 0x80) {
      good = Character();
    } else if (c < 0x20) {
      good = Fail(input_.offset(), "a control character in a string");
    } else {
      const absl::string_view window = input_.window();
      const absl::string_view plain = window.substr(0, PlainLength(window));
      good = Append(plain);
      input_.Advance(plain.size());
    }
    if (!good) return std::nullopt;
  }
}

bool JsonTokens::Append(absl::string_view text) {
  if (is_cut_) return true;
  const size_t room = kMaxString - buffer_.size();
  if (text.size() <= room) {
    buffer_.append(text.data(), text.size());
    return true;
  }
  is_cut_ = true;
  if (IsPlain(text[0])) buffer_.append(text.data(), room);  // else it is one character
  return Damage(kJsonStringCut, start_,
                absl::StrCat("a string longer than ", kMaxString >> 20, " MiB"));
}

bool JsonTokens::AppendCodePoint(uint32_t code) {
  if (code < 0x80) return Append(std::string(1, static_cast<char>(code)));
  const auto tail = [code](int shift) {
    return static_cast<char>(0x80 | ((code >> shift) & 0x3F));
  };
  if (code < 0x800) return Append(std::string{static_cast<char>(0xC0 | (code >> 6)), tail(0)});
  if (code < 0x10000) {
    return Append(std::string{static_cast<char>(0xE0 | (code >> 12)), tail(6), tail(0)});
  }
  return Append(std::string{static_cast<char>(0xF0 | (code >> 18)), tail(12), tail(6), tail(0)});
}

// Byte by byte: it may go over the end of a chunk.
bool JsonTokens::Character() {
  const uint64_t offset = input_.offset();
  char bytes[4];
  size_t count = 0;
  do {
    bytes[count++] = static_cast<char>(input_.Peek());
    input_.Skip();
    if (Utf8CharacterSize({bytes, count}) != 0) return Append({bytes, count});
  } while (count < sizeof bytes && IsContinuation(input_.Peek()));
  return NotUtf8(offset, "invalid UTF-8 in a string");
}

bool JsonTokens::Escape() {
  input_.Skip();
  const int letter = input_.Peek();
  if (letter == JsonInput::kEnd) return Fail(start_, kNoQuotationMark);
  const char character = Escaped(letter);
  if (letter != 'u' && character == 0) return Fail(input_.offset(), "an escape that is none");
  input_.Skip();
  return letter == 'u' ? Unicode() : Append({&character, 1});
}

// After "\u".
bool JsonTokens::Unicode() {
  constexpr char kHalf[] = "half of a surrogate pair in a string";
  const uint64_t offset = input_.offset() - 2;
  std::optional<uint32_t> unit = Hex();
  while (unit && IsFirstHalf(*unit)) {
    if (input_.Peek() != '\\') return NotUtf8(offset, kHalf);
    input_.Skip();
    if (input_.Peek() != 'u') {
      const int letter = input_.Peek();
      const char character = Escaped(letter);
      if (character == 0) return Fail(input_.offset(), "an escape that is none");
      input_.Skip();
      return NotUtf8(offset, kHalf) && Append({&character, 1});
    }
    input_.Skip();
    const std::optional<uint32_t> second = Hex();
    if (second && IsSecondHalf(*second)) {
      return AppendCodePoint(0x10000 + ((*unit - 0xD800) << 10) + (*second - 0xDC00));
    }
    if (second && !NotUtf8(offset, kHalf)) return false;
    unit = second;
  }
  if (!unit) return false;
  return IsSecondHalf(*unit) ? NotUtf8(offset, kHalf) : AppendCodePoint(*unit);
}

std::optional<uint32_t> JsonTokens::Hex() {
  uint32_t unit = 0;
  for (int i = 0; i < 4; ++i) {
    const int digit = HexDigit(input_.Peek());
    if (digit < 0) return Fail(input_.offset(), "an escape without four hex digits"), std::nullopt;
    unit = unit * 16 + static_cast<uint32_t>(digit);
    input_.Skip();
  }
  return unit;
}

JsonNumber JsonTokens::LongNumber() {
  const uint64_t offset = input_.offset();
  std::string text;
  bool too_long = false;
  for (int c = input_.Peek(); IsOfNumber(c); c = input_.Peek()) {
    too_long = too_long || text.size() == kMaxNumber;
    if (!too_long) text.push_back(static_cast<char>(c));
    input_.Skip();
  }
  if (text == "-" && input_.Peek() == 'I' && mode_ == Mode::kMending) {
    if (!NoNumber("Infinity")) return {};
    return {.kind = JsonNumber::Kind::kTooBig};
  }
  JsonNumber number =
      too_long ? JsonNumber{.kind = JsonNumber::Kind::kTooBig} : ParseJsonNumber(text);
  if (number.kind == JsonNumber::Kind::kMalformed) Fail(offset, "no value");
  if (number.kind == JsonNumber::Kind::kTooBig &&
      !Damage(kJsonNotANumber, offset, "a number too big for a double")) {
    number.kind = JsonNumber::Kind::kMalformed;
  }
  return number;
}

bool JsonTokens::Word(absl::string_view word) {
  const uint64_t offset = input_.offset();
  for (const char c : word) {
    if (input_.Peek() != c) return Fail(offset, "no value");
    input_.Skip();
  }
  return true;
}

bool JsonTokens::NoNumber(absl::string_view word) {
  const uint64_t offset = input_.offset();
  return Word(word) && Damage(kJsonNotANumber, offset, "no number of JSON");
}

bool JsonTokens::NotUtf8(uint64_t offset, absl::string_view what) {
  return Damage(kJsonNotUtf8, offset, what) && Append(kReplacement);
}

bool JsonTokens::Damage(JsonDamage damage, uint64_t offset, absl::string_view what) {
  if (mode_ == Mode::kStrict) return Fail(offset, std::string(what));
  damage_ |= damage;
  return true;
}

bool JsonTokens::Fail(uint64_t offset, std::string what) {
  problem_ = {.offset = offset, .what = std::move(what)};
  return false;
}

}  // namespace annofs
