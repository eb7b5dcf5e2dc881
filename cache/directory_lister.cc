#include "cache/directory_lister.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/catalog_records.h"

namespace annofs {
namespace {

constexpr size_t kMaxUnfinished = 1024;  // listings that wait for somebody to go on with them

// The listing was not finished for want of time or luck: the next asker goes on where it stopped.
bool CanGoOn(const absl::Status& status) {
  return IsRetryable(status) || absl::IsCancelled(status) || absl::IsDeadlineExceeded(status);
}

// The one who listed for all wanted no more, or had no more time: that is no answer for others.
bool IsOnesOwn(const absl::Status& status) {
  return absl::IsCancelled(status) || absl::IsDeadlineExceeded(status);
}

// A store that cannot find the bucket says kNotFound; "no such name" is an answer that only a
// listing gives.
absl::Status ListFailure(const absl::Status& status, absl::string_view prefix) {
  const absl::Status annotated =
      Annotate(status, absl::StrCat("listing ", DirectoryForPeople(prefix)));
  return absl::IsNotFound(status) ? absl::UnavailableError(annotated.message()) : annotated;
}

}  // namespace

absl::StatusOr<std::vector<CatalogProblem>> DirectoryLister::List(RowId directory,
                                                                  const std::string& prefix,
                                                                  const CallContext& context) {
  for (;;) {
    RETURN_IF_ERROR(context.Check());
    const auto mine = std::make_shared<Completion>();
    const std::shared_ptr<Completion> flight = Enter(directory, mine);
    if (flight == mine) {
      Problems problems = ListUnlessListed(directory, prefix, context);
      Leave(directory);
      mine->Set(problems.status());
      return problems;
    }
    RETURN_IF_ERROR(flight->Wait(context));
    const absl::Status result = flight->result();
    if (result.ok()) return std::vector<CatalogProblem>();
    if (!IsOnesOwn(result)) return result;
  }
}

// Who lists the directory: `mine` if nobody did.
std::shared_ptr<Completion> DirectoryLister::Enter(RowId directory,
                                                   const std::shared_ptr<Completion>& mine) {
  absl::MutexLock lock(&mutex_);
  return flights_.try_emplace(directory, mine).first->second;
}

void DirectoryLister::Leave(RowId directory) {
  absl::MutexLock lock(&mutex_);
  flights_.erase(directory);
}

// Another asker may have finished between the caller's look into the catalog and Enter().
DirectoryLister::Problems DirectoryLister::ListUnlessListed(RowId directory,
                                                            const std::string& prefix,
                                                            const CallContext& context) {
  bool listed = false;
  RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) {
    listed = FindHead(txn, snapshot_.source, snapshot_.number, directory).has_value();
    return absl::OkStatus();
  }));
  if (listed) return std::vector<CatalogProblem>();
  return ListPages(directory, prefix, context);
}

DirectoryLister::Problems DirectoryLister::ListPages(RowId directory, const std::string& prefix,
                                                     const CallContext& context) {
  std::unique_ptr<ListingBuilder> builder = BuilderOf(directory, prefix);
  absl::Status status;
  while (status.ok() && !builder->done()) status = AddPage(*builder, context);
  if (status.ok()) return builder->problems();
  if (!CanGoOn(status) || !Keep(directory, builder)) {
    builder->Discard(lmdb_).IgnoreError();  // what stays is garbage once this process has ended
  }
  return status;
}

absl::Status DirectoryLister::AddPage(ListingBuilder& builder, const CallContext& context) {
  RETURN_IF_ERROR(context.Check());
  ListRequest request;
  request.prefix = builder.prefix();
  request.start = builder.next();
  request.max = page_names_;
  absl::StatusOr<ListPage> page = store_.List(request, context);
  if (!page.ok()) return ListFailure(page.status(), builder.prefix());
  return builder.Add(lmdb_, *page);
}

// The one that was left unfinished, else a new one.
std::unique_ptr<ListingBuilder> DirectoryLister::BuilderOf(RowId directory,
                                                           const std::string& prefix) {
  absl::MutexLock lock(&mutex_);
  auto kept = unfinished_.extract(directory);
  if (!kept.empty()) return std::move(kept.mapped());
  return std::make_unique<ListingBuilder>(ListingBuilder::Target{.source = snapshot_.source,
                                                                 .snapshot = snapshot_.number,
                                                                 .directory = directory,
                                                                 .prefix = prefix});
}

// False, and `builder` stays the caller's, if too many are kept.
bool DirectoryLister::Keep(RowId directory, std::unique_ptr<ListingBuilder>& builder) {
  absl::MutexLock lock(&mutex_);
  if (unfinished_.size() >= kMaxUnfinished) return false;
  unfinished_.insert_or_assign(directory, std::move(builder));
  return true;
}

}  // namespace annofs
