// Lists directories of the store into the catalog, a page at a time: each page once per snapshot,
// however many ask at once. Thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/status.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"
#include "cache/catalog_records.h"
#include "cache/completion.h"
#include "cache/listing_builder.h"
#include "cache/lmdb.h"
#include "cache/snapshot.h"
#include "cache/store/object_store.h"

namespace annofs {

// The error of a list request, with the directory; never kNotFound, which a store answers that
// cannot find the bucket: "no such name" is an answer that only a listing gives.
absl::Status ListFailure(const absl::Status& status, absl::string_view prefix);

// A directory's key as a message shows it.
inline absl::string_view DirectoryForPeople(absl::string_view key) {
  return key.empty() ? "the root directory" : key;
}

class DirectoryLister {
 public:
  // Everything given outlives the lister.
  DirectoryLister(Lmdb& lmdb, ObjectStore& store, const Mount& mount, uint32_t page_names)
      : lmdb_(lmdb), store_(store), mount_(mount), page_names_(page_names) {}

  // What can be read of a directory that is being listed.
  struct Progress {
    Head head;
    std::string last;  // see ListingBuilder
    std::string settled;
  };
  // Nothing: it is not being listed, and has a head if it has been.
  std::optional<Progress> Find(RowId directory);

  // Lists one more page of `directory`, whose key is `prefix`, unless this snapshot has all of it.
  // The first asker lists on its thread and under its context; the others wait, each under its own,
  // and one of them goes on if the first had to give up. A failure that may pass leaves the pages
  // before it; after any other the listing begins anew.
  // Never kNotFound.
  absl::Status Advance(RowId directory, const std::string& prefix, const CallContext& context);

  // Lists the directory anew for somebody who will show it later. Answers `shown`, and has written
  // nothing, if that is what the store lists in one page; another listing stays marked as being
  // made.
  absl::StatusOr<Head> ListAside(RowId directory, const std::string& prefix, const Head& shown,
                                 const CallContext& context);

 private:
  struct Listing {
    std::unique_ptr<ListingBuilder> builder;  // used by who has the flight
    std::unique_ptr<ListingBuilder> refused;  // holds the ids of rows that were shown already
    std::optional<Progress> progress;
    std::shared_ptr<Completion> flight;  // nullptr: nobody lists a page now
  };

  std::unique_ptr<ListingBuilder> NewBuilder(RowId directory, const std::string& prefix,
                                             ListingBuilder::Target::Show show) const;
  std::shared_ptr<Completion> Enter(RowId directory, const std::string& prefix,
                                    const std::shared_ptr<Completion>& mine,
                                    ListingBuilder*& builder);
  std::unique_ptr<ListingBuilder> Leave(RowId directory, const absl::Status& status);
  void MakeRoom() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::Status ListPage(RowId directory, ListingBuilder& builder, const CallContext& context);
  absl::StatusOr<bool> IsShown(const annofs::ListPage& page, RowId directory,
                               const std::string& prefix, const Head& shown);
  absl::StatusOr<annofs::ListPage> GetPage(const ListingBuilder& builder,
                                           const CallContext& context);
  absl::Status AddPage(ListingBuilder& builder, const CallContext& context);

  Lmdb& lmdb_;
  ObjectStore& store_;
  const Mount mount_;
  const uint32_t page_names_;

  absl::Mutex mutex_;
  absl::flat_hash_map<RowId, Listing> listings_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs
