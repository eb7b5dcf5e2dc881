#include "cache/directory_lister.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/cache_dir.h"

namespace annofs {
namespace {

constexpr size_t kMaxUnfinished = 65536;  // listings that wait for somebody to go on with them

// The page was not listed for want of time or luck: the next asker goes on with it.
bool CanGoOn(const absl::Status& status) {
  return IsRetryable(status) || absl::IsCancelled(status) || absl::IsDeadlineExceeded(status);
}

// The one who listed for all wanted no more, or had no more time: that is no answer for others.
bool IsOnesOwn(const absl::Status& status) {
  return absl::IsCancelled(status) || absl::IsDeadlineExceeded(status);
}

}  // namespace

absl::Status ListFailure(const absl::Status& status, absl::string_view prefix) {
  const absl::Status annotated =
      Annotate(status, absl::StrCat("listing ", DirectoryForPeople(prefix)));
  return absl::IsNotFound(status) ? absl::UnavailableError(annotated.message()) : annotated;
}

std::optional<DirectoryLister::Progress> DirectoryLister::Find(RowId directory) {
  absl::MutexLock lock(&mutex_);
  const auto found = listings_.find(directory);
  return found == listings_.end() ? std::nullopt : found->second.progress;
}

absl::Status DirectoryLister::Advance(RowId directory, const std::string& prefix,
                                      const CallContext& context) {
  for (;;) {
    RETURN_IF_ERROR(context.Check());
    const auto mine = std::make_shared<Completion>();
    ListingBuilder* builder = nullptr;
    const std::shared_ptr<Completion> flight = Enter(directory, prefix, mine, builder);
    if (flight == mine) {
      const absl::Status status = ListPage(directory, *builder, context);
      Leave(directory, *builder, status);
      mine->Set(status);
      return status;
    }
    RETURN_IF_ERROR(flight->Wait(context));
    const absl::Status result = flight->result();
    if (result.ok() || !IsOnesOwn(result)) return result;
  }
}

absl::StatusOr<Head> DirectoryLister::ListAside(RowId directory, const std::string& prefix,
                                                const CallContext& context) {
  const auto builder = NewBuilder(directory, prefix, ListingBuilder::Target::Show::kAside);
  while (!builder->done()) {
    const absl::Status status = AddPage(*builder, context);
    if (status.ok()) continue;
    builder->Discard(lmdb_).IgnoreError();  // what stays is garbage once this process has ended
    return status;
  }
  return builder->head();
}

std::unique_ptr<ListingBuilder> DirectoryLister::NewBuilder(
    RowId directory, const std::string& prefix, ListingBuilder::Target::Show show) const {
  const bool past = mount_.snapshot.kind == SnapshotInfo::Kind::kPast;
  return std::make_unique<ListingBuilder>(ListingBuilder::Target{
      .source = mount_.source,
      .snapshot = mount_.snapshot.number,
      .directory = directory,
      .prefix = prefix,
      .time = past ? ListingBuilder::Target::Time::kPast : ListingBuilder::Target::Time::kNow,
      .show = show});
}

// Who lists the next page: `mine`, with the builder, if nobody did.
std::shared_ptr<Completion> DirectoryLister::Enter(RowId directory, const std::string& prefix,
                                                   const std::shared_ptr<Completion>& mine,
                                                   ListingBuilder*& builder) {
  absl::MutexLock lock(&mutex_);
  MakeRoom();
  Listing& listing = listings_[directory];
  if (listing.flight != nullptr) return listing.flight;
  if (listing.builder == nullptr) {
    listing.builder = NewBuilder(directory, prefix, ListingBuilder::Target::Show::kSnapshot);
  }
  listing.flight = mine;
  builder = listing.builder.get();
  return mine;
}

void DirectoryLister::Leave(RowId directory, const ListingBuilder& builder,
                            const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  const auto found = listings_.find(directory);
  Listing& listing = found->second;
  listing.flight = nullptr;
  const bool nothing_yet = !listing.progress.has_value() && !status.ok();
  if (builder.done() || nothing_yet || !(status.ok() || CanGoOn(status))) {
    listings_.erase(found);
  } else if (status.ok()) {
    listing.progress =
        Progress{.head = builder.head(), .last = builder.last(), .settled = builder.settled()};
  }
}

// Forgets a listing that nobody goes on with; who asks again begins with its first page.
void DirectoryLister::MakeRoom() {
  if (listings_.size() < kMaxUnfinished) return;
  for (auto listing = listings_.begin(); listing != listings_.end(); ++listing) {
    if (listing->second.flight != nullptr) continue;
    listings_.erase(listing);
    return;
  }
}

// Another asker may have finished between the caller's look into the catalog and Enter().
absl::Status DirectoryLister::ListPage(RowId directory, ListingBuilder& builder,
                                       const CallContext& context) {
  bool listed = false;
  RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) {
    listed = FindHead(txn, mount_.source, mount_.snapshot.number, directory).has_value();
    return absl::OkStatus();
  }));
  if (listed) return absl::OkStatus();
  const absl::Status status = AddPage(builder, context);
  if (!status.ok() && !CanGoOn(status)) builder.Discard(lmdb_).IgnoreError();
  return status;
}

absl::Status DirectoryLister::AddPage(ListingBuilder& builder, const CallContext& context) {
  RETURN_IF_ERROR(context.Check());
  ListRequest request;
  request.prefix = builder.prefix();
  request.start = builder.next();
  request.max = page_names_;
  if (mount_.snapshot.kind == SnapshotInfo::Kind::kPast) request.at = mount_.snapshot.at;
  absl::StatusOr<annofs::ListPage> page = store_.List(request, context);
  if (!page.ok()) return ListFailure(page.status(), builder.prefix());
  return builder.AddPage(lmdb_, *page);
}

}  // namespace annofs
