// The files of a directory that hold what CVAT's server answers of one task, job or database
// (reference/cvat.md §6): annotations*.json, and beside it the labels, the frames, the tasks and
// the jobs.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/json.h"
#include "formats/json_head.h"
#include "formats/model.h"
#include "formats/source.h"

namespace annofs {

// Names in the directory; empty where there is none, or more than one that could be meant.
struct RestFiles {
  std::string labels;
  std::string meta;  // data_meta*.json or frames*.json
  std::string tasks, jobs;

  std::vector<std::string> Names() const;
};

// "task_3_annotations.json" goes with "task_3_labels.json" if it is there, else with "labels.json",
// else with the only file that begins so.
RestFiles FindRestFiles(absl::string_view annotations, const std::vector<std::string>& siblings);

// What a JSON file with annotations of the server holds.
enum class RestForm {
  kNone,      // none of them
  kOne,       // of one task or job: tags, shapes and tracks
  kDatabase,  // of many: by number, under "task" and "job"
};
RestForm RestFormOf(const JsonHead& head);

using RestReporter = std::function<void(Problem)>;

// Calls `fn` with each object of a list: `{"results": […]}`, an array, or one object alone. An
// error of `fn` ends it; what cannot be kept as it is is reported. False: the text is damaged, and
// the objects behind the damage are missing.
absl::StatusOr<bool> ForEachListed(Source& source, const RestReporter& report,
                                   absl::FunctionRef<absl::Status(JsonValue)> fn);

}  // namespace annofs
