// Lines and fields of the text files of exports. Pure; views into the text.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs {

// Calls `use(line, number)` for each line, numbered from 1, without its "\n" or "\r\n"; a text that
// does not end with a line break has a last line as well. A byte order mark is taken off.
template <typename Use>
void ForEachLine(absl::string_view text, Use use) {
  if (text.substr(0, 3) == "\xef\xbb\xbf") text.remove_prefix(3);
  for (uint64_t number = 1; !text.empty(); ++number) {
    size_t end = text.find('\n');
    absl::string_view line = text.substr(0, end);
    text.remove_prefix(end == absl::string_view::npos ? text.size() : end + 1);
    if (!line.empty() && line.back() == '\r') line.remove_suffix(1);
    use(line, number);
  }
}

// More fields than any honest line has; a line of more is a problem, and costs no more memory.
inline constexpr size_t kMaxFields = 1000000;

// The fields between runs of blanks. False: more than kMaxFields.
bool SplitBlanks(absl::string_view line, std::vector<absl::string_view>& fields);

// The fields of a line of CSV: separated by `separator`, a field may stand in double quotes, and a
// quote in it is doubled. False: more than kMaxFields, or a quote without an end.
bool SplitCsv(absl::string_view line, char separator, std::vector<std::string>& fields);

// A finite number as Python's float() reads it, or nothing.
std::optional<double> Number(absl::string_view field);
// A decimal integer as Python's int() reads it (blanks around it, a sign), or nothing.
std::optional<int64_t> Integer(absl::string_view field);

// The text with U+FFFD for each byte that is no UTF-8.
std::string MendUtf8(absl::string_view text);

}  // namespace annofs
