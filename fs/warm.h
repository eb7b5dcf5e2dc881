// Brings files of a tree into the block cache, many at once. What is there already costs a look
// into its index, so that a warm that was ended is gone on with by running it again.
//
// One thread adds; its walk runs ahead of the readers as far as the queue is long, 8 bytes an
// object, so that what there is to do is soon known and memory is bounded whatever is added.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/base/worker_pool.h"
#include "cache/block_cache.h"
#include "cache/object_reader.h"
#include "fs/file_finder.h"
#include "fs/filesystem.h"
#include "fs/row_set.h"
#include "fs/write_pace.h"

namespace annofs {

inline constexpr size_t kMostNamedFailures = 10;

struct WarmOptions {
  enum class Action {
    kFetch,
    kCount  // only says what it would take: no request but listings
  } action = Action::kFetch;
  Keep keep = Keep::kEvictable;
  size_t readers = 64;       // requests at once
  size_t queue = 1'000'000;  // objects that wait for a reader
  // Bytes that are fetched and not yet written: less than the cache's queue holds
  // (CacheDirOptions::queue_bytes).
  uint64_t unwritten = 24 << 20;
  Tree* names = nullptr;   // where paths are looked up; nullptr: in the filesystem
  std::string views_name;  // as of FileFinderOptions
  absl::Duration timeout = absl::Seconds(60);  // of one lookup or listing
  const Cancellation* cancellation = nullptr;  // outlives the warmer; ends it soon
};

struct WarmFailure {
  std::string path;
  std::string reason;
};

struct WarmProgress {
  uint64_t objects = 0;               // found so far, each once however many names it has
  uint64_t bytes = 0;                 // of these
  uint64_t made = 0;                  // files found that are made when they are read
  uint64_t cached = 0;                // objects that were there
  uint64_t missing_objects = 0;       // the others, to be fetched or only to be pinned
  FetchCost missing;                  // what these take
  uint64_t fetched = 0;               // objects
  FetchCost cost;                     // what was fetched
  uint64_t failed = 0;                // objects, directories and paths
  std::vector<WarmFailure> failures;  // the first of them

  // Objects and files that need nothing more.
  uint64_t done() const { return made + cached + fetched; }
};

class Warmer {
 public:
  // `blocks`: the cache that the tree reads through. Both outlive the warmer.
  Warmer(Filesystem& tree, BlockCache& blocks, const WarmOptions& options);
  ~Warmer();  // as Finish()

  // What FileFinder::Find() finds of `path`. Waits while the queue is full. What goes wrong is
  // counted, also a path that nothing has; the only error is kCancelled.
  absl::Status Add(absl::string_view path);
  // The same of a path as TsvEscape() writes it.
  absl::Status AddEscaped(absl::string_view line);
  // Waits until all that was added is fetched, or has failed, and is written. After a cancellation
  // only for what is on its way.
  void Finish();
  // Any thread, any time.
  WarmProgress Progress() const;
  // After Finish(): bytes of what was fetched that the cache has not, or not pinned: they were
  // evicted, could not be pinned, or the disk refused them.
  uint64_t NotKept();

 private:
  absl::Status Plan(absl::string_view path, const NodeAttr& file);
  absl::Status Enqueue(NodeId object);
  // Bytes of it that the cache has not, or not pinned.
  uint64_t Missing(const ObjectVersion& version) const;
  void ReadAll();
  bool TakeNext(NodeId& object);
  void Fetch(NodeId object);
  void Fail(absl::string_view path, const absl::Status& status);
  bool cancelled() const {
    return options_.cancellation != nullptr && options_.cancellation->cancelled();
  }

  Filesystem& tree_;
  BlockCache& blocks_;
  const WarmOptions options_;
  FileFinder finder_;  // of the thread that adds
  WritePace pace_;

  mutable absl::Mutex mutex_;
  RowSet seen_ ABSL_GUARDED_BY(mutex_);     // objects that were found
  RowSet fetched_ ABSL_GUARDED_BY(mutex_);  // of these
  std::deque<NodeId> queue_ ABSL_GUARDED_BY(mutex_);
  size_t reading_ ABSL_GUARDED_BY(mutex_) = 0;  // readers
  WarmProgress progress_ ABSL_GUARDED_BY(mutex_);

  WorkerPool pool_;  // last: its jobs use the rest
};

}  // namespace annofs
