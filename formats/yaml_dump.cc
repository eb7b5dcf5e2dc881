#include "formats/yaml_dump.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/utf8.h"
#include "formats/yaml_types.h"

namespace annofs {
namespace {

constexpr int64_t kBestWidth = 80;
// A key that is longer is not on one line with its value: less than 128 with PyYAML's own "!!str".
constexpr size_t kLongestSimpleKey = 122;

enum class Style : uint8_t { kPlain, kSingle, kDouble };

std::u32string Decode(absl::string_view text) {
  std::u32string decoded;
  while (!text.empty()) {
    const size_t size = Utf8CharacterSize(text);
    const auto byte = [&text](size_t i) { return char32_t(static_cast<unsigned char>(text[i])); };
    char32_t c = size == 0 ? 0xFFFD : size == 1 ? byte(0) : byte(0) & (0x7Fu >> size);
    for (size_t i = 1; i < size; ++i) c = c << 6 | (byte(i) & 0x3F);
    decoded.push_back(c);
    text.remove_prefix(std::max<size_t>(size, 1));
  }
  return decoded;
}

bool IsIn(char32_t c, absl::string_view set) { return c < 0x80 && set.find(char(c)) != set.npos; }
bool IsPrintable(char32_t c) { return c >= 0x20 && c <= 0x7E; }
bool IsBlank(char32_t c) { return IsIn(c, absl::string_view("\0 \t\r\n", 5)); }

// True if only double quotes can hold it: characters that need an escape, spaces at a line's edge.
bool NeedsDouble(const std::u32string& text) {
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\n' && !IsPrintable(text[i])) return true;
    if (i == 0) continue;
    const bool at_break = text[i] == '\n' || text[i - 1] == '\n';
    if (at_break && (text[i] == ' ' || text[i - 1] == ' ')) return true;
  }
  return false;
}

// True if its characters may stand without quotes. REQUIRES: !NeedsDouble(text).
bool MayBePlain(const std::u32string& text) {
  if (text.empty() || text.front() == ' ' || text.back() == ' ') return false;
  if (text.starts_with(U"---") || text.starts_with(U"...")) return false;
  for (size_t i = 0; i < text.size(); ++i) {
    const char32_t c = text[i];
    const bool blank_follows = i + 1 == text.size() || IsBlank(text[i + 1]);
    if (c == '\n' || (c == ':' && blank_follows)) return false;
    if (i == 0 && (IsIn(c, "#,[]{}&*!|>'\"%@`") || (IsIn(c, "?-") && blank_follows))) return false;
    if (i > 0 && c == '#' && IsBlank(text[i - 1])) return false;
  }
  return true;
}

// Where the output stands, and how lines go on.
class Dumper {
 public:
  // `indent`: of the lines that a scalar goes on in.
  Dumper(int indent, std::string& out) : indent_(indent), out_(out) {}

  // A text that is written as it is.
  void Raw(absl::string_view text) {
    out_.append(text.data(), text.size());
    column_ += int64_t(text.size());
  }
  void EndLine() {
    out_ += '\n';
    column_ = 0;
  }

  void Scalar(absl::string_view text, bool may_split) {
    const std::u32string chars = Decode(text);
    switch (StyleOf(text, chars)) {
      case Style::kPlain:
        return Plain(chars, may_split);
      case Style::kSingle:
        return Single(chars, may_split);
      case Style::kDouble:
        return Double(chars, may_split);
    }
  }

 private:
  static Style StyleOf(absl::string_view text, const std::u32string& chars) {
    if (NeedsDouble(chars)) return Style::kDouble;
    return MayBePlain(chars) && ReadsAsYamlText(text) ? Style::kPlain : Style::kSingle;
  }

  void Put(char32_t c) {
    out_ += char(c);
    ++column_;
  }
  void Put(const std::u32string& text, size_t begin, size_t end) {
    for (size_t i = begin; i < end; ++i) Put(text[i]);
  }
  void NewLine() {
    EndLine();
    Raw(std::string(indent_, ' '));
  }
  // A single space in the middle of a line that is full becomes a line's end.
  bool FoldsAt(const std::u32string& text, size_t begin, size_t end) const {
    return begin + 1 == end && column_ > kBestWidth && begin > 0 && end < text.size();
  }
  static size_t RunEnd(const std::u32string& text, size_t begin) {
    return std::min(text.find_first_not_of(text[begin], begin), text.size());
  }

  // REQUIRES: MayBePlain(text).
  void Plain(const std::u32string& text, bool may_split) {
    for (size_t i = 0; i < text.size();) {
      if (text[i] != ' ') {
        Put(text[i++]);
        continue;
      }
      const size_t end = RunEnd(text, i);
      if (may_split && FoldsAt(text, i, end)) {
        NewLine();
      } else {
        Put(text, i, end);
      }
      i = end;
    }
  }

  void Single(const std::u32string& text, bool may_split) {
    Put('\'');
    for (size_t i = 0; i < text.size();) {
      if (text[i] != ' ' && text[i] != '\n') {
        if (text[i] == '\'') Put('\'');
        Put(text[i++]);
        continue;
      }
      const size_t end = RunEnd(text, i);
      if (text[i] == '\n') {  // one line's end more than the text has
        for (size_t line = i; line < end; ++line) EndLine();
        NewLine();
      } else if (may_split && FoldsAt(text, i, end)) {
        NewLine();
      } else {
        Put(text, i, end);
      }
      i = end;
    }
    Put('\'');
  }

  // A line is cut before a space and behind an escaped character, where the text up to there goes
  // beyond the width.
  void Double(const std::u32string& text, bool may_split) {
    Put('"');
    const int64_t size = int64_t(text.size());
    int64_t start = 0;  // of what is not written yet
    for (int64_t at = 0; at < size; ++at) {
      const char32_t c = text[size_t(at)];
      if (c == '"' || c == '\\' || !IsPrintable(c)) {
        Put(text, size_t(start), size_t(at));
        Escape(c);
        start = at + 1;
      }
      const bool may_cut = at > 0 && at < size - 1 && (c == ' ' || start >= at);
      if (!may_split || !may_cut || column_ + (at - start) <= kBestWidth) continue;
      if (start < at) {
        Put(text, size_t(start), size_t(at));
        start = at;
      }
      Put('\\');
      NewLine();
      if (text[size_t(start)] == ' ') Put('\\');
    }
    Put(text, size_t(std::min(start, size)), size_t(size));
    Put('"');
  }

  void Escape(char32_t c) {
    constexpr absl::string_view kSpecial("\0\a\b\t\n\v\f\r\x1b\"\\", 11), kLetters("0abtnvfre\"\\");
    if (const size_t found = c < 0x80 ? kSpecial.find(char(c)) : kSpecial.npos;
        found != kSpecial.npos) {
      return Raw(absl::StrCat("\\", kLetters.substr(found, 1)));
    }
    switch (c) {
      case 0x85:
        return Raw("\\N");
      case 0xA0:
        return Raw("\\_");
      case 0x2028:
        return Raw("\\L");
      case 0x2029:
        return Raw("\\P");
    }
    if (c <= 0xFF) return Raw(absl::StrFormat("\\x%02X", uint32_t(c)));
    if (c <= 0xFFFF) return Raw(absl::StrFormat("\\u%04X", uint32_t(c)));
    Raw(absl::StrFormat("\\U%08X", uint32_t(c)));
  }

  const int indent_;
  std::string& out_;
  int64_t column_ = 0;
};

bool IsSimpleKey(absl::string_view key) {
  const std::u32string chars = Decode(key);
  return !chars.empty() && chars.size() <= kLongestSimpleKey &&
         chars.find_first_of(U"\n\x85\u2028\u2029") == chars.npos;
}

}  // namespace

void AppendYamlEntry(absl::string_view key, absl::string_view value, std::string& out) {
  Dumper dumper(2, out);
  if (IsSimpleKey(key)) {
    dumper.Scalar(key, false);
  } else {
    dumper.Raw("? ");
    dumper.Scalar(key, true);
    dumper.EndLine();
  }
  dumper.Raw(": ");
  dumper.Scalar(value, true);
  dumper.EndLine();
}

void AppendYamlNumbered(uint64_t key, absl::string_view value, std::string& out) {
  Dumper dumper(4, out);
  dumper.Raw(absl::StrCat("  ", key, ": "));
  dumper.Scalar(value, true);
  dumper.EndLine();
}

}  // namespace annofs
