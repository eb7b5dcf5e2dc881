// Turns names as a recursive listing gives them, in byte order of keys, into one listing for each
// directory. Not thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/catalog_batch.h"
#include "cache/catalog_records.h"
#include "cache/listing_builder.h"
#include "cache/store/object_store.h"

namespace annofs {

class TreeAssembler {
 public:
  // kMade: the root's own listing is made, too. kKnown: it is `listing`, and directories that it
  // does not have are left out with all that is in them.
  enum class RootListing { kMade, kKnown };
  struct Root {
    SourceNumber source = 0;
    SnapshotNumber snapshot = 0;
    uint64_t mount = 0;  // that makes the listings
    RowId directory = 0;
    std::string prefix;  // its key
    RootListing is = RootListing::kMade;
    ListingNumber listing = 0;
  };
  explicit TreeAssembler(Root root);

  // The next name.
  absl::Status Add(CatalogBatch& batch, const ObjectVersion& object);
  // Before a transaction is committed: what is not at its end is not lost track of.
  absl::Status Save(CatalogBatch& batch);
  // The end of the names: what is open gets its listing.
  absl::Status Finish(CatalogBatch& batch);

  // A directory whose listing is being made. The outermost comes first.
  struct Open {
    std::string prefix;  // its key
    RowId directory = 0;
    uint64_t page = 0;                        // when it was opened
    std::unique_ptr<ListingBuilder> builder;  // nullptr: the root, where its listing is known
  };
  const std::vector<Open>& open() const { return open_; }

  // The order key of the root's child that was closed last: all up to it is done. "": none.
  const std::string& done() const { return done_; }
  // Pages that the caller has counted with NextPage().
  void NextPage() { ++pages_; }
  uint64_t pages() const { return pages_; }
  // Ended listings, and objects in them.
  uint64_t directories() const { return directories_; }
  uint64_t objects() const { return objects_; }

 private:
  absl::Status Close(CatalogBatch& batch);
  absl::StatusOr<RowId> RowOfChild(CatalogBatch& batch, const std::string& key);

  const Root root_;
  std::vector<Open> open_;
  std::string skipped_;  // keys that begin with this are left out; "": none
  std::string done_;
  uint64_t pages_ = 0;
  uint64_t directories_ = 0;
  uint64_t objects_ = 0;
};

}  // namespace annofs
