// The annotations of a whole database of CVAT's server in one file: {"task": {"2": {…}}, "job":
// {"7": {…}}}, with tasks.json, jobs.json and labels.json beside it. What data_meta would say is
// not there: frames have numbers and no names.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/status/status.h"
#include "formats/reader.h"
#include "formats/source.h"

namespace annofs {

// One task or one job of it.
struct RestPart {
  enum class Kind { kTask, kJob } kind = Kind::kTask;
  int64_t id = -1;
};

// All tasks, as tasks of one dataset; or one part alone, also a job of ground truth or a replica,
// which no task contains. Labels of the same (parent, name) in several projects are one. The frames
// of task 2 are task_2/frame_000000 and so on. kInvalidArgument: no such part, or no tasks
// beside it.
absl::Status ReadRestDatabase(Source& annotations, DatasetSink& sink,
                              std::optional<RestPart> part = std::nullopt);

}  // namespace annofs
