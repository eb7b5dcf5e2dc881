// The tasks of a dataset as a CVAT XML numbers them and their frames (reference/cvat.md §2.1,
// §3.1). A dataset of one task and one subset is the export of a task, any other that of a project.
// Immutable: made once for a view.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"

namespace annofs {

class CvatXmlWriterTasks {
 public:
  struct One {
    // CVAT's number. In a project a task that has none gets one behind all others: elements name
    // their task. -1 in the export of a task without one.
    int64_t id = -1;
    // What is added to the numbers of its frames: those of the tasks of the subset before it (CVAT:
    // ProjectData._init_task_frame_offsets).
    uint64_t offset = 0;
    // As the source says; what it does not say as the frames show it.
    uint64_t start = 0, stop = 0, step = 1, size = 0;
    uint64_t overlap = 0;
  };

  static absl::StatusOr<std::shared_ptr<const CvatXmlWriterTasks>> Of(const Dataset& data);

  bool is_project() const { return is_project_; }
  // By the dataset's number. A dataset without tasks has one here.
  const One& operator[](uint32_t task) const { return tasks_[task]; }
  const Task& Meta(const DatasetInfo& info, uint32_t task) const;
  // Those of images and videos, point clouds are no CVAT XML's: in order of subset and number, as
  // CVAT lists them.
  const std::vector<uint32_t>& order() const { return order_; }
  uint64_t NumberOf(const Frame& frame) const { return frame.number + tasks_[frame.task].offset; }

 private:
  CvatXmlWriterTasks() = default;
  absl::Status Fill(const Dataset& data);
  void Number();
  void SetOffsets(const DatasetInfo& info);

  bool is_project_ = false;
  std::vector<One> tasks_;
  std::vector<uint32_t> order_;
  Task nameless_;  // of a dataset without tasks
};

// "default" for none.
absl::string_view CvatXmlSubset(absl::string_view subset);

}  // namespace annofs
