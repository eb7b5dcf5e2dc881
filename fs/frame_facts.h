// What annotations say of frames, as facts of files (Tree::Facts): `user.cvat.task`, `.job`,
// `.frame` (its number) and `.labels`, the same texts as in reports/frames.tsv. Thread safe.
#pragma once

#include <memory>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "formats/report_jobs.h"
#include "fs/dataset_index.h"
#include "fs/tree.h"

namespace annofs {

struct FrameAt {
  std::shared_ptr<const IndexedDataset> dataset;
  Rank rank = 0;
};

class FrameFacts {
 public:
  // Of a file that is of several frames a fact has a line for each, in that order; one that is
  // empty for all of them is left out. Sorted by name. A value is cut at 64 KiB, which is all that
  // Linux takes, and ends in "..." then.
  absl::StatusOr<std::vector<Fact>> Of(const std::vector<FrameAt>& frames);

 private:
  static constexpr size_t kMostDatasets = 8;
  using Known = std::pair<std::shared_ptr<const IndexedDataset>, std::shared_ptr<FrameJobs>>;

  std::shared_ptr<FrameJobs> JobsOf(const std::shared_ptr<const IndexedDataset>& dataset);

  absl::Mutex mutex_;
  std::vector<Known> recent_ ABSL_GUARDED_BY(mutex_);  // newest last
};

}  // namespace annofs
