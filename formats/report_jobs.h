// The jobs of a dataset in its reports: about.json's list, and what frames.tsv says of a frame's
// jobs. Thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/json.h"
#include "formats/dataset.h"
#include "formats/rank_terms.h"

namespace annofs {

// The place of each job among those of its task, from 0.
std::vector<uint32_t> NumbersInTasks(const std::vector<Job>& jobs);

// "jobs": id (null where the source does not say), number in its task, task, kind, stage, state,
// assignee.
void WriteJobs(JsonWriter& json, const DatasetInfo& info);

// Finds the jobs of frames (formats/rank_terms.h). About 10 MiB at most for each block, far less
// where frames are of one job.
class FrameJobs {
 public:
  static constexpr uint32_t kMostShown = 16;  // jobs of one frame

  // Two columns with a tab between them: jobs, their stages and states ("12,14", "acceptance
  // completed,annotation new"). A job is told by CVAT's number, where the source does not say by
  // its number in its task. `data`: the same one at each call.
  absl::StatusOr<std::string> Columns(const Dataset& data, Rank rank);

 private:
  RankTerms terms_{FrameTerm::Kind::kJob, kMostShown};
  absl::Mutex mutex_;
  std::vector<uint32_t> numbers_ ABSL_GUARDED_BY(mutex_);  // set once
};

}  // namespace annofs
