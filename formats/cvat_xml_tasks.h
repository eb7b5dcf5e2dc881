// The tasks and jobs of a CVAT XML in the sink, and what frame numbers mean: those of a file are
// abs frames (reference/cvat.md §0.1), in a project with an offset per subset (§3.1, CVAT:
// ProjectData._init_task_frame_offsets). Not thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/cvat_xml_meta.h"
#include "formats/reader.h"

namespace annofs {

class CvatXmlTasks {
 public:
  // Adds them to the sink, which outlives this. `meta` has nothing left afterwards but its kind.
  CvatXmlTasks(CvatXmlMeta& meta, DatasetSink& sink);

  size_t size() const { return tasks_.size(); }
  // REQUIRES of all: task < size(), which is at least 1.
  const CvatXmlTask& operator[](uint32_t task) const { return tasks_[task].meta; }
  bool is_project() const { return kind_ == CvatXmlMeta::Kind::kProject; }

  // Where the images of a subset lie in the zip, for CvatXmlMedia::Find.
  absl::string_view MediaFolder(absl::string_view subset) const {
    return !is_project() ? "" : subset.empty() ? "default" : subset;
  }

  // Of an image or track. Without a task id: the only task of that subset, if there is one, or the
  // only task of all. Nothing: <meta> does not have it.
  std::optional<uint32_t> Find(std::optional<int64_t> task_id, absl::string_view subset) const;

  // What is to be added to an abs frame of the task to get the numbers of the file.
  uint64_t OffsetOf(uint32_t task) const { return tasks_[task].offset; }
  // False if the file does not say which frames the task has: every number is one of it then.
  bool HasRange(uint32_t task) const;
  // The abs frame that the file calls `id`. Nothing: no frame of the task.
  std::optional<uint32_t> NumberOf(uint32_t task, int64_t id) const;

  // A frame in the sink, with its jobs: those of the task whose segments hold it; for an export of
  // one job that one. `in_range`: number is an abs frame of the task.
  absl::StatusOr<uint32_t> AddFrame(Frame frame, bool in_range);

 private:
  struct JobRange {
    uint64_t start = 0, stop = 0;
    uint64_t max_stop = 0;  // of this one and all before it
    uint32_t job = 0;       // in the sink
  };
  struct Entry {
    CvatXmlTask meta;  // `segments` moved to jobs
    uint32_t index = 0;
    uint64_t offset = 0;
    std::vector<JobRange> jobs;  // by start
  };
  void AddJobs(Entry& entry);
  void SetOffsets();
  bool IsFrameOf(const CvatXmlTask& task, uint64_t number) const;

  const CvatXmlMeta::Kind kind_;
  DatasetSink& sink_;
  std::vector<Entry> tasks_;
  absl::flat_hash_map<int64_t, uint32_t> by_id_;
  absl::flat_hash_map<std::string, std::optional<uint32_t>> by_subset_;  // nothing: several
  std::optional<uint32_t> only_job_;                                     // of an export of one job
};

}  // namespace annofs
