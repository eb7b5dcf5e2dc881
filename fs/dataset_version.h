// One version of one dataset: what it is made from, and its index, built when first opened. Thread
// safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "fs/dataset_build.h"
#include "fs/dataset_index.h"
#include "fs/dataset_plan.h"

namespace annofs {

class DatasetVersion : public std::enable_shared_from_this<DatasetVersion> {
 public:
  DatasetVersion(const DatasetGround& ground, DatasetEntry entry,
                 std::shared_ptr<const DatasetPlan> plan);

  const DatasetEntry& entry() const { return entry_; }
  // The objects that are read, where images in them lie (Frame::inner): by InnerMedia::source.
  const std::vector<PlannedSource>& sources() const { return plan_->sources; }

  // Waits for the build up to the deadline; the build goes on. A broken source gives a dataset with
  // what could be read and its problems. kUnavailable, kPermissionDenied…: the store failed; tried
  // again at the next call.
  absl::StatusOr<std::shared_ptr<const IndexedDataset>> Open(const CallContext& context);
  bool is_open() const;
  // Somebody wants it, and it is not there yet.
  bool is_building() const;
  // Of the build that runs, or of the last one. Never waits.
  BuildProgress Progress() const;

  // For a version that is open and was matched before the catalog changed: matches its images
  // again. Answers the version, of that revision and open, that has the images of now; this one
  // where they are the same.
  absl::StatusOr<std::shared_ptr<DatasetVersion>> Rematch(uint64_t revision,
                                                          const CallContext& context);

 private:
  enum class State { kClosed, kBuilding, kOpen };

  struct Matched {
    std::shared_ptr<const IndexedDataset> dataset;
    uint64_t generation = 0;
  };

  void StartBuild() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<Matched> Build() const;
  absl::StatusOr<Matched> Match(const CallContext& context) const;
  // Whoever waits learns how far it is.
  absl::Status StillBuilding(const absl::Status& waited) const;
  void Adopt(Matched matched) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const DatasetGround& ground_;
  const DatasetEntry entry_;
  const std::shared_ptr<const DatasetPlan> plan_;
  uint64_t source_size_ = 0;  // of all; set once

  mutable BuildState build_;

  mutable absl::Mutex mutex_;
  State state_ ABSL_GUARDED_BY(mutex_) = State::kClosed;
  uint64_t attempts_ ABSL_GUARDED_BY(mutex_) = 0;  // builds that have ended
  absl::Status last_ ABSL_GUARDED_BY(mutex_);      // of the build that ended last
  Matched matched_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs
