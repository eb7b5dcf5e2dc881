// The page of `annofs stats --html`: one file that needs nothing else, no script and no network.
// Pure: the same report is the same bytes.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "tools/stats_report.h"

namespace annofs {

inline constexpr size_t kMaxPageBytes = 8 << 20;

// At most kMaxPageBytes: what is too much (bars, rows, images) is left out, and said to be.
std::string StatsPage(const StatsReport& report);

// Writes FILE.partial and renames it: FILE is there whole, or as it was before. An existing file is
// replaced; anything else is refused: kInvalidArgument.
absl::Status WritePage(const std::string& file, const std::string& page);
// What WritePage() would refuse, before the work.
absl::Status CheckPageFile(const std::string& file);

}  // namespace annofs
