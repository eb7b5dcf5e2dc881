#include "formats/rest_tables.h"

#include <algorithm>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

// False: some of them could not be read.
absl::StatusOr<bool> ForEachIn(Source& source, const std::string& name, const RestReporter& report,
                               absl::FunctionRef<absl::Status(JsonValue)> fn) {
  if (name.empty()) return true;
  ASSIGN_OR_RETURN(const std::unique_ptr<Source> file, source.OpenSibling(name));
  absl::StatusOr<bool> is_whole = ForEachListed(*file, report, fn);
  if (!is_whole.ok()) return Annotate(is_whole.status(), name);
  return is_whole;
}

absl::Status AddLabels(JsonValue list, const RestLabelOwners& owners, RestLabels& labels) {
  for (size_t i = 0; list.is_array() && i < list.size(); ++i) labels.Add(list[i], owners);
  return absl::OkStatus();
}

}  // namespace

std::string SiblingKey(absl::string_view key, absl::string_view name) {
  return JoinPath(DirName(key), name);
}

absl::StatusOr<RestTables> ReadRestTables(Source& source, const RestFiles& files,
                                          const RestReporter& report) {
  RestTables tables;
  RETURN_IF_ERROR(ForEachIn(source, files.tasks, report, [&tables](JsonValue json) {
                    RestTask task = ParseRestTask(json);
                    const int64_t id = task.task.id;
                    tables.tasks.try_emplace(id, std::move(task));
                    return absl::OkStatus();
                  }).status());
  RETURN_IF_ERROR(ForEachIn(source, files.jobs, report, [&tables](JsonValue json) {
                    tables.jobs.push_back(ParseRestJob(json));
                    return absl::OkStatus();
                  }).status());
  std::stable_sort(tables.jobs.begin(), tables.jobs.end(),
                   [](const RestJob& a, const RestJob& b) { return a.job.id < b.job.id; });
  for (const RestJob& job : tables.jobs) {
    const auto task = tables.tasks.find(job.task);
    if (task != tables.tasks.end()) task->second.jobs.push_back(job);
  }
  return tables;
}

absl::Status ReadRestLabels(Source& source, const RestFiles& files, const RestLabelOwners& owners,
                            RestLabels& labels, const RestReporter& report) {
  absl::StatusOr<bool> is_whole = ForEachIn(source, files.labels, report, [&](JsonValue json) {
    // One object alone may be the answer for a task.
    if (json["labels"].is_array()) return AddLabels(json["labels"], owners, labels);
    labels.Add(json, owners);
    return absl::OkStatus();
  });
  RETURN_IF_ERROR(is_whole.status());
  bool are_known = *is_whole;
  if (labels.empty()) {
    // What is wrong with the file was told when the tasks were read.
    is_whole = ForEachIn(
        source, files.tasks, [](const Problem&) {},
        [&](JsonValue json) { return AddLabels(json["labels"], owners, labels); });
    RETURN_IF_ERROR(is_whole.status());
    are_known = are_known && *is_whole;
  }
  if (labels.empty() && files.labels.empty()) {
    are_known = false;
    report({.severity = Problem::Severity::kError,
            .source = std::string(source.name()),
            .reason = "its labels are not known: put the server's answer beside it as "
                      "labels.json"});
  }
  if (!are_known) labels.SetIncomplete();
  labels.Push();
  return absl::OkStatus();
}

}  // namespace annofs
