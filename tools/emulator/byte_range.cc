#include "tools/emulator/byte_range.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tools/emulator/b2_error.h"

namespace annofs::emulator {
namespace {

std::optional<uint64_t> Number(absl::string_view text) {
  uint64_t value = 0;
  // SimpleAtoi alone would take signs and spaces.
  bool digits = !text.empty() && std::all_of(text.begin(), text.end(), absl::ascii_isdigit);
  if (!digits || !absl::SimpleAtoi(text, &value)) return std::nullopt;
  return value;
}

absl::Status Malformed(absl::string_view header) {
  return BadRequest(absl::StrCat("bad Range header: ", header));
}

absl::Status Unsatisfiable() {
  return B2Error(416, "range_not_satisfiable", "The range is not satisfiable");
}

absl::StatusOr<ByteRange> Suffix(uint64_t wanted, uint64_t size) {
  uint64_t length = std::min(wanted, size);
  if (length == 0) return Unsatisfiable();
  return ByteRange{.offset = size - length, .length = length};
}

absl::StatusOr<ByteRange> FromTo(uint64_t first, uint64_t last, uint64_t size) {
  if (first >= size) return Unsatisfiable();
  return ByteRange{.offset = first, .length = std::min(last, size - 1) - first + 1};
}

}  // namespace

absl::StatusOr<ByteRange> ParseRange(absl::string_view header, uint64_t size) {
  absl::string_view text = header;
  std::pair<absl::string_view, absl::string_view> ends;
  if (absl::ConsumePrefix(&text, "bytes=")) ends = absl::StrSplit(text, absl::MaxSplits('-', 1));
  std::optional<uint64_t> first = Number(ends.first);
  std::optional<uint64_t> last = Number(ends.second);
  bool dash = text.find('-') != absl::string_view::npos;
  if (!dash) return Malformed(header);
  if (ends.first.empty() && last) return Suffix(*last, size);
  if (first && ends.second.empty()) return FromTo(*first, UINT64_MAX, size);
  if (!first || !last || *last < *first) return Malformed(header);
  return FromTo(*first, *last, size);
}

}  // namespace annofs::emulator
