#include <algorithm>
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/json.h"
#include "cache/base/text.h"
#include "cache/base/utf8.h"

namespace annofs {
namespace {

constexpr char kReplacement[] = "\xEF\xBF\xBD";  // U+FFFD

// The escape of one ASCII character, or nothing if it may stand as it is.
std::string Escape(char c) {
  switch (c) {
    case '"':
      return "\\\"";
    case '\\':
      return "\\\\";
    case '\n':
      return "\\n";
    case '\r':
      return "\\r";
    case '\t':
      return "\\t";
    default:
      return static_cast<uint8_t>(c) < 0x20 ? absl::StrFormat("\\u%04x", static_cast<uint8_t>(c))
                                            : "";
  }
}

bool IsPlain(char c) {
  return static_cast<uint8_t>(c) >= 0x20 && static_cast<uint8_t>(c) < 0x80 && c != '"' && c != '\\';
}

// What stands for the character at the start of `value`, and its size there.
std::pair<std::string, size_t> NextCharacter(absl::string_view value) {
  const size_t size = Utf8CharacterSize(value);
  if (size == 0) return {kReplacement, 1};
  const std::string escape = size == 1 ? Escape(value[0]) : "";
  return {escape.empty() ? std::string(value.substr(0, size)) : escape, size};
}

void AppendString(absl::string_view value, std::string& out) {
  out.push_back('"');
  while (!value.empty()) {
    const size_t plain = std::find_if_not(value.begin(), value.end(), IsPlain) - value.begin();
    absl::StrAppend(&out, value.substr(0, plain));
    value.remove_prefix(plain);
    if (value.empty()) break;
    const auto [text, size] = NextCharacter(value);
    out += text;
    value.remove_prefix(size);
  }
  out.push_back('"');
}

}  // namespace

struct JsonWriter::State {
  Style style;
  std::string text;
  std::vector<size_t> counts;  // values or members so far, of each open container
  bool after_key = false;

  void NewLine() {
    if (style == Style::kCompact) return;
    text.push_back('\n');
    text.append(2 * counts.size(), ' ');
  }
  // What stands between the one before and the next key or element.
  void Separate() {
    if (after_key) {
      after_key = false;
      return;
    }
    if (counts.empty()) return;
    if (counts.back()++ > 0) text.push_back(',');
    NewLine();
  }
  void Begin(char bracket) {
    Separate();
    text.push_back(bracket);
    counts.push_back(0);
  }
  void End(char bracket) {
    const bool empty = counts.back() == 0;
    counts.pop_back();
    if (!empty) NewLine();
    text.push_back(bracket);
  }
  void Value(absl::string_view value) {
    Separate();
    absl::StrAppend(&text, value);
  }
};

JsonWriter::JsonWriter(Style style) : state_(new State{.style = style, .text = {}, .counts = {}}) {}
JsonWriter::~JsonWriter() = default;

JsonWriter& JsonWriter::BeginObject() {
  state_->Begin('{');
  return *this;
}

JsonWriter& JsonWriter::EndObject() {
  state_->End('}');
  return *this;
}

JsonWriter& JsonWriter::BeginArray() {
  state_->Begin('[');
  return *this;
}

JsonWriter& JsonWriter::EndArray() {
  state_->End(']');
  return *this;
}

JsonWriter& JsonWriter::Key(absl::string_view key) {
  state_->Separate();
  AppendString(key, state_->text);
  state_->text += state_->style == Style::kPretty ? ": " : ":";
  state_->after_key = true;
  return *this;
}

JsonWriter& JsonWriter::String(absl::string_view value) {
  state_->Separate();
  AppendString(value, state_->text);
  return *this;
}

JsonWriter& JsonWriter::Int(int64_t value) {
  state_->Value(absl::StrCat(value));
  return *this;
}

JsonWriter& JsonWriter::Double(double value) {
  state_->Value(std::isfinite(value) ? PythonFloat(value) : "null");
  return *this;
}

JsonWriter& JsonWriter::Bool(bool value) {
  state_->Value(value ? "true" : "false");
  return *this;
}

JsonWriter& JsonWriter::Null() {
  state_->Value("null");
  return *this;
}

std::string JsonWriter::Take() { return std::move(state_->text); }

}  // namespace annofs
