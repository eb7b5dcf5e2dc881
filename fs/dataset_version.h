// One version of one dataset: what it is made from, and its index, built when first opened. Thread
// safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cache/catalog.h"
#include "cache/object_reader.h"
#include "fs/build_pool.h"
#include "fs/dataset_index.h"
#include "fs/discovery.h"
#include "fs/index_builder.h"
#include "fs/without_images.h"

namespace annofs {

// What discovery knows of a dataset before it is opened.
struct DatasetEntry {
  std::string name;       // of its directory; unique, safe
  std::string version;    // hash of source versions
  absl::Time modified;    // newest of its sources
  uint64_t revision = 0;  // 0: as the first search of the mount found it; each later one is another
  std::vector<std::string> views;  // globs of those that are shown (ViewOptions::views)
};

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

// How far a build has come. Bytes are those that were read of the source; of a zip not all of them
// are.
struct BuildProgress {
  enum class Phase { kWaiting, kReading, kWriting, kMatching } phase = Phase::kWaiting;
  uint64_t source_bytes = 0, source_size = 0;
  uint64_t frames = 0, shapes = 0;
};
// "reading, 12 %: 340 frames, 5000 annotations".
std::string DescribeProgress(const BuildProgress& progress);

class DatasetVersion : public std::enable_shared_from_this<DatasetVersion> {
 public:
  // `others`: sources of the same task, poorer.
  DatasetVersion(const DatasetGround& ground, DatasetEntry entry, FoundSource source,
                 std::vector<FoundSource> others);

  const DatasetEntry& entry() const { return entry_; }
  // The object that is read, where images in it lie (Frame::inner).
  const ObjectVersion& source() const { return source_.object; }

  // Waits for the build up to the deadline; the build goes on. A broken source gives a dataset with
  // what could be read and its problems. kUnavailable, kPermissionDenied…: the store failed; tried
  // again at the next call.
  absl::StatusOr<std::shared_ptr<const IndexedDataset>> Open(const CallContext& context);
  bool is_open() const;
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
  absl::Status Ingest(const CallContext& context) const;
  // Whoever waits learns how far it is.
  absl::Status StillBuilding(const absl::Status& waited) const;
  void Adopt(Matched matched) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const DatasetGround& ground_;
  const DatasetEntry entry_;
  const FoundSource source_;
  const std::vector<FoundSource> others_;

  // Told by the build, one at a time.
  mutable std::atomic<BuildProgress::Phase> phase_{BuildProgress::Phase::kWaiting};
  mutable std::atomic<uint64_t> source_bytes_{0};
  mutable BuildCounts counts_;

  mutable absl::Mutex mutex_;
  State state_ ABSL_GUARDED_BY(mutex_) = State::kClosed;
  uint64_t attempts_ ABSL_GUARDED_BY(mutex_) = 0;  // builds that have ended
  absl::Status last_ ABSL_GUARDED_BY(mutex_);      // of the build that ended last
  Matched matched_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs
