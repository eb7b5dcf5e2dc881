// What the task.json of a task backup says (reference/cvat.md §5.1), from the oldest versions on.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "cache/base/json.h"
#include "formats/model.h"

namespace annofs {

// Frames are those of the task, from 0 (rel frames, §0.1); both ends belong to the job.
struct BackupJob {
  using Kind = Job::Kind;
  Kind kind = Kind::kAnnotation;
  int64_t start = 0, stop = 0;     // 0 to kMaxBackupFrame; it has none where start > stop
  std::string stage, state;        // as far as the file says
  std::vector<int64_t> frames;     // of ground truth: which of them; empty: all
  std::vector<std::string> files;  // names of its frames, in their order; mostly not given
};
inline constexpr int64_t kMaxBackupFrame = int64_t{1} << 40;

struct BackupTask {
  Task task;  // is_video and is_3d are in the manifest
  std::vector<Label> labels;
  // Of the manifest's rows: first, last, distance. Absent in backups whose manifest holds the
  // task's frames only.
  std::optional<uint64_t> start_frame, stop_frame;
  uint64_t step = 1;
  absl::flat_hash_set<int64_t> deleted_frames;
  // Of a task with honeypots (§1.6): the names of the frames in its pool.
  bool has_honeypots = false;
  absl::flat_hash_set<std::string> pool;
  std::vector<BackupJob> jobs;  // none: one job of all frames
  // First and last frames of the jobs of ground truth, ascending, none within another's reach.
  std::vector<std::pair<int64_t, int64_t>> ground_truth;

  // Are the annotations of job number `job` part of the task (§1.6, §4.6)? Ground truth is only
  // where it is a pool of honeypots; replicas never are.
  bool Takes(size_t job) const;
  // A frame of an annotation job that repeats one of the pool (§5.2).
  bool IsPlaceholder(int64_t frame, absl::string_view name) const;
  // Frames that two annotation jobs in a row share.
  int64_t Overlap() const;
  // The jobs that are part of the task, in their order.
  std::vector<size_t> TakenJobs() const;
};

BackupTask ParseBackupTask(JsonValue task);

}  // namespace annofs
