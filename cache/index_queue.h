// Between the threads that ask the store for names and the one that writes them down: tasks one
// way, pages the other. Thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/index_tasks.h"
#include "cache/listing_builder.h"
#include "cache/store/object_store.h"
#include "cache/tree_assembler.h"

namespace annofs {

// A task under way. `task.until` is guarded by the queue once the job was pushed; the other parts
// belong to the writer.
struct IndexJob {
  IndexTask task;
  std::string prefix;  // key of the directory
  bool abandoned = false;
  std::unique_ptr<TreeAssembler> assembler;  // kTree, kRange
  std::unique_ptr<ListingBuilder> builder;   // kExpand
  ListingNumber listing = 0;                 // kRange: of the directory
  uint64_t cut_at = 0;                       // pages when it was last cut
  IndexTask recorded;
};

struct IndexPage {
  std::shared_ptr<IndexJob> job;
  absl::StatusOr<ListPage> page;
};

class IndexQueue {
 public:
  void Push(std::shared_ptr<IndexJob> job);
  // Waits; nullptr once the queue is closed.
  std::shared_ptr<IndexJob> Take();
  // Waits while many pages are not yet written down. False once the queue is closed.
  bool Deliver(IndexPage page);
  // All that have come; waits for the first one, up to `most`.
  std::vector<IndexPage> TakePages(absl::Duration most);
  void Close();

  // The key before which a task's names end; "" for none.
  std::string Bound(const IndexJob& job);
  void SetUntil(IndexJob& job, std::string until);
  // Nobody lists more of it.
  void Abandon(IndexJob& job);
  bool IsAbandoned(const IndexJob& job);

  // Threads that have nothing to do.
  size_t Idle();

 private:
  absl::Mutex mutex_;
  std::deque<std::shared_ptr<IndexJob>> jobs_ ABSL_GUARDED_BY(mutex_);
  std::vector<IndexPage> pages_ ABSL_GUARDED_BY(mutex_);
  size_t waiting_ ABSL_GUARDED_BY(mutex_) = 0;
  bool closed_ ABSL_GUARDED_BY(mutex_) = false;
};

}  // namespace annofs
