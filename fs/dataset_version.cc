#include "fs/dataset_version.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "formats/content_error.h"
#include "fs/catalog_source.h"
#include "fs/counting_source.h"
#include "fs/media_matcher.h"
#include "fs/never_absent.h"
#include "fs/reading_surroundings.h"
#include "fs/source_groups.h"
#include "fs/wait.h"

namespace annofs {
namespace {

// The source, then its companions.
void Describe(const FoundSource& source, std::vector<SourceVersion>& out) {
  const std::string format(source.reader->Info().name);
  out.push_back({source.object.key, source.object.version, format});
  for (const ObjectVersion& companion : source.companions) {
    out.push_back({companion.key, companion.version, format});
  }
}

Problem BrokenSource(const FoundSource& source, const absl::Status& status) {
  return ContentProblem(source.object.key, status);
}

// A name may be another task's, too: what it hides is told.
Problem TakenByName(const FoundSource& other) {
  return {.source = other.object.key,
          .reason = absl::StrCat("not read: ", other.object.key, " (", other.reader->Info().name,
                                 ") is taken for the same task, by its name")};
}

absl::string_view PhaseName(BuildProgress::Phase phase) {
  switch (phase) {
    case BuildProgress::Phase::kReading:
      return "reading";
    case BuildProgress::Phase::kWriting:
      return "writing";
    case BuildProgress::Phase::kMatching:
      return "matching images";
    case BuildProgress::Phase::kWaiting:
      break;
  }
  return "waiting for its turn";
}

}  // namespace

std::string DescribeProgress(const BuildProgress& progress) {
  std::string text(PhaseName(progress.phase));
  if (progress.phase == BuildProgress::Phase::kWaiting) return text;
  if (progress.phase == BuildProgress::Phase::kReading && progress.source_size > 0) {
    absl::StrAppend(&text, ", ", progress.source_bytes * 100 / progress.source_size, " %");
  }
  return absl::StrCat(text, ": ", progress.frames, " frames, ", progress.shapes, " annotations");
}

DatasetVersion::DatasetVersion(const DatasetGround& ground, DatasetEntry entry, FoundSource source,
                               std::vector<FoundSource> others)
    : ground_(ground),
      entry_(std::move(entry)),
      source_(std::move(source)),
      others_(std::move(others)) {}

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

BuildProgress DatasetVersion::Progress() const {
  BuildProgress progress{.phase = phase_.load(),
                         .source_bytes = std::min(source_bytes_.load(), source_.object.size),
                         .source_size = source_.object.size,
                         .frames = counts_.frames.load(),
                         .shapes = counts_.shapes.load()};
  const bool is_read = counts_.is_writing.load();
  if (is_read && progress.phase == BuildProgress::Phase::kReading) {
    progress.phase = BuildProgress::Phase::kWriting;
  }
  return progress;
}

bool DatasetVersion::is_open() const {
  absl::MutexLock lock(&mutex_);
  return state_ == State::kOpen;
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
  auto changed = std::make_shared<DatasetVersion>(ground_, std::move(entry), source_, others_);
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
  ASSIGN_OR_RETURN(bool built, HasAnnotationIndex(ground_.lmdb, entry_.version));
  if (!built) RETURN_IF_ERROR(Ingest(context));
  return Match(context);
}

absl::StatusOr<DatasetVersion::Matched> DatasetVersion::Match(const CallContext& context) const {
  phase_ = BuildProgress::Phase::kMatching;
  Matched matched{.generation = ground_.generation.load()};
  MediaMatcher matcher(ground_.catalog, source_.object.key, context);
  ASSIGN_OR_RETURN(matched.dataset,
                   OpenDataset(ground_.lmdb, entry_.version,
                               [&matcher](const Frame& frame) { return matcher.Find(frame); },
                               {.begin = [&](const Dataset& data) { return matcher.Begin(data); },
                                .related =
                                    [&](const Frame& frame, const std::string& name) {
                                      return matcher.FindRelated(frame, name);
                                    },
                                .problems = [&] { return matcher.TakeProblems(); }}));
  if (ground_.images == Images::kLeftOut)
    matched.dataset = WithoutImages(std::move(matched.dataset));
  return matched;
}

absl::Status DatasetVersion::Ingest(const CallContext& context) const {
  source_bytes_ = counts_.frames = counts_.shapes = 0;
  counts_.is_writing = false;
  phase_ = BuildProgress::Phase::kReading;
  IndexBuilder builder(ground_.lmdb, &counts_);
  absl::Status status = source_.broken;
  if (status.ok()) {
    ReadingSurroundings surroundings(ground_.catalog, ground_.reader, source_, context);
    CountingSource source(
        NewCatalogSource(ground_.reader, source_.object, context, surroundings.ForSource()),
        source_bytes_);
    status = source_.reader->Read(source, builder);
  }
  if (!status.ok()) {
    if (!IsContentError(status)) return status;
    LogWarning(
        absl::StrCat("dataset '", entry_.name, "': ", source_.object.key, ": ", status.message()));
    builder.AddProblem(BrokenSource(source_, status));
  }
  DatasetInfo info;
  info.name = entry_.name;
  Describe(source_, info.sources);
  for (const FoundSource& other : others_) {
    Describe(other, info.other_sources);
    if (!AreOfOneNumber(other, source_)) builder.AddProblem(TakenByName(other));
  }
  return builder.Finish(entry_.version, std::move(info));
}

}  // namespace annofs
