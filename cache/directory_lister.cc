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
      const std::unique_ptr<ListingBuilder> useless = Leave(directory, status);
      mine->Set(status);
      if (useless != nullptr) useless->Discard(lmdb_).IgnoreError();  // EndMount() does it, then
      return status;
    }
    RETURN_IF_ERROR(flight->Wait(context));
    const absl::Status result = flight->result();
    if (result.ok() || !IsOnesOwn(result)) return result;
  }
}

absl::StatusOr<Head> DirectoryLister::ListAside(RowId directory, const std::string& prefix,
                                                const Head& shown, const CallContext& context) {
  const auto builder = NewBuilder(directory, prefix, ListingBuilder::Target::Show::kAside);
  while (!builder->done()) {
    absl::StatusOr<annofs::ListPage> page = GetPage(*builder, context);
    if (page.ok() && builder->next().empty() && page->next.empty()) {
      ASSIGN_OR_RETURN(const bool is_same, IsShown(*page, directory, prefix, shown));
      if (is_same) return shown;
    }
    const absl::Status status = page.ok() ? builder->AddPage(lmdb_, *page) : page.status();
    if (status.ok()) continue;
    builder->Discard(lmdb_).IgnoreError();  // EndMount() does it, then
    return status;
  }
  if (builder->head().listing == shown.listing) {
    RETURN_IF_ERROR(builder->Discard(lmdb_));
    return shown;
  }
  return builder->head();
}

// Whether the page is all of a listing that is the directory's latest, too.
absl::StatusOr<bool> DirectoryLister::IsShown(const annofs::ListPage& page, RowId directory,
                                              const std::string& prefix, const Head& shown) {
  bool is_same = false;
  RETURN_IF_ERROR(lmdb_.View([&](const LmdbReader& txn) -> absl::Status {
    const auto latest = FindHead(txn, mount_.source, kLatest, directory);
    if (!latest.has_value() || latest->listing != shown.listing) return absl::OkStatus();
    ASSIGN_OR_RETURN(is_same, IsWholeListing(txn, mount_.source, shown, prefix, page));
    return absl::OkStatus();
  }));
  return is_same;
}

std::unique_ptr<ListingBuilder> DirectoryLister::NewBuilder(
    RowId directory, const std::string& prefix, ListingBuilder::Target::Show show) const {
  const bool past = mount_.snapshot.kind == SnapshotInfo::Kind::kPast;
  return std::make_unique<ListingBuilder>(ListingBuilder::Target{
      .source = mount_.source,
      .snapshot = mount_.snapshot.number,
      .mount = mount_.number,
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
  if (!listings_.contains(directory)) MakeRoom();
  Listing& listing = listings_[directory];
  if (listing.flight != nullptr) return listing.flight;
  if (listing.builder == nullptr) {
    listing.builder = NewBuilder(directory, prefix, ListingBuilder::Target::Show::kSnapshot);
  }
  listing.flight = mine;
  builder = listing.builder.get();
  return mine;
}

// Answers the builder that is of no more use: to be discarded.
std::unique_ptr<ListingBuilder> DirectoryLister::Leave(RowId directory,
                                                       const absl::Status& status) {
  absl::MutexLock lock(&mutex_);
  const auto found = listings_.find(directory);
  Listing& listing = found->second;
  listing.flight = nullptr;
  std::unique_ptr<ListingBuilder> useless;
  if (listing.builder->done()) {
    useless = std::move(listing.refused);
    listings_.erase(found);
  } else if (status.ok()) {
    listing.progress = Progress{.head = listing.builder->head(),
                                .last = listing.builder->last(),
                                .settled = listing.builder->settled()};
  } else if (!CanGoOn(status)) {
    listing.progress.reset();
    useless = std::move(listing.builder);
    const std::string known = listing.refused == nullptr ? "" : listing.refused->committed();
    const bool is_better = useless->committed() > known;
    if (is_better) std::swap(useless, listing.refused);
  }
  return useless;
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
  return listed ? builder.Discard(lmdb_) : AddPage(builder, context);
}

absl::Status DirectoryLister::AddPage(ListingBuilder& builder, const CallContext& context) {
  ASSIGN_OR_RETURN(const annofs::ListPage page, GetPage(builder, context));
  return builder.AddPage(lmdb_, page);
}

// The page after builder.next().
absl::StatusOr<annofs::ListPage> DirectoryLister::GetPage(const ListingBuilder& builder,
                                                          const CallContext& context) {
  RETURN_IF_ERROR(context.Check());
  ListRequest request;
  request.prefix = builder.prefix();
  request.start = builder.next();
  request.max = page_names_;
  if (mount_.snapshot.kind == SnapshotInfo::Kind::kPast) request.at = mount_.snapshot.at;
  absl::StatusOr<annofs::ListPage> page = store_.List(request, context);
  if (!page.ok()) return ListFailure(page.status(), builder.prefix());
  return page;
}

}  // namespace annofs
