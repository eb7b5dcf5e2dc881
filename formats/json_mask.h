// A mask as COCO and Datumaro write it in JSON: {"size": [height, width], "counts": a list or a
// compressed string} (reference/cvat.md §9.3). Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/base/json.h"
#include "formats/rle.h"
#include "formats/shape_budget.h"

namespace annofs {

// In CVAT's form. kInvalidArgument: it cannot be read, the message says why; kResourceExhausted:
// the budget is spent and reading ends.
absl::StatusOr<CvatMask> ParseJsonMask(JsonValue mask, ShapeBudget& budget);

}  // namespace annofs
