#include "formats/writer.h"

#include <algorithm>

#include "absl/strings/match.h"

namespace annofs {

bool IsFor(const WriterInfo& writer, const DatasetInfo& dataset) {
  if (!absl::StartsWith(writer.name, "cvat/")) return true;
  if (dataset.tasks.empty()) return !writer.is_3d;
  return std::any_of(dataset.tasks.begin(), dataset.tasks.end(),
                     [&](const Task& task) { return task.is_3d == writer.is_3d; });
}

}  // namespace annofs
