// What an index still has to list, persistent in the catalog, so that one that was interrupted goes
// on. Functions on a transaction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "cache/catalog_records.h"
#include "cache/lmdb.h"

namespace annofs {

struct IndexTask {
  enum class Kind : uint8_t {
    kTree = 1,    // the directory and all that is in it, recursively
    kExpand = 2,  // the directory's own listing; then its subdirectories after `after` are tasks
    kRange = 3,  // what is in its subdirectories after `after` and before `until`, recursively; its
                 // own listing is known
  } kind = Kind::kTree;
  uint64_t number = 0;  // of its record
  RowId directory = 0;
  std::string after;  // order keys of entries of the directory; "": from the start, to the end
  std::string until;
};

absl::Status PutTask(LmdbWriter& txn, SourceNumber source, SnapshotNumber snapshot,
                     const IndexTask& task);
absl::Status DeleteTask(LmdbWriter& txn, SourceNumber source, SnapshotNumber snapshot,
                        uint64_t number);
// In the order of their numbers.
std::vector<IndexTask> TasksOf(const LmdbReader& txn, SourceNumber source, SnapshotNumber snapshot);

// Calls `fn` for each subdirectory of `range`, a kRange, with the order key of the entry before it.
// `listing`: that of the directory.
absl::Status EachSubdirectory(
    const LmdbReader& txn, SourceNumber source, ListingNumber listing, const IndexTask& range,
    absl::FunctionRef<void(const std::string& before, const Row& subdirectory)> fn);

// Cuts the subdirectories of `range`, a kRange, into at most `most` ranges of about as many each.
// None if there are no subdirectories.
absl::StatusOr<std::vector<IndexTask>> CutRange(const LmdbReader& txn, SourceNumber source,
                                                ListingNumber listing, const IndexTask& range,
                                                size_t most);

// The key after which a recursive listing of `prefix` has nothing of what comes before the entry
// behind `after`.
std::string KeyAfter(absl::string_view prefix, absl::string_view after);

}  // namespace annofs
