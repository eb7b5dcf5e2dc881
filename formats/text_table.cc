#include "formats/text_table.h"

#include <cmath>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/utf8.h"

namespace annofs {

bool SplitBlanks(absl::string_view line, std::vector<absl::string_view>& fields) {
  fields.clear();
  size_t at = 0;
  while (true) {
    while (at < line.size() && absl::ascii_isspace(line[at])) ++at;
    if (at == line.size()) return true;
    size_t begin = at;
    while (at < line.size() && !absl::ascii_isspace(line[at])) ++at;
    if (fields.size() == kMaxFields) return false;
    fields.push_back(line.substr(begin, at - begin));
  }
}

bool SplitCsv(absl::string_view line, char separator, std::vector<std::string>& fields) {
  fields.assign(1, "");
  bool is_quoted = false;
  for (size_t i = 0; i < line.size(); ++i) {
    char c = line[i];
    if (is_quoted && c == '"' && i + 1 < line.size() && line[i + 1] == '"') {
      fields.back().push_back('"');
      ++i;
    } else if (c == '"' && (is_quoted || fields.back().empty())) {
      is_quoted = !is_quoted;
    } else if (c == separator && !is_quoted) {
      if (fields.size() == kMaxFields) return false;
      fields.emplace_back();
    } else {
      fields.back().push_back(c);
    }
  }
  return !is_quoted;
}

std::optional<double> Number(absl::string_view field) {
  double value = 0;
  if (!absl::SimpleAtod(field, &value) || !std::isfinite(value)) return std::nullopt;
  return value;
}

std::optional<int64_t> Integer(absl::string_view field) {
  int64_t value = 0;
  return absl::SimpleAtoi(field, &value) ? std::optional(value) : std::nullopt;
}

std::string MendUtf8(absl::string_view text) {
  std::string mended;
  while (!text.empty()) {
    size_t size = Utf8CharacterSize(text);
    absl::StrAppend(&mended, size == 0 ? "\xef\xbf\xbd" : text.substr(0, size));
    text.remove_prefix(size == 0 ? 1 : size);
  }
  return mended;
}

}  // namespace annofs
