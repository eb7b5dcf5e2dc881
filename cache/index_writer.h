// Writes an index down as its pages come, and cuts its tasks so that no thread is without work. Not
// thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/catalog_batch.h"
#include "cache/index_queue.h"
#include "cache/index_tasks.h"
#include "cache/indexer.h"
#include "cache/lmdb.h"
#include "cache/snapshot.h"

namespace annofs {

class IndexWriter {
 public:
  // Everything given outlives the writer.
  IndexWriter(Lmdb& lmdb, IndexQueue& queue, const Mount& mount, const IndexOptions& options)
      : lmdb_(lmdb), queue_(queue), mount_(mount), info_(mount.snapshot), options_(options) {}

  // Pushes the tasks that an interrupted index has left, else the first one.
  absl::Status Start();
  // Writes down pages, in one transaction; pushes what they leave to be done.
  absl::Status Write(std::vector<IndexPage>& pages);
  bool done() const { return jobs_.empty(); }
  // Pushes tasks for directories that are shown and have no listing; false if there are none.
  // REQUIRES: done().
  absl::StatusOr<bool> ListMissing();
  // The index is complete. REQUIRES: done(), and ListMissing() answered false.
  absl::StatusOr<SnapshotInfo> Complete(absl::Time now);

  void AddTo(IndexProgress& progress) const;

 private:
  using Job = std::shared_ptr<IndexJob>;

  absl::StatusOr<Job> NewJob(const LmdbReader& txn, IndexTask task);
  absl::Status AddTask(CatalogBatch& batch, IndexTask task);
  absl::Status WriteAll(LmdbWriter& txn, std::vector<IndexPage>& pages);
  absl::Status WritePage(CatalogBatch& batch, IndexPage& page);
  absl::Status AddNames(CatalogBatch& batch, IndexJob& job, const ListPage& page, bool& at_end);
  absl::Status FinishJob(CatalogBatch& batch, IndexJob& job);
  absl::Status FindMissing(const LmdbReader& txn, std::vector<RowId>& missing) const;
  absl::Status RemoveJob(CatalogBatch& batch, IndexJob& job);
  absl::Status Record(CatalogBatch& batch, IndexJob& job);
  absl::Status KeepThreadsBusy(CatalogBatch& batch);
  absl::StatusOr<bool> Cut(CatalogBatch& batch, IndexJob& job);
  absl::StatusOr<bool> CutRest(CatalogBatch& batch, IndexJob& job);
  absl::StatusOr<bool> CutDeep(CatalogBatch& batch, IndexJob& job);
  size_t IdleThreads() { return queue_.Idle() > added_.size() ? queue_.Idle() - added_.size() : 0; }

  Lmdb& lmdb_;
  IndexQueue& queue_;
  const Mount& mount_;
  SnapshotInfo info_;
  const IndexOptions& options_;
  std::vector<Job> jobs_;   // not finished
  std::vector<Job> added_;  // to be pushed once the transaction is committed
  uint64_t next_task_ = 1;
  uint64_t tasks_ = 0;
  bool resumed_ = false;
  int cuts_ = 0;
  int deep_cuts_ = 0;
};

}  // namespace annofs
