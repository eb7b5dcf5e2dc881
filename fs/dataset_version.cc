#include "fs/dataset_version.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "fs/never_absent.h"
#include "fs/wait.h"

namespace annofs {
DatasetVersion::DatasetVersion(const DatasetGround& ground, DatasetEntry entry,
                               std::shared_ptr<const DatasetPlan> plan)
    : ground_(ground), entry_(std::move(entry)), plan_(std::move(plan)) {
  for (const PlannedSource& source : plan_->sources) source_size_ += source.found.object.size;
}

absl::StatusOr<std::shared_ptr<const IndexedDataset>> DatasetVersion::Open(
    const CallContext& context) {
  absl::MutexLock lock(&mutex_);
  if (state_ == State::kOpen) return matched_.dataset;
  if (context.lane == Lane::kFast) return WouldBlock();
  StartBuild();
  uint64_t attempt = attempts_;
  auto ended = [this, attempt]()
                   ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_) { return attempts_ > attempt; };
  absl::Status waited = AwaitUnder(mutex_, absl::Condition(&ended), context);
  if (!waited.ok()) return StillBuilding(waited);
  if (state_ != State::kOpen) return last_;
  return matched_.dataset;
}

absl::Status DatasetVersion::StillBuilding(const absl::Status& waited) const {
  return Annotate(waited, absl::StrCat("dataset '", entry_.name, "' is still being indexed (",
                                       DescribeProgress(Progress()), "), which goes on"));
}

BuildProgress DatasetVersion::Progress() const { return build_.Progress(source_size_); }

bool DatasetVersion::is_open() const {
  absl::MutexLock lock(&mutex_);
  return state_ == State::kOpen;
}

bool DatasetVersion::is_building() const {
  absl::MutexLock lock(&mutex_);
  return state_ == State::kBuilding;
}

absl::StatusOr<std::shared_ptr<DatasetVersion>> DatasetVersion::Rematch(
    uint64_t revision, const CallContext& context) {
  std::string id;
  {
    absl::MutexLock lock(&mutex_);
    bool is_current = matched_.generation == ground_.generation.load();
    if (state_ != State::kOpen || is_current) return shared_from_this();
    id = matched_.dataset->info().id;
  }
  absl::StatusOr<Matched> matched = Match(context);
  RETURN_IF_ERROR(NeverAbsent(matched.status()));
  if (matched->dataset->info().id == id) {
    absl::MutexLock lock(&mutex_);
    matched_.generation = matched->generation;
    return shared_from_this();
  }
  DatasetEntry entry = entry_;
  entry.revision = revision;
  auto changed = std::make_shared<DatasetVersion>(ground_, std::move(entry), plan_);
  absl::MutexLock lock(&changed->mutex_);
  changed->Adopt(*std::move(matched));
  return changed;
}

void DatasetVersion::Adopt(Matched matched) {
  matched_ = std::move(matched);
  state_ = State::kOpen;
}

void DatasetVersion::StartBuild() {
  if (state_ != State::kClosed) return;
  state_ = State::kBuilding;
  ground_.pool.Submit([self = shared_from_this()] {
    absl::StatusOr<Matched> built = self->Build();
    absl::MutexLock lock(&self->mutex_);
    ++self->attempts_;
    self->last_ = NeverAbsent(built.status());
    self->state_ = State::kClosed;
    if (built.ok()) self->Adopt(*std::move(built));
  });
}

// On a build thread, without the lock.
absl::StatusOr<DatasetVersion::Matched> DatasetVersion::Build() const {
  CallContext context{.cancellation = &ground_.ending};
  context.deadline = context.clock->Now() + ground_.build_timeout;
  RETURN_IF_ERROR(BuildAnnotations(ground_, *plan_, build_, context));
  return Match(context);
}

absl::StatusOr<DatasetVersion::Matched> DatasetVersion::Match(const CallContext& context) const {
  Matched matched{.generation = ground_.generation.load()};
  ASSIGN_OR_RETURN(matched.dataset, OpenMatched(ground_, plan_, build_, context));
  return matched;
}

}  // namespace annofs
