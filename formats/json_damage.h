// What a streamed JSON value lost on the way (JsonItem::damage), as a problem.
#pragma once

#include <optional>
#include <string>

#include "cache/base/json.h"
#include "formats/model.h"

namespace annofs {

// Nothing if all was kept. `source`: what problems name.
std::optional<Problem> DamageOf(const JsonItem& item, absl::string_view source);

}  // namespace annofs
