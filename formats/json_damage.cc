#include "formats/json_damage.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace annofs {

std::optional<Problem> DamageOf(const JsonItem& item, absl::string_view source) {
  if (item.damage.empty()) return std::nullopt;
  return Problem{.source = std::string(source),
                 .position = absl::StrCat(absl::StrJoin(item.path, "/"), " at byte ", item.offset),
                 .reason = std::string(item.damage)};
}

}  // namespace annofs
