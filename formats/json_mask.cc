#include "formats/json_mask.h"

#include <optional>
#include <utility>

#include "cache/base/status.h"

namespace annofs {
namespace {

absl::StatusOr<std::vector<uint64_t>> RunsOf(JsonValue counts) {
  if (counts.is_string()) {
    absl::StatusOr<std::vector<uint64_t>> runs = ParseCocoCounts(*counts.AsString());
    if (!runs.ok()) return absl::InvalidArgumentError(runs.status().message());
    return runs;
  }
  if (!counts.is_array()) return absl::InvalidArgumentError("a mask without counts");
  if (counts.size() > kMaxMaskRuns) {
    return absl::InvalidArgumentError("a mask of more runs than are read");
  }
  std::vector<uint64_t> runs(counts.size());
  for (size_t i = 0; i < runs.size(); ++i) {
    const std::optional<int64_t> run = counts[i].AsInt();
    if (!run || *run < 0) return absl::InvalidArgumentError("a mask with a run that is no count");
    runs[i] = uint64_t(*run);
  }
  return runs;
}

}  // namespace

absl::StatusOr<CvatMask> ParseJsonMask(JsonValue json, ShapeBudget& budget) {
  const JsonValue size = json["size"];
  const std::optional<int64_t> height = size[size_t{0}].AsInt(), width = size[size_t{1}].AsInt();
  if (size.size() != 2 || !height || !width || *height < 0 || *width < 0) {
    return absl::InvalidArgumentError("a mask without the size of its image");
  }
  CocoMask mask{.height = uint64_t(*height), .width = uint64_t(*width)};
  ASSIGN_OR_RETURN(mask.runs, RunsOf(json["counts"]));
  absl::StatusOr<CvatMask> result = CvatMaskOf(mask);
  // A mask that becomes too large has cost as much as one that just does not.
  const bool was_large = result.status().code() == absl::StatusCode::kUnimplemented;
  const size_t numbers = result.ok() ? result->points.size() : was_large ? kMaxMaskRuns : 0;
  if (!budget.Take(numbers * sizeof(double)).ok()) {
    return absl::ResourceExhaustedError("the masks stand for more than 8 GiB of runs");
  }
  if (was_large) return absl::InvalidArgumentError(result.status().message());
  return result;
}

}  // namespace annofs
