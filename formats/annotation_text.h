// The people's views of one frame: everything as JSON, one shape a line as TSV (made for grep, awk
// and sort). Pure.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "formats/dataset.h"

namespace annofs {

// `label`: only tags and shapes with that label.
absl::StatusOr<std::string> RenderTsv(const Dataset& data, Rank rank,
                                      std::optional<uint32_t> label = std::nullopt);
absl::StatusOr<std::string> RenderJson(const Dataset& data, Rank rank,
                                       std::optional<uint32_t> label = std::nullopt);

}  // namespace annofs
