// The style sheet of `annofs stats --html` (stats_page.css).
#pragma once

#include "absl/strings/string_view.h"

namespace annofs {

absl::string_view StatsPageStyle();

}  // namespace annofs
