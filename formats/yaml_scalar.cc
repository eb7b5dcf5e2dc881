// YamlScalar of python_text.h: the rules of PyYAML's emitter and resolver (YAML 1.1) for the text
// of a block mapping's value.
#include <string>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/utf8.h"
#include "formats/python_text.h"

namespace annofs {
namespace {

constexpr size_t kBestWidth = 80;

uint32_t CodePoint(absl::string_view c) {
  auto byte = [&c](size_t i) { return uint32_t(static_cast<unsigned char>(c[i])); };
  auto low = [&byte](size_t i) { return byte(i) & 0x3f; };
  switch (c.size()) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1f) << 6 | low(1);
    case 3:
      return (byte(0) & 0x0f) << 12 | low(1) << 6 | low(2);
    default:
      return (byte(0) & 0x07) << 18 | low(1) << 12 | low(2) << 6 | low(3);
  }
}

std::u32string CodePoints(absl::string_view text) {
  std::u32string points;
  while (!text.empty()) {
    const size_t size = Utf8CharacterSize(text);
    points.push_back(size == 0 ? U'\ufffd' : char32_t(CodePoint(text.substr(0, size))));
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return points;
}

// Takes parts off the start of a text: the resolver's patterns without a regular expression.
class Pattern {
 public:
  explicit Pattern(absl::string_view rest) : rest_(rest) {}
  bool AtEnd() const { return rest_.empty(); }
  bool TakeAny(absl::string_view set) {
    if (rest_.empty() || set.find(rest_[0]) == absl::string_view::npos) return false;
    rest_.remove_prefix(1);
    return true;
  }
  size_t TakeAll(absl::string_view set) {
    size_t taken = 0;
    while (TakeAny(set)) ++taken;
    return taken;
  }
  size_t TakeUpTo(size_t count, absl::string_view set) {
    size_t taken = 0;
    while (taken < count && TakeAny(set)) ++taken;
    return taken;
  }

 private:
  absl::string_view rest_;
};

constexpr absl::string_view kDigits = "0123456789", kDigitsAnd_ = "0123456789_";

// ":59", at least once, of numbers to base 60; up to two digits each.
bool TakeSixties(Pattern& text) {
  size_t parts = 0;
  for (Pattern ahead = text; ahead.TakeAny(":"); ++parts) {
    if (Pattern two = ahead; two.TakeAny("012345") && two.TakeAny(kDigits)) {
      ahead = two;
    } else if (!ahead.TakeAny(kDigits)) {
      break;
    }
    text = ahead;
  }
  return parts > 0;
}

bool IsInt(absl::string_view value) {
  Pattern text(value);
  text.TakeAny("-+");
  if (Pattern zero = text; zero.TakeAny("0")) {
    if (zero.AtEnd()) return true;
    Pattern binary = zero, hex = zero, octal = zero;
    if (binary.TakeAny("b") && binary.TakeAll("01_") > 0 && binary.AtEnd()) return true;
    if (hex.TakeAny("x") && hex.TakeAll("0123456789abcdefABCDEF_") > 0 && hex.AtEnd()) return true;
    return octal.TakeAll("01234567_") > 0 && octal.AtEnd();
  }
  if (!text.TakeAny("123456789")) return false;
  text.TakeAll(kDigitsAnd_);
  return text.AtEnd() || (TakeSixties(text) && text.AtEnd());
}

bool EndsInExponent(Pattern text) {
  if (text.AtEnd()) return true;
  return text.TakeAny("eE") && text.TakeAny("-+") && text.TakeAll(kDigits) > 0 && text.AtEnd();
}

bool IsFloat(absl::string_view value) {
  for (absl::string_view name : {".nan", ".NaN", ".NAN"}) {
    if (value == name) return true;
  }
  absl::string_view unsigned_value = value;
  if (!value.empty() && (value[0] == '-' || value[0] == '+')) unsigned_value.remove_prefix(1);
  for (absl::string_view name : {".inf", ".Inf", ".INF"}) {
    if (unsigned_value == name) return true;
  }
  if (Pattern text(value); text.TakeAny(".")) {
    if (!text.TakeAny(kDigits)) return false;
    text.TakeAll(kDigitsAnd_);
    return EndsInExponent(text);
  }
  Pattern text(unsigned_value);
  if (!text.TakeAny(kDigits)) return false;
  text.TakeAll(kDigitsAnd_);
  if (Pattern plain = text; plain.TakeAny(".")) {
    plain.TakeAll(kDigitsAnd_);
    return EndsInExponent(plain);
  }
  if (!TakeSixties(text) || !text.TakeAny(".")) return false;
  text.TakeAll(kDigitsAnd_);
  return text.AtEnd();
}

bool IsTimestamp(absl::string_view value) {
  Pattern text(value);
  if (text.TakeUpTo(4, kDigits) != 4 || !text.TakeAny("-")) return false;
  const size_t month = text.TakeUpTo(2, kDigits);
  if (month == 0 || !text.TakeAny("-")) return false;
  const size_t day = text.TakeUpTo(2, kDigits);
  if (day == 0) return false;
  if (text.AtEnd()) return month == 2 && day == 2;
  if (!text.TakeAny("Tt") && text.TakeAll(" \t") == 0) return false;
  if (text.TakeUpTo(2, kDigits) == 0) return false;
  for (int part = 0; part < 2; ++part) {
    if (!text.TakeAny(":") || text.TakeUpTo(2, kDigits) != 2) return false;
  }
  if (text.TakeAny(".")) text.TakeAll(kDigits);
  if (text.AtEnd()) return true;
  text.TakeAll(" \t");
  if (text.TakeAny("Z")) return text.AtEnd();
  if (!text.TakeAny("-+") || text.TakeUpTo(2, kDigits) == 0) return false;
  if (text.AtEnd()) return true;
  return text.TakeAny(":") && text.TakeUpTo(2, kDigits) == 2 && text.AtEnd();
}

bool IsWord(absl::string_view value) {
  for (absl::string_view word :
       {"yes",   "Yes",   "YES",   "no",   "No",   "NO", "true", "True", "TRUE",
        "false", "False", "FALSE", "on",   "On",   "ON", "off",  "Off",  "OFF",
        "",      "~",     "null",  "Null", "NULL", "<<", "="}) {
    if (value == word) return true;
  }
  return false;
}

// A plain scalar would not be read back as text.
bool ResolvesToOther(absl::string_view text) {
  return IsWord(text) || IsInt(text) || IsFloat(text) || IsTimestamp(text);
}

bool IsSpace(char32_t c) {
  return c == 0 || c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == 0x85 || c == 0x2028 ||
         c == 0x2029;
}

bool Has(absl::string_view set, char32_t c) {
  return c < 0x80 && set.find(char(c)) != absl::string_view::npos;
}

struct Allowed {
  bool plain = true, single_quoted = true;
};

// Indicators that stand where YAML would take them for structure.
bool HasIndicator(const std::u32string& text) {
  auto space_at = [&text](size_t i) { return i >= text.size() || IsSpace(text[i]); };
  if (Has("#,[]{}&*!|>'\"%@`", text[0])) return true;
  if (Has("?:-", text[0]) && space_at(1)) return true;
  for (size_t i = 1; i < text.size(); ++i) {
    if (text[i] == ':' && space_at(i + 1)) return true;
    if (text[i] == '#' && space_at(i - 1)) return true;
  }
  const std::u32string start = text.substr(0, 3);
  return start == U"---" || start == U"...";
}

Allowed Analyze(const std::u32string& text) {
  if (text.empty()) return {};
  Allowed allowed{.plain = !HasIndicator(text)};
  auto is_edge = [](char32_t c) { return c == ' ' || c == '\n'; };
  if (is_edge(text.front()) || is_edge(text.back())) allowed.plain = false;
  char32_t before = 0;
  for (char32_t c : text) {
    if (c == '\n') allowed.plain = false;
    if (c == ' ' && before == '\n') allowed = {false, false};
    if (c == '\n' && before == ' ') allowed = {false, false};
    if (c != '\n' && (c < 0x20 || c > 0x7e)) allowed = {false, false};
    before = c;
  }
  return allowed;
}

// The text of one scalar while it is written.
class Emitter {
 public:
  Emitter(size_t column, size_t indent) : column_(column), indent_(indent) {}

  // Plain, or in single quotes. ASCII only.
  std::string Folded(absl::string_view text, absl::string_view quote) {
    Write(quote);
    for (size_t i = 0; i < text.size();) {
      const size_t end = EndOfLike(text, i);
      const absl::string_view part = text.substr(i, end - i);
      if (part[0] == '\n') {
        BreakLines(part.size());
      } else if (part == " " && column_ > kBestWidth && i != 0 && end != text.size()) {
        NewLine();
      } else if (part[0] == '\'' && !quote.empty()) {
        for (size_t k = 0; k < part.size(); ++k) Write("''");
      } else {
        Write(part);
      }
      i = end;
    }
    Write(quote);
    return std::move(out_);
  }

  std::string DoubleQuoted(const std::u32string& text) {
    Write("\"");
    size_t start = 0;  // of what is not written yet
    for (size_t end = 0; end <= text.size(); ++end) {
      const bool at_end = end == text.size();
      if (at_end || text[end] < 0x20 || text[end] > 0x7e || Has("\"\\", text[end])) {
        WritePlain(text, start, end);
        start = end;
        if (!at_end) {
          Write(Escape(text[end]));
          start = end + 1;
        }
      }
      const bool may_fold = end > 0 && end + 1 < text.size() && (text[end] == ' ' || start >= end);
      const size_t pending = end > start ? end - start : 0;
      // The emitter subtracts without looking: a character just escaped counts as -1.
      if (!may_fold || column_ + pending <= kBestWidth + (start > end ? 1 : 0)) continue;
      WritePlain(text, start, end);
      Write("\\");
      start = std::max(start, end);
      NewLine();
      if (text[start] == ' ') Write("\\");
    }
    Write("\"");
    return std::move(out_);
  }

 private:
  // Spaces, line breaks, quotes, or others.
  static size_t EndOfLike(absl::string_view text, size_t begin) {
    auto kind = [](char c) { return c == ' ' || c == '\n' || c == '\'' ? c : '\0'; };
    size_t end = begin + 1;
    while (end < text.size() && kind(text[end]) == kind(text[begin])) ++end;
    return end;
  }

  static std::string Escape(char32_t c) {
    switch (c) {
      case 0:
        return "\\0";
      case 0x1b:
        return "\\e";
      case '"':
        return "\\\"";
      case '\\':
        return "\\\\";
      case 0x85:
        return "\\N";
      case 0xa0:
        return "\\_";
      case 0x2028:
        return "\\L";
      case 0x2029:
        return "\\P";
      default:
        break;
    }
    if (c >= 7 && c <= 13) return absl::StrCat("\\", absl::string_view("abtnvfr").substr(c - 7, 1));
    if (c <= 0xff) return absl::StrFormat("\\x%02X", uint32_t(c));
    if (c <= 0xffff) return absl::StrFormat("\\u%04X", uint32_t(c));
    return absl::StrFormat("\\U%08X", uint32_t(c));
  }

  void Write(absl::string_view ascii) {
    out_.append(ascii.data(), ascii.size());
    column_ += ascii.size();
  }
  void WritePlain(const std::u32string& text, size_t start, size_t end) {
    for (size_t i = start; i < end; ++i) out_.push_back(char(text[i]));
    if (end > start) column_ += end - start;
  }
  void NewLine() { BreakLines(0); }
  // A line break in the text is an empty line, or it would be read as a space.
  void BreakLines(size_t breaks) {
    out_.append(breaks + 1, '\n');
    out_.append(indent_, ' ');
    column_ = indent_;
  }

  std::string out_;
  size_t column_;
  const size_t indent_;
};

}  // namespace

std::string YamlScalar(absl::string_view text, size_t column, size_t indent) {
  const std::u32string points = CodePoints(text);
  const Allowed allowed = Analyze(points);
  Emitter emitter(column, indent);
  if (allowed.plain && !ResolvesToOther(text)) return emitter.Folded(text, "");
  if (allowed.single_quoted) return emitter.Folded(text, "'");
  return emitter.DoubleQuoted(points);
}

}  // namespace annofs
