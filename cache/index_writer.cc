#include "cache/index_writer.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"

namespace annofs {
namespace {

// What a deep cut may waste: pages of the innermost directory, and listings of those around it.
constexpr uint64_t kWastedPages = 8;
constexpr size_t kWastedListings = 8;
// Directories that are listed again at once, at the end.
constexpr size_t kMostMissing = 10000;

// The order key of an open directory among its siblings.
std::string OrderKeyOf(const TreeAssembler::Open& child, const TreeAssembler::Open& parent) {
  return child.prefix.substr(parent.prefix.size());
}

}  // namespace

absl::Status IndexWriter::Start() {
  std::vector<IndexTask> tasks;
  RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) {
    tasks = TasksOf(txn, mount_.source, info_.number);
    return absl::OkStatus();
  }));
  RETURN_IF_ERROR(lmdb_.Update([&](LmdbWriter& txn) -> absl::Status {
    CatalogBatch batch(txn, mount_.source);
    // Without any, but not complete: it was interrupted at its very end.
    resumed_ = !tasks.empty() || info_.directories != 0;
    if (tasks.empty() && info_.directories == 0) tasks.push_back({.directory = kRootRow});
    for (IndexTask& task : tasks) {
      if (task.number != 0) {
        RETURN_IF_ERROR(DeleteTask(txn, mount_.source, info_.number, task.number));
        next_task_ = std::max(next_task_, task.number + 1);
      }
    }
    for (IndexTask& task : tasks) RETURN_IF_ERROR(AddTask(batch, std::move(task)));
    return batch.Finish();
  }));
  for (Job& job : std::exchange(added_, {})) queue_.Push(std::move(job));
  return absl::OkStatus();
}

absl::Status IndexWriter::Write(std::vector<IndexPage>& pages) {
  RETURN_IF_ERROR(lmdb_.Update([&](LmdbWriter& txn) { return WriteAll(txn, pages); }));
  for (Job& job : std::exchange(added_, {})) queue_.Push(std::move(job));
  return absl::OkStatus();
}

absl::Status IndexWriter::WriteAll(LmdbWriter& txn, std::vector<IndexPage>& pages) {
  CatalogBatch batch(txn, mount_.source);
  for (IndexPage& page : pages) RETURN_IF_ERROR(WritePage(batch, page));
  RETURN_IF_ERROR(KeepThreadsBusy(batch));
  for (const Job& job : jobs_) RETURN_IF_ERROR(Record(batch, *job));
  RETURN_IF_ERROR(
      txn.Put(kSnapshotsTable, SnapshotKey(mount_.source, info_.number), EncodeSnapshot(info_)));
  return batch.Finish();
}

absl::Status IndexWriter::WritePage(CatalogBatch& batch, IndexPage& page) {
  IndexJob& job = *page.job;
  if (job.abandoned) return absl::OkStatus();
  bool at_end = false;
  RETURN_IF_ERROR(AddNames(batch, job, *page.page, at_end));
  return at_end || page.page->next.empty() ? FinishJob(batch, job) : absl::OkStatus();
}

absl::Status IndexWriter::AddNames(CatalogBatch& batch, IndexJob& job, const ListPage& page,
                                   bool& at_end) {
  if (job.builder != nullptr) return job.builder->AddAll(batch, page);
  const std::string bound = queue_.Bound(job);
  job.assembler->NextPage();
  for (const ObjectVersion& object : page.objects) {
    at_end = !bound.empty() && object.key >= bound;
    if (at_end) break;
    RETURN_IF_ERROR(job.assembler->Add(batch, object));
  }
  return absl::OkStatus();
}

absl::Status IndexWriter::FinishJob(CatalogBatch& batch, IndexJob& job) {
  if (job.assembler != nullptr) {
    RETURN_IF_ERROR(job.assembler->Finish(batch));
    info_.objects += job.assembler->objects();
    info_.directories += job.assembler->directories();
    return RemoveJob(batch, job);
  }
  RETURN_IF_ERROR(job.builder->Finish(batch));
  RETURN_IF_ERROR(batch.Flush());  // its rows are read now
  ++info_.directories;
  const IndexTask children{
      .kind = IndexTask::Kind::kRange, .directory = job.task.directory, .after = job.task.after};
  const size_t most =
      std::clamp<size_t>(IdleThreads() + 1, 1, static_cast<size_t>(options_.requests_at_once));
  ASSIGN_OR_RETURN(
      std::vector<IndexTask> ranges,
      CutRange(batch.txn(), mount_.source, job.builder->head().listing, children, most));
  for (IndexTask& range : ranges) RETURN_IF_ERROR(AddTask(batch, std::move(range)));
  return RemoveJob(batch, job);
}

absl::Status IndexWriter::RemoveJob(CatalogBatch& batch, IndexJob& job) {
  queue_.Abandon(job);
  const uint64_t number = job.task.number;
  jobs_.erase(std::find_if(jobs_.begin(), jobs_.end(),
                           [&](const Job& each) { return each.get() == &job; }));
  return DeleteTask(batch.txn(), mount_.source, info_.number, number);
}

absl::Status IndexWriter::AddTask(CatalogBatch& batch, IndexTask task) {
  task.number = next_task_++;
  RETURN_IF_ERROR(PutTask(batch.txn(), mount_.source, info_.number, task));
  ASSIGN_OR_RETURN(Job job, NewJob(batch.txn(), std::move(task)));
  jobs_.push_back(job);
  added_.push_back(std::move(job));
  ++tasks_;
  return absl::OkStatus();
}

absl::StatusOr<IndexWriter::Job> IndexWriter::NewJob(const LmdbReader& txn, IndexTask task) {
  auto job = std::make_shared<IndexJob>();
  ASSIGN_OR_RETURN(job->prefix, KeyOf(txn, mount_.source, task.directory));
  TreeAssembler::Root root{.source = mount_.source,
                           .snapshot = info_.number,
                           .mount = mount_.number,
                           .directory = task.directory,
                           .prefix = job->prefix};
  switch (task.kind) {
    case IndexTask::Kind::kTree:
      job->assembler = std::make_unique<TreeAssembler>(std::move(root));
      break;
    case IndexTask::Kind::kExpand:
      job->builder =
          std::make_unique<ListingBuilder>(ListingBuilder::Target{.source = mount_.source,
                                                                  .snapshot = info_.number,
                                                                  .mount = mount_.number,
                                                                  .directory = task.directory,
                                                                  .prefix = job->prefix});
      break;
    case IndexTask::Kind::kRange: {
      const auto head = FindHead(txn, mount_.source, info_.number, task.directory);
      if (!head.has_value()) {
        return absl::InternalError("the catalog is damaged: a range of a directory not listed");
      }
      job->listing = root.listing = head->listing;
      root.is = TreeAssembler::RootListing::kKnown;
      job->assembler = std::make_unique<TreeAssembler>(std::move(root));
      break;
    }
  }
  job->recorded = task;
  job->task = std::move(task);
  return job;
}

// How far a task is, so that an interrupted index does not begin it again.
absl::Status IndexWriter::Record(CatalogBatch& batch, IndexJob& job) {
  if (job.builder != nullptr) return job.builder->Save(batch);
  RETURN_IF_ERROR(job.assembler->Save(batch));
  IndexTask now = job.task;
  if (!job.assembler->done().empty()) {
    now.after = job.assembler->done();
    // The children up to there are done; the directory's own listing is not.
    if (now.kind == IndexTask::Kind::kTree) now.kind = IndexTask::Kind::kExpand;
  }
  if (now.after == job.recorded.after && now.until == job.recorded.until) return absl::OkStatus();
  job.recorded = now;
  return PutTask(batch.txn(), mount_.source, info_.number, now);
}

absl::Status IndexWriter::KeepThreadsBusy(CatalogBatch& batch) {
  if (IdleThreads() == 0) return absl::OkStatus();
  RETURN_IF_ERROR(batch.Flush());
  const std::vector<Job> candidates = jobs_;
  for (const Job& job : candidates) {
    if (IdleThreads() == 0) break;
    RETURN_IF_ERROR(Cut(batch, *job).status());
  }
  return absl::OkStatus();
}

absl::StatusOr<bool> IndexWriter::Cut(CatalogBatch& batch, IndexJob& job) {
  if (job.assembler == nullptr || job.assembler->pages() < job.cut_at + kUncutPages) return false;
  bool cut = false;
  if (job.task.kind == IndexTask::Kind::kRange) {
    ASSIGN_OR_RETURN(cut, CutRest(batch, job));
  }
  if (!cut) {
    ASSIGN_OR_RETURN(cut, CutDeep(batch, job));
  }
  job.cut_at = job.assembler->pages();  // also in vain: looking for what can be cut takes time
  return cut;
}

// Half of the subdirectories that the task has not come to become a task of their own.
absl::StatusOr<bool> IndexWriter::CutRest(CatalogBatch& batch, IndexJob& job) {
  const std::vector<TreeAssembler::Open>& open = job.assembler->open();
  if (cuts_ >= options_.most_cuts || open.size() < 2) return false;
  IndexTask rest = job.task;
  rest.after = OrderKeyOf(open[1], open[0]);
  ASSIGN_OR_RETURN(std::vector<IndexTask> halves,
                   CutRange(batch.txn(), mount_.source, job.listing, rest, 2));
  if (halves.empty()) return false;
  ++cuts_;
  // All keys of the directory that is open come before it with '0', the byte behind '/'.
  std::string until =
      halves.size() == 2 ? halves[0].until : rest.after.substr(0, rest.after.size() - 1) + "0";
  queue_.SetUntil(job, std::move(until));
  RETURN_IF_ERROR(AddTask(batch, std::move(halves.back())));
  return true;
}

// Every directory that is open becomes a task of its own: all but the innermost are listed without
// what is in their subdirectories, which become tasks then.
absl::StatusOr<bool> IndexWriter::CutDeep(CatalogBatch& batch, IndexJob& job) {
  const std::vector<TreeAssembler::Open>& open = job.assembler->open();
  const bool is_wasteful =
      open.size() > kWastedListings || job.assembler->pages() > open.back().page + kWastedPages;
  if (deep_cuts_ >= kMostDeepCuts || open.size() < 2 || is_wasteful) return false;
  ++deep_cuts_;
  RETURN_IF_ERROR(job.assembler->Save(batch));  // its rows keep their ids
  if (job.task.kind == IndexTask::Kind::kRange) {
    IndexTask rest = job.task;
    rest.after = OrderKeyOf(open[1], open[0]);
    ASSIGN_OR_RETURN(std::vector<IndexTask> left,
                     CutRange(batch.txn(), mount_.source, job.listing, rest, 1));
    for (IndexTask& task : left) RETURN_IF_ERROR(AddTask(batch, std::move(task)));
  }
  for (size_t i = 0; i < open.size(); ++i) {
    if (open[i].builder == nullptr) continue;
    IndexTask task{.directory = open[i].directory};
    if (i + 1 < open.size()) {
      task.kind = IndexTask::Kind::kExpand;
      task.after = OrderKeyOf(open[i + 1], open[i]);
    }
    RETURN_IF_ERROR(AddTask(batch, std::move(task)));
  }
  info_.objects += job.assembler->objects();
  info_.directories += job.assembler->directories();
  RETURN_IF_ERROR(RemoveJob(batch, job));
  return true;
}

// A directory that came or went while the directory around it was listed is in that listing, and in
// no range.
absl::StatusOr<bool> IndexWriter::ListMissing() {
  if (tasks_ == 1 && !resumed_) return false;
  std::vector<RowId> missing;
  RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) { return FindMissing(txn, missing); }));
  if (missing.empty()) return false;
  RETURN_IF_ERROR(lmdb_.Update([&](LmdbWriter& txn) -> absl::Status {
    CatalogBatch batch(txn, mount_.source);
    for (const RowId directory : missing) {
      RETURN_IF_ERROR(AddTask(batch, {.directory = directory}));
    }
    return batch.Finish();
  }));
  for (Job& job : std::exchange(added_, {})) queue_.Push(std::move(job));
  return true;
}

// Directories that a listing of the index shows, and that have none; the first kMostMissing.
absl::Status IndexWriter::FindMissing(const LmdbReader& txn, std::vector<RowId>& missing) const {
  absl::Status status;
  const std::string heads = HeadPrefix(mount_.source, info_.number);
  txn.Scan(kHeadsTable, heads, [&](absl::string_view key, absl::string_view value) {
    if (!absl::StartsWith(key, heads) || missing.size() >= kMostMissing) return false;
    const auto head = DecodeHead(value);
    if (!head.has_value()) return true;
    const IndexTask all{.kind = IndexTask::Kind::kRange};
    status = EachSubdirectory(txn, mount_.source, head->listing, all,
                              [&](const std::string&, const Row& row) {
                                if (!FindHead(txn, mount_.source, info_.number, row.id)) {
                                  missing.push_back(row.id);
                                }
                              });
    return status.ok();
  });
  return status;
}

absl::StatusOr<SnapshotInfo> IndexWriter::Complete(absl::Time now) {
  RETURN_IF_ERROR(lmdb_.Update([&](LmdbWriter& txn) -> absl::Status {
    CatalogBatch batch(txn, mount_.source);
    std::vector<std::string> marks;
    const std::string building = BuildingPrefix(mount_.source);
    txn.Scan(kMetaTable, building, [&](absl::string_view key, absl::string_view value) {
      if (!absl::StartsWith(key, building)) return false;
      if (SnapshotOfBuilding(value) == info_.number) marks.emplace_back(key);
      return true;
    });
    for (const std::string& mark : marks) {
      RETURN_IF_ERROR(txn.Delete(kMetaTable, mark));
      const BuildingMark of = ReadBuildingKey(mark);
      RETURN_IF_ERROR(batch.DropListing(of.directory, of.listing));
    }
    info_.objects = 0;
    info_.directories = 0;
    const std::string heads = HeadPrefix(mount_.source, info_.number);
    txn.Scan(kHeadsTable, heads, [&](absl::string_view key, absl::string_view value) {
      if (!absl::StartsWith(key, heads)) return false;
      const auto head = DecodeHead(value);
      if (head.has_value()) info_.objects += head->entries;
      ++info_.directories;
      return true;
    });
    info_.objects -= std::min(info_.objects, info_.directories - 1);  // they are entries, too
    info_.completed = now;
    return txn.Put(kSnapshotsTable, SnapshotKey(mount_.source, info_.number),
                   EncodeSnapshot(info_));
  }));
  return info_;
}

void IndexWriter::AddTo(IndexProgress& progress) const {
  progress.objects = info_.objects;
  progress.directories = info_.directories;
  for (const Job& job : jobs_) {
    if (job->assembler == nullptr) continue;
    progress.objects += job->assembler->objects();
    progress.directories += job->assembler->directories();
  }
  progress.ranges = tasks_;
  progress.ranges_done = tasks_ - jobs_.size();
}

}  // namespace annofs
