#include "formats/small_yaml.h"

#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace annofs {
namespace {

constexpr size_t kMaxBadLines = 100;

void AppendUtf8(uint32_t code, std::string& out) {
  if (code < 0x80) {
    out.push_back(char(code));
  } else if (code < 0x800) {
    out.push_back(char(0xc0 | code >> 6));
    out.push_back(char(0x80 | (code & 0x3f)));
  } else if (code < 0x10000) {
    out.push_back(char(0xe0 | code >> 12));
    out.push_back(char(0x80 | (code >> 6 & 0x3f)));
    out.push_back(char(0x80 | (code & 0x3f)));
  } else {
    out.push_back(char(0xf0 | code >> 18));
    out.push_back(char(0x80 | (code >> 12 & 0x3f)));
    out.push_back(char(0x80 | (code >> 6 & 0x3f)));
    out.push_back(char(0x80 | (code & 0x3f)));
  }
}

bool IsCharacter(uint32_t code) { return code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000); }

// Reads one text from its start to its end; knows its line.
class Parser {
 public:
  explicit Parser(absl::string_view text) : text_(text) {
    if (absl::StartsWith(text_, "\xef\xbb\xbf")) at_ = 3;
  }

  YamlDocument Parse() {
    while (SkipToContent()) {
      if (Indent() != 0 || IsDocumentMark() || !ParseTopLine()) PassOverLine();
    }
    return std::move(document_);
  }

 private:
  char Peek(size_t ahead = 0) const {
    return at_ + ahead < text_.size() ? text_[at_ + ahead] : '\0';
  }
  bool AtEnd() const { return at_ >= text_.size(); }
  bool AtLineEnd() const { return AtEnd() || text_[at_] == '\n'; }
  void SkipBlanks() {
    while (!AtEnd() && (text_[at_] == ' ' || text_[at_] == '\t' || text_[at_] == '\r')) ++at_;
  }
  void NextLine() {
    size_t end = text_.find('\n', at_);
    at_ = end == absl::string_view::npos ? text_.size() : end + 1;
  }
  // To the first character of the next line that is neither blank nor a comment; false at the end.
  bool SkipToContent() {
    while (!AtEnd()) {
      line_start_ = text_.rfind('\n', at_ == 0 ? 0 : at_ - 1);
      line_start_ = at_ == 0 || line_start_ == absl::string_view::npos ? 0 : line_start_ + 1;
      SkipBlanks();
      if (!AtLineEnd() && text_[at_] != '#') return true;
      NextLine();
    }
    return false;
  }
  size_t Indent() const { return at_ - line_start_; }
  bool IsDocumentMark() const {
    return absl::StartsWith(text_.substr(at_), "---") ||
           absl::StartsWith(text_.substr(at_), "...") || Peek() == '%';
  }

  void PassOverLine() {
    if (!IsDocumentMark() && document_.bad_lines.size() < kMaxBadLines) {
      // Counted from the last bad line on, so that a text of bad lines is passed over once.
      while (counted_ < at_) line_ += text_[counted_++] == '\n';
      document_.bad_lines.push_back(line_);
    }
    NextLine();
  }

  bool ParseTopLine() {
    std::optional<std::string> key = ParseKey();
    if (!key) return false;
    YamlValue value;
    SkipBlanks();
    if (Peek() == '[' || Peek() == '{') {
      if (!ParseFlow(value)) return false;
      NextLine();
    } else if (AtLineEnd() || Peek() == '#') {
      NextLine();
      ParseBlock(value);
    } else {
      value.scalar = ParseScalar(0);
    }
    document_.values.emplace_back(*std::move(key), std::move(value));
    return true;
  }

  // "key:" and what is behind it is the value. Nothing, and nothing read, if there is no colon.
  std::optional<std::string> ParseKey() {
    size_t start = at_;
    std::string key;
    if (Peek() == '"' || Peek() == '\'') {
      key = ParseQuoted();
      SkipBlanks();
    } else {
      while (!AtLineEnd() && !IsColon()) key.push_back(text_[at_++]);
      key = std::string(absl::StripTrailingAsciiWhitespace(key));
    }
    if (!AtEnd() && IsColon()) {
      ++at_;
      return key;
    }
    at_ = start;
    return std::nullopt;
  }
  bool IsColon() const {
    char next = Peek(1);
    return Peek() == ':' &&
           (next == ' ' || next == '\n' || next == '\r' || next == '\t' || next == '\0');
  }

  // Lines behind "key:": a list (also at the key's own indent, as PyYAML writes it) or a mapping.
  void ParseBlock(YamlValue& value) {
    while (SkipToContent()) {
      size_t indent = Indent();
      bool is_item = Peek() == '-' && (absl::ascii_isspace(uint8_t(Peek(1))) || Peek(1) == '\0');
      if (is_item) {
        ++at_;
        SkipBlanks();
        value.kind = YamlValue::Kind::kList;
        value.items.emplace_back("", ParseScalar(indent));
        continue;
      }
      if (indent == 0) return BackToLineStart();
      std::optional<std::string> key = ParseKey();
      if (!key) {
        PassOverLine();
        continue;
      }
      SkipBlanks();
      value.kind = YamlValue::Kind::kMapping;
      std::string scalar = ParseScalar(indent);
      value.items.emplace_back(*std::move(key), std::move(scalar));
    }
  }
  void BackToLineStart() { at_ = line_start_; }

  // From here to the end of the scalar, whose later lines stand deeper than `indent`; then the
  // next line.
  std::string ParseScalar(size_t indent) {
    std::string scalar;
    if (Peek() == '"' || Peek() == '\'') {
      scalar = ParseQuoted();
      NextLine();
      return scalar;
    }
    scalar = ParsePlainLine();
    while (true) {
      size_t start = at_;
      if (!SkipToContent()) return scalar;
      if (Indent() <= indent || Peek() == '-' || HasKey()) {
        at_ = start;
        return scalar;
      }
      absl::StrAppend(&scalar, scalar.empty() ? "" : " ", ParsePlainLine());
    }
  }
  bool HasKey() {
    size_t start = at_;
    bool has = ParseKey().has_value();
    at_ = start;
    return has;
  }
  std::string ParsePlainLine() {
    size_t start = at_;
    NextLine();
    absl::string_view line = text_.substr(start, at_ - start);
    for (size_t i = 0; i < line.size(); ++i) {
      if (line[i] == '#' && (i == 0 || line[i - 1] == ' ')) line = line.substr(0, i);
    }
    return std::string(absl::StripAsciiWhitespace(line));
  }

  std::string ParseQuoted() {
    char quote = text_[at_++];
    std::string out;
    while (!AtEnd()) {
      char c = text_[at_++];
      if (c == quote) {
        if (quote == '"' || Peek() != '\'') return out;
        out.push_back('\'');
        ++at_;
      } else if (c == '\\' && quote == '"') {
        ParseEscape(out);
      } else if (c == '\n') {
        Fold(out);
      } else {
        out.push_back(c);
      }
    }
    return out;
  }
  // A line break in a quoted scalar is one space.
  void Fold(std::string& out) {
    while (!out.empty() && (out.back() == ' ' || out.back() == '\r')) out.pop_back();
    SkipBlanks();
    out.push_back(' ');
  }
  void ParseEscape(std::string& out) {
    if (AtEnd()) return;
    char c = text_[at_++];
    switch (c) {
      case 'n':
        return out.push_back('\n');
      case 't':
        return out.push_back('\t');
      case 'r':
        return out.push_back('\r');
      case '0':
        return out.push_back('\0');
      case 'a':
        return out.push_back('\a');
      case 'b':
        return out.push_back('\b');
      case 'e':
        return out.push_back('\x1b');
      case 'f':
        return out.push_back('\f');
      case 'v':
        return out.push_back('\v');
      case 'N':
        return AppendUtf8(0x85, out);
      case '_':
        return AppendUtf8(0xa0, out);
      case 'L':
        return AppendUtf8(0x2028, out);
      case 'P':
        return AppendUtf8(0x2029, out);
      case 'x':
        return ParseCode(2, out);
      case 'u':
        return ParseCode(4, out);
      case 'U':
        return ParseCode(8, out);
      case '\r':
      case '\n':  // the line goes on without a space
        while (!AtEnd() && absl::ascii_isspace(uint8_t(Peek()))) ++at_;
        return;
      default:
        return out.push_back(c);
    }
  }
  void ParseCode(size_t digits, std::string& out) {
    uint32_t code = 0;
    absl::string_view hex = text_.substr(at_, digits);
    if (hex.size() == digits && absl::SimpleHexAtoi(hex, &code) && IsCharacter(code)) {
      AppendUtf8(code, out);
      at_ += digits;
    } else {
      AppendUtf8(0xfffd, out);
    }
  }

  // [a, b] or {a: b}, over several lines too; of scalars only.
  bool ParseFlow(YamlValue& value) {
    char close = text_[at_++] == '[' ? ']' : '}';
    value.kind = close == ']' ? YamlValue::Kind::kList : YamlValue::Kind::kMapping;
    while (true) {
      SkipFlowSpace();
      if (AtEnd()) return false;
      if (Peek() == close) {
        ++at_;
        return true;
      }
      std::pair<std::string, std::string> item;
      if (close == '}') {
        item.first = ParseFlowScalar(close, true);
        SkipFlowSpace();
        if (Peek() != ':') return false;
        ++at_;
        SkipFlowSpace();
      }
      item.second = ParseFlowScalar(close, false);
      value.items.push_back(std::move(item));
      SkipFlowSpace();
      if (Peek() == ',') {
        ++at_;
      } else if (Peek() != close) {
        return false;
      }
    }
  }
  void SkipFlowSpace() {
    while (!AtEnd()) {
      if (absl::ascii_isspace(uint8_t(Peek()))) {
        ++at_;
      } else if (Peek() == '#') {
        NextLine();
      } else {
        return;
      }
    }
  }
  std::string ParseFlowScalar(char close, bool is_key) {
    if (Peek() == '"' || Peek() == '\'') return ParseQuoted();
    size_t start = at_;
    while (!AtEnd() && Peek() != ',' && Peek() != close && Peek() != '[' && Peek() != '{' &&
           !(is_key && Peek() == ':')) {
      ++at_;
    }
    return std::string(absl::StripAsciiWhitespace(text_.substr(start, at_ - start)));
  }

  const absl::string_view text_;
  size_t at_ = 0, line_start_ = 0;
  size_t counted_ = 0;
  uint64_t line_ = 1;
  YamlDocument document_;
};

}  // namespace

const YamlValue* YamlDocument::Find(absl::string_view key) const {
  for (const auto& [name, value] : values) {
    if (name == key) return &value;
  }
  return nullptr;
}

YamlDocument ParseSmallYaml(absl::string_view text) { return Parser(text).Parse(); }

}  // namespace annofs
