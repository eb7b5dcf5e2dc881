// Lists directories of the store into the catalog: each once per snapshot, however many ask at
// once. Thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"
#include "cache/catalog.h"
#include "cache/completion.h"
#include "cache/listing_builder.h"
#include "cache/lmdb.h"
#include "cache/snapshot.h"
#include "cache/store/object_store.h"

namespace annofs {

class DirectoryLister {
 public:
  DirectoryLister(Lmdb& lmdb, ObjectStore& store, Snapshot snapshot, uint32_t page_names)
      : lmdb_(lmdb), store_(store), snapshot_(snapshot), page_names_(page_names) {}

  // Lists `directory`, whose key is `prefix`, unless this snapshot has it; answers the problems it
  // found (none if another asker listed). The first asker lists on its thread and under its
  // context; the others wait, each under its own, and one of them goes on if the first had to give
  // up. A listing that was interrupted goes on with the page where it stopped. Never kNotFound.
  absl::StatusOr<std::vector<CatalogProblem>> List(RowId directory, const std::string& prefix,
                                                   const CallContext& context);

 private:
  using Problems = absl::StatusOr<std::vector<CatalogProblem>>;

  std::shared_ptr<Completion> Enter(RowId directory, const std::shared_ptr<Completion>& mine);
  void Leave(RowId directory);
  Problems ListUnlessListed(RowId directory, const std::string& prefix, const CallContext& context);
  Problems ListPages(RowId directory, const std::string& prefix, const CallContext& context);
  absl::Status AddPage(ListingBuilder& builder, const CallContext& context);
  std::unique_ptr<ListingBuilder> BuilderOf(RowId directory, const std::string& prefix);
  bool Keep(RowId directory, std::unique_ptr<ListingBuilder>& builder);

  Lmdb& lmdb_;
  ObjectStore& store_;
  const Snapshot snapshot_;
  const uint32_t page_names_;

  absl::Mutex mutex_;
  absl::flat_hash_map<RowId, std::shared_ptr<Completion>> flights_ ABSL_GUARDED_BY(mutex_);
  absl::flat_hash_map<RowId, std::unique_ptr<ListingBuilder>> unfinished_ ABSL_GUARDED_BY(mutex_);
};

// A directory's key as a message shows it.
inline absl::string_view DirectoryForPeople(absl::string_view key) {
  return key.empty() ? "the root directory" : key;
}

}  // namespace annofs
