// The tasks and jobs in the files beside the annotations of CVAT's server (reference/cvat.md §6).
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "formats/reader.h"
#include "formats/rest_files.h"
#include "formats/rest_labels.h"
#include "formats/rest_task.h"
#include "formats/source.h"

namespace annofs {

// Another file of the directory: its key, for problems.
std::string SiblingKey(absl::string_view key, absl::string_view name);

struct RestTables {
  std::map<int64_t, RestTask> tasks;  // by CVAT's number, each with its jobs
  std::vector<RestJob> jobs;          // all of them
};

// Those of `files`; without them there are none.
absl::StatusOr<RestTables> ReadRestTables(Source& source, const RestFiles& files,
                                          const RestReporter& report);

// Reads and pushes the labels of `owners`: of labels*.json, else those that older servers tell with
// the task. That there is neither is reported.
absl::Status ReadRestLabels(Source& source, const RestFiles& files, const RestLabelOwners& owners,
                            RestLabels& labels, const RestReporter& report);

}  // namespace annofs
