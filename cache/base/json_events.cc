#include "cache/base/json_events.h"

namespace annofs {
namespace {

constexpr uint64_t kMaxJsonItem = uint64_t{256} << 20;

bool IsWhitespace(char c) { return c == ' ' || c == '\n' || c == '\r' || c == '\t'; }

bool IsInteger(absl::string_view number) {
  return number.find_first_of(".eE") == absl::string_view::npos;
}

JsonNumber Real(absl::string_view text) {
  JsonNumber number;
  const absl::from_chars_result result =
      absl::from_chars(text.data(), text.data() + text.size(), number.double_value);
  // Out of range is also said of numbers that are too small: they come as 0 or nearly.
  const bool huge = number.double_value > 1 || number.double_value < -1;
  if (result.ec == std::errc() || !huge) number.kind = JsonNumber::Kind::kDouble;
  return number;
}

}  // namespace

char JsonInput::More() {
  if (ended_) return '\0';
  status_ = CheckLength();
  absl::string_view chunk;
  if (status_.ok()) {
    absl::StatusOr<absl::string_view> next = source_.Next();
    if (next.ok()) chunk = *next;
    status_ = next.status();
  }
  base_ += end_ - begin_;
  begin_ = next_ = chunk.data();
  end_ = begin_ + chunk.size();
  ended_ = chunk.empty();
  return ended_ ? '\0' : *next_;
}

absl::Status JsonInput::CheckLength() const {
  if (Tell() - token_ > kMaxJsonToken) {
    return absl::InvalidArgumentError(
        absl::StrCat("byte ", token_, ": a token longer than ", kMaxJsonToken >> 20, " MiB"));
  }
  if (item_ != kNoItem && Tell() - item_ > kMaxJsonItem) {
    return absl::InvalidArgumentError(
        absl::StrCat("byte ", item_, ": an item longer than ", kMaxJsonItem >> 20, " MiB"));
  }
  return absl::OkStatus();
}

void JsonInput::SkipWhitespace() {
  while (IsWhitespace(Peek())) {
    do {
      ++next_;
    } while (next_ != end_ && IsWhitespace(*next_));
    token_ = Tell();  // blanks are no token
  }
  token_ = Tell();
}

bool JsonInput::SkipByteOrderMark() {
  if (Peek() != '\xEF') return true;
  Take();
  return Take() == '\xBB' && Take() == '\xBF';
}

bool HasSurrogate(absl::string_view text) {
  // U+D800 to U+DFFF would be ED A0..BF xx.
  for (size_t at = text.find('\xED'); at != text.npos; at = text.find('\xED', at + 1)) {
    if (at + 1 < text.size() && static_cast<uint8_t>(text[at + 1]) >= 0xA0) return true;
  }
  return false;
}

JsonNumber ParseJsonNumber(absl::string_view text) {
  JsonNumber number;
  if (IsInteger(text)) {
    if (absl::SimpleAtoi(text, &number.int_value)) {
      number.kind = JsonNumber::Kind::kInt;
      return number;
    }
    if (absl::SimpleAtoi(text, &number.uint_value)) {
      number.kind = JsonNumber::Kind::kUint;
      return number;
    }
  }
  return Real(text);
}

}  // namespace annofs
