#include "formats/line_stream.h"

#include <algorithm>

#include "absl/strings/strip.h"

namespace annofs {
namespace {

TextLine Line(absl::string_view text, uint64_t number) {
  if (number == 1) absl::ConsumePrefix(&text, "\xef\xbb\xbf");
  absl::ConsumeSuffix(&text, "\r");
  return {.text = text.substr(0, LineStream::kMaxLine),
          .number = number,
          .is_too_long = text.size() > LineStream::kMaxLine};
}

}  // namespace

absl::StatusOr<std::optional<TextLine>> LineStream::Next() {
  carried_.clear();
  while (true) {
    size_t end = chunk_.find('\n');
    if (end != absl::string_view::npos) {
      absl::string_view rest = chunk_.substr(0, end);
      chunk_.remove_prefix(end + 1);
      if (carried_.empty()) return std::optional<TextLine>(Line(rest, ++number_));
      carried_.append(rest.data(), std::min(rest.size(), kMaxLine + 2));
      return std::optional<TextLine>(Line(carried_, ++number_));
    }
    if (carried_.size() <= kMaxLine) carried_.append(chunk_.data(), chunk_.size());
    chunk_ = {};
    if (!at_end_) {
      absl::StatusOr<absl::string_view> next = source_->Next();
      at_end_ = !next.ok() || next->empty();
      if (!next.ok()) failure_ = next.status();
      if (next.ok()) chunk_ = *next;
    }
    if (at_end_) break;
  }
  if (!carried_.empty()) return std::optional<TextLine>(Line(carried_, ++number_));
  if (!failure_.ok()) return failure_;
  return std::optional<TextLine>();
}

}  // namespace annofs
