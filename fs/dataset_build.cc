#include "fs/dataset_build.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "formats/content_error.h"
#include "formats/dataset_copy.h"
#include "fs/catalog_source.h"
#include "fs/configuration.h"
#include "fs/counting_source.h"
#include "fs/ending_dataset.h"
#include "fs/media_matcher.h"
#include "fs/reading_surroundings.h"
#include "fs/told_dataset.h"

namespace annofs {
namespace {

using Phase = BuildProgress::Phase;

// The source, then its companions.
void Describe(const FoundSource& source, std::vector<SourceVersion>& out) {
  const std::string format(source.reader->Info().name);
  out.push_back({source.object.key, source.object.version, format});
  for (const ObjectVersion& companion : source.companions) {
    out.push_back({companion.key, companion.version, format});
  }
}

absl::string_view PhaseName(Phase phase) {
  switch (phase) {
    case Phase::kReading:
      return "reading";
    case Phase::kWriting:
      return "writing";
    case Phase::kConfiguring:
      return "applying its configuration";
    case Phase::kMatching:
      return "matching images";
    case Phase::kWaiting:
      break;
  }
  return "waiting for its turn";
}

class Build {
 public:
  Build(const DatasetGround& ground, const DatasetPlan& plan, BuildState& state,
        const CallContext& context)
      : ground_(ground), plan_(plan), state_(state), context_(context) {}

  absl::Status Annotations() {
    state_.source_bytes = 0;
    uint64_t before = 0;  // bytes of the sources before this one
    for (const PlannedSource& source : plan_.sources) {
      state_.source_bytes = before;
      ASSIGN_OR_RETURN(const bool is_read, HasAnnotationIndex(ground_.lmdb, source.version));
      if (!is_read) RETURN_IF_ERROR(ReadSource(source));
      before += source.found.object.size;
    }
    if (!plan_.is_derived()) return absl::OkStatus();
    ASSIGN_OR_RETURN(const bool is_made, HasAnnotationIndex(ground_.lmdb, plan_.index));
    return is_made ? absl::OkStatus() : Derive();
  }

  absl::StatusOr<std::shared_ptr<const IndexedDataset>> Matched() {
    state_.phase = Phase::kMatching;
    ASSIGN_OR_RETURN(const MediaGround places, MediaPlaces());
    MediaMatcher matcher(ground_.catalog, places, context_);
    return OpenDataset(
        ground_.lmdb, plan_.index, [&matcher](const Frame& frame) { return matcher.Find(frame); },
        {.begin = [&](const Dataset& data) { return matcher.Begin(data); },
         .related = [&](const Frame& frame,
                        const std::string& name) { return matcher.FindRelated(frame, name); },
         .problems = [&] { return matcher.TakeProblems(); }});
  }

 private:
  void Begin(Phase phase) {
    state_.counts.frames = state_.counts.shapes = 0;
    state_.counts.is_writing = false;
    state_.phase = phase;
  }

  absl::Status ReadSource(const PlannedSource& planned) {
    Begin(Phase::kReading);
    const FoundSource& found = planned.found;
    IndexBuilder builder(ground_.lmdb, &state_.counts);
    absl::Status status = found.broken;
    if (status.ok()) {
      ReadingSurroundings surroundings(ground_.catalog, ground_.reader, found, plan_.config.media,
                                       context_);
      CountingSource source(
          NewCatalogSource(ground_.reader, found.object, context_, surroundings.ForSource()),
          state_.source_bytes);
      status = found.reader->Read(source, builder);
    }
    if (!status.ok()) {
      if (!IsContentError(status)) return status;
      LogWarning(absl::StrCat("dataset '", plan_.told.name, "': ", found.object.key, ": ",
                              status.message()));
      builder.AddProblem(ContentProblem(found.object.key, status));
    }
    DatasetInfo info{.name = SafeName(found.name)};
    Describe(found, info.sources);
    return builder.Finish(planned.version, std::move(info));
  }

  absl::Status Derive() {
    Begin(Phase::kConfiguring);
    ASSIGN_OR_RETURN(const auto lists,
                     ReadPartLists(ground_.reader, plan_.config.lists, plan_.lists, context_));
    std::vector<std::shared_ptr<const IndexedDataset>> opened;
    std::vector<std::unique_ptr<EndingDataset>> ending;
    std::vector<const Dataset*> parts;
    DatasetInfo info{.name = plan_.told.name};
    for (const PlannedSource& source : plan_.sources) {
      ASSIGN_OR_RETURN(opened.emplace_back(), OpenAnnotations(ground_.lmdb, source.version));
      ending.push_back(std::make_unique<EndingDataset>(*opened.back(), context_));
      parts.push_back(ending.back().get());
      Describe(source.found, info.sources);
    }
    const StemStyle stems = plan_.config.keeps_names ? StemStyle::kOriginal : StemStyle::kSafe;
    IndexBuilder builder(ground_.lmdb, &state_.counts, {.stems = stems});
    CopyCounts left_out;
    const absl::Status status = CopyDatasets(parts, plan_.config, lists, builder, left_out);
    if (!status.ok() && !IsContentError(status)) return status;
    if (!status.ok()) builder.AddProblem(ContentProblem(std::string(kConfigurationName), status));
    info.left_out_frames = left_out.frames;
    info.left_out_shapes = left_out.shapes;
    return builder.Finish(plan_.index, std::move(info));
  }

  // Tasks of a source follow those of the one before (formats/dataset_copy.h).
  absl::StatusOr<MediaGround> MediaPlaces() {
    MediaGround places{.media = plan_.config.media};
    uint32_t first_task = 0;
    for (const PlannedSource& source : plan_.sources) {
      places.objects.push_back({source.found.object.key, first_task});
      if (plan_.sources.size() == 1) break;
      ASSIGN_OR_RETURN(const auto data, OpenAnnotations(ground_.lmdb, source.version));
      first_task += TasksInCopy(*data, plan_.sources.size());
    }
    return places;
  }

  const DatasetGround& ground_;
  const DatasetPlan& plan_;
  BuildState& state_;
  const CallContext& context_;
};

}  // namespace

std::string DescribeProgress(const BuildProgress& progress) {
  std::string text(PhaseName(progress.phase));
  if (progress.phase == Phase::kWaiting) return text;
  if (progress.phase == Phase::kReading && progress.source_size > 0) {
    absl::StrAppend(&text, ", ", progress.source_bytes * 100 / progress.source_size, " %");
  }
  return absl::StrCat(text, ": ", progress.frames, " frames, ", progress.shapes, " annotations");
}

BuildProgress BuildState::Progress(uint64_t source_size) const {
  BuildProgress progress{.phase = phase.load(),
                         .source_bytes = std::min(source_bytes.load(), source_size),
                         .source_size = source_size,
                         .frames = counts.frames.load(),
                         .shapes = counts.shapes.load()};
  const bool is_pushed = counts.is_writing.load();
  const bool is_pushing =
      progress.phase == Phase::kReading || progress.phase == Phase::kConfiguring;
  if (is_pushed && is_pushing) progress.phase = Phase::kWriting;
  return progress;
}

absl::Status BuildAnnotations(const DatasetGround& ground, const DatasetPlan& plan,
                              BuildState& state, const CallContext& context) {
  return Build(ground, plan, state, context).Annotations();
}

absl::StatusOr<std::shared_ptr<const IndexedDataset>> OpenMatched(
    const DatasetGround& ground, const std::shared_ptr<const DatasetPlan>& plan, BuildState& state,
    const CallContext& context) {
  ASSIGN_OR_RETURN(std::shared_ptr<const IndexedDataset> dataset,
                   Build(ground, *plan, state, context).Matched());
  dataset = WithTold(std::move(dataset), plan);
  if (ground.images == Images::kLeftOut) dataset = WithoutImages(std::move(dataset));
  return dataset;
}

}  // namespace annofs
