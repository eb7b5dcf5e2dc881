#include "cache/indexer.h"

#include <algorithm>
#include <atomic>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/status.h"
#include "cache/directory_lister.h"
#include "cache/index_queue.h"
#include "cache/index_tasks.h"
#include "cache/index_writer.h"
#include "cache/snapshot.h"

namespace annofs {
namespace {

// The threads that ask the store.
class Askers {
 public:
  Askers(ObjectStore& store, IndexQueue& queue, const IndexOptions& options,
         const CallContext& context)
      : store_(store), queue_(queue), page_names_(options.page_names), context_(context) {
    context_.cancellation = &stop_;
    for (int i = 0; i < options.requests_at_once; ++i) threads_.emplace_back([this] { Work(); });
  }
  ~Askers() {
    stop_.Cancel();
    queue_.Close();
    for (std::thread& thread : threads_) thread.join();
  }

  uint64_t requests() const { return requests_; }

 private:
  void Work() {
    while (const std::shared_ptr<IndexJob> job = queue_.Take()) ListPages(job);
  }

  void ListPages(const std::shared_ptr<IndexJob>& job) {
    ListRequest request;
    request.prefix = job->prefix;
    request.recursive = job->task.kind != IndexTask::Kind::kExpand;
    if (job->task.kind == IndexTask::Kind::kRange) {
      request.after = KeyAfter(job->prefix, job->task.after);
    }
    request.max = page_names_;
    do {
      ++requests_;
      absl::StatusOr<ListPage> page = store_.List(request, context_);
      if (!page.ok()) page = ListFailure(page.status(), job->prefix);
      const bool is_last = !page.ok() || page->next.empty() || IsBehind(*job, *page);
      std::string next = page.ok() ? page->next : "";
      if (page.ok() && next == request.start && !is_last) {
        page = absl::InternalError(absl::StrCat("the store lists ", job->prefix, " in a circle"));
      }
      if (!queue_.Deliver({.job = job, .page = std::move(page)}) || is_last) return;
      request.start = std::move(next);
    } while (!queue_.IsAbandoned(*job));
  }

  // Nothing of the task comes after this page.
  bool IsBehind(const IndexJob& job, const ListPage& page) {
    const std::string bound = queue_.Bound(job);
    return !bound.empty() && !page.objects.empty() && page.objects.back().key >= bound;
  }

  ObjectStore& store_;
  IndexQueue& queue_;
  const uint32_t page_names_;
  CallContext context_;
  Cancellation stop_;
  std::atomic<uint64_t> requests_{0};
  std::vector<std::thread> threads_;
};

uint64_t ObjectsOfLastIndex(Lmdb& lmdb, absl::string_view identity) {
  const auto snapshots = ListSnapshots(lmdb, identity);
  const SnapshotInfo* newest = snapshots.ok() ? NewestIndex(*snapshots) : nullptr;
  return newest == nullptr ? 0 : newest->objects;
}

// Lists and writes until everything is there.
absl::StatusOr<SnapshotInfo> Build(Lmdb& lmdb, ObjectStore& store, const IndexOptions& options,
                                   const Mount& mount, IndexProgress progress,
                                   absl::FunctionRef<void(const IndexProgress&)> report,
                                   const CallContext& context) {
  IndexQueue queue;
  IndexWriter writer(lmdb, queue, mount, options);
  RETURN_IF_ERROR(writer.Start());
  Askers askers(store, queue, options, context);
  const absl::Time begun = context.clock->Now();
  absl::Time next_report = begun + options.report_period;
  const auto tell = [&] {
    writer.AddTo(progress);
    progress.requests = askers.requests();
    progress.elapsed = context.clock->Now() - begun;
    report(progress);
  };
  for (;;) {
    if (writer.done()) {
      ASSIGN_OR_RETURN(const bool more, writer.ListMissing());
      if (!more) break;
    }
    RETURN_IF_ERROR(context.Check());
    std::vector<IndexPage> pages = queue.TakePages(options.report_period);
    for (const IndexPage& page : pages) RETURN_IF_ERROR(page.page.status());
    if (!pages.empty()) RETURN_IF_ERROR(writer.Write(pages));
    if (context.clock->Now() < next_report) continue;
    next_report = context.clock->Now() + options.report_period;
    tell();
  }
  ASSIGN_OR_RETURN(const SnapshotInfo info, writer.Complete(context.clock->Now()));
  tell();
  return info;
}

}  // namespace

RequestRange IndexRequests(uint64_t objects, uint32_t page_names) {
  const uint64_t least = std::max<uint64_t>(1, (objects + page_names - 1) / page_names);
  if (least <= kUncutPages) return {.least = least, .most = least};
  return {.least = least, .most = 2 * least + kMostCuts + kMostDeepCuts * kDeepCutRequests};
}

absl::StatusOr<SnapshotInfo> BuildIndex(Lmdb& lmdb, ObjectStore& store, const IndexOptions& options,
                                        absl::FunctionRef<void(const IndexProgress&)> report,
                                        const CallContext& context) {
  IndexProgress progress;
  progress.expected = ObjectsOfLastIndex(lmdb, store.identity());
  ASSIGN_OR_RETURN(const Mount mount, BeginIndex(lmdb, store.identity(), context.clock->Now()));
  RETURN_IF_ERROR(lmdb.View([&](const LmdbReader& txn) {
    progress.resumed = !TasksOf(txn, mount.source, mount.snapshot.number).empty();
    return absl::OkStatus();
  }));
  absl::StatusOr<SnapshotInfo> info = Build(lmdb, store, options, mount, progress, report, context);
  const absl::Status ended = EndMount(lmdb, mount);
  if (!ended.ok()) LogWarning(absl::StrCat("closing the index: ", ended.message()));
  return info;
}

}  // namespace annofs
