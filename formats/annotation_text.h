// The people's views of one frame: everything as JSON, one shape a line as TSV (made for grep, awk
// and sort). Pure.
#pragma once

#include <functional>
#include <string>

#include "absl/status/statusor.h"
#include "formats/dataset.h"

namespace annofs {

using ShapeFilter = std::function<bool(const Shape&)>;

// `wanted`: only tags and shapes that are; null: all.
absl::StatusOr<std::string> RenderTsv(const Dataset& data, Rank rank,
                                      const ShapeFilter& wanted = nullptr);
absl::StatusOr<std::string> RenderJson(const Dataset& data, Rank rank,
                                       const ShapeFilter& wanted = nullptr);

}  // namespace annofs
