#include "formats/writer.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "cache/base/status.h"
#include "formats/view_globs.h"

namespace annofs {

absl::StatusOr<std::vector<absl::string_view>> WhyNotIn(const Writer& writer, const Dataset& data,
                                                        Rank rank, const Frame& frame,
                                                        const FrameShapes& all) {
  if (all.tags.empty() && all.shapes.empty()) return std::vector<absl::string_view>();
  ASSIGN_OR_RETURN(absl::string_view why, writer.WhyFrameDropped(data, rank));
  if (why.empty()) return writer.WhyDropped(data, frame, all);
  return std::vector<absl::string_view>(all.tags.size() + all.shapes.size(), why);
}

bool IsFor(const WriterInfo& writer, const DatasetInfo& dataset) {
  if (!IsShown(writer.name, dataset.options.views)) return false;
  if (!absl::StartsWith(writer.name, "cvat/")) return true;
  if (dataset.tasks.empty()) return !writer.is_3d;
  return std::any_of(dataset.tasks.begin(), dataset.tasks.end(),
                     [&](const Task& task) { return task.is_3d == writer.is_3d; });
}

}  // namespace annofs
