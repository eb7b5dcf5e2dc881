// The <meta> of a CVAT XML: labels, tasks, jobs (reference/cvat.md §2.1). Fed with the elements
// below <meta>. Not thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/model.h"

namespace annofs {

// A job of a task: rel frames, both ends belong to it.
struct CvatXmlSegment {
  int64_t job = -1;
  uint64_t start = 0, stop = 0;
};

struct CvatXmlTask {
  Task task;
  std::string subset_name;                    // as in the file: "default" for none
  std::optional<uint64_t> start, stop, size;  // abs frames; how many
  uint64_t step = 1;
  uint32_t width = 0, height = 0;  // of a video
  std::vector<CvatXmlSegment> segments;
};

class CvatXmlMeta {
 public:
  // What was exported. kNothing: the file does not say (other producers).
  enum class Kind { kNothing, kTask, kJob, kProject };

  void Start(absl::string_view element);
  // Of the innermost element that is open.
  void End(absl::string_view text);

  Kind kind() const { return kind_; }
  int64_t id() const { return single_.task.id; }                 // of task, job or project; -1
  const std::string& name() const { return single_.task.name; }  // empty for a job
  std::string number() const;                                    // "task 12"; empty if not said
  bool has_video() const;                                        // a task of it is a video
  bool has_images() const;                                       // a task of it is none

  // In the file's order; parents as indexes. A sublabel whose parent is no top-level label stays
  // top-level itself and is told in `problems`, as is a second label of one name, and that <meta>
  // was too long to be kept whole.
  std::vector<Label> TakeLabels(std::vector<std::string>& problems);
  // At least one. Of a job: its task, whose number and name the file does not say.
  std::vector<CvatXmlTask> TakeTasks();

 private:
  using Path = std::vector<std::string>;
  void StartPart();
  bool Charge(size_t bytes);
  void EndOfLabel(absl::string_view text);
  void EndOfAttribute(absl::string_view element, absl::string_view text);
  void EndOfTask(absl::string_view text);
  static void SetTask(CvatXmlTask& task, const std::string* path, size_t depth,
                      absl::string_view text);
  static void SetSegment(CvatXmlTask& task, absl::string_view element, absl::string_view text);

  Kind kind_ = Kind::kNothing;
  Path path_;  // of the open elements
  size_t bytes_ = 0;
  std::vector<Label> labels_;
  std::vector<std::string> parents_;  // by label
  std::vector<CvatXmlTask> tasks_;    // of a project
  CvatXmlTask single_;                // the task, job or project itself
};

}  // namespace annofs
