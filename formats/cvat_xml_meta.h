// The <meta> of a CVAT XML: labels and tasks (reference/cvat.md §2.1). Fed with the elements below
// <meta>. Not thread safe.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/model.h"

namespace annofs {

class CvatXmlMeta {
 public:
  // `path`: element names from below <meta> on: {"task", "labels", "label", "name"}.
  void Start(const std::vector<std::string>& path);
  void End(const std::vector<std::string>& path, absl::string_view text);

  // The task's or project's name; empty for a job.
  const std::string& name() const { return name_; }
  // In the file's order; parents as indexes. A sublabel whose parent is not there stays top-level.
  std::vector<Label> TakeLabels();
  // At least one. `number_of`: CVAT's task ids -> index, for a project.
  std::vector<Task> TakeTasks(std::map<std::string, uint32_t>& number_of);

 private:
  void EndOfLabel(const std::vector<std::string>& path, absl::string_view text);
  void EndOfAttribute(absl::string_view element, absl::string_view text);
  void EndOfTask(const std::vector<std::string>& path, absl::string_view text);

  struct TaskRecord {
    Task task;
    std::string id;
  };
  std::string name_;
  std::vector<Label> labels_;
  std::vector<std::string> parents_;  // by label
  std::vector<TaskRecord> tasks_;
  Task single_;  // where <meta> describes a task or a job
};

}  // namespace annofs
