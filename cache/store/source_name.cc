#include "cache/store/source_name.h"

#include "absl/strings/str_cat.h"

namespace annofs {

std::string NameAtTime(absl::string_view source, std::optional<absl::Time> at) {
  if (!at.has_value()) return std::string(source);
  return absl::StrCat(source, "@",
                      absl::FormatTime("%Y-%m-%d%ET%H:%M:%E*SZ", *at, absl::UTCTimeZone()));
}

}  // namespace annofs
