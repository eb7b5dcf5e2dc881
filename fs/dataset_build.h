// Makes the index of a planned dataset: reads its sources, each into an index of its own, makes one
// of those where its configuration says so, and matches its images. Stateless.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/catalog.h"
#include "cache/object_reader.h"
#include "fs/build_pool.h"
#include "fs/dataset_index.h"
#include "fs/dataset_plan.h"
#include "fs/index_builder.h"
#include "fs/without_images.h"

namespace annofs {

// What the versions of a bucket's datasets are made with; outlives them.
struct DatasetGround {
  Lmdb& lmdb;
  Catalog& catalog;
  ObjectReader& reader;
  BuildPool& pool;
  const Cancellation& ending;  // ends builds at their next read of the bucket
  const absl::Duration build_timeout;
  const Images images = Images::kShown;
  // Goes up after the catalog has changed (--follow): what was matched before may be of before.
  const std::atomic<uint64_t>& generation;
};

// How far a build has come. Bytes are those that were read of the sources; of a zip not all of them
// are.
struct BuildProgress {
  enum class Phase { kWaiting, kReading, kWriting, kConfiguring, kMatching };
  Phase phase = Phase::kWaiting;
  uint64_t source_bytes = 0, source_size = 0;
  uint64_t frames = 0, shapes = 0;
};
// "reading, 12 %: 340 frames, 5000 annotations".
std::string DescribeProgress(const BuildProgress& progress);

// Told by one build at a time; others may look.
struct BuildState {
  std::atomic<BuildProgress::Phase> phase{BuildProgress::Phase::kWaiting};
  std::atomic<uint64_t> source_bytes{0};
  BuildCounts counts;

  // `source_size`: of all sources.
  BuildProgress Progress(uint64_t source_size) const;
};

// What of the annotation indexes is not there yet. A broken source gives an index of what could be
// read of it, and its problems; an error is of the store, or the disk.
absl::Status BuildAnnotations(const DatasetGround& ground, const DatasetPlan& plan,
                              BuildState& state, const CallContext& context);

// Matches the images of now, and opens the dataset. REQUIRES: the indexes are there. `plan` is
// kept.
absl::StatusOr<std::shared_ptr<const IndexedDataset>> OpenMatched(
    const DatasetGround& ground, const std::shared_ptr<const DatasetPlan>& plan, BuildState& state,
    const CallContext& context);

}  // namespace annofs
