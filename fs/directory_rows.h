// The children of directories by name, for who asks for very many, mostly in order: a match of a
// million frames. Rows are read many at a time where that pays, and one by one where it does not.
// Holds a few thousand rows. Not thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/node_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/catalog.h"

namespace annofs {

class DirectoryRows {
 public:
  // `catalog` outlives the result.
  DirectoryRows(Catalog& catalog, const CallContext& context)
      : catalog_(catalog), context_(context) {}

  // The object shown under that name; nullptr: none, or a directory. Valid until the next call.
  // Errors: of the store; never for an absent name.
  absl::StatusOr<const Row*> FindObject(RowId directory, absl::string_view name);
  absl::StatusOr<std::optional<RowId>> FindDirectory(RowId directory, absl::string_view name);

 private:
  // Rows that follow each other in a directory, and how useful they were.
  struct Window {
    std::vector<Row> rows;
    bool from_start = false, at_end = false;
    size_t asked = 0;     // answers that these rows gave
    size_t streak = 0;    // names looked up one by one, each after the one before
    size_t patience = 4;  // so many of them are a reason to read rows again
    std::string last;     // name looked up one by one
  };

  absl::StatusOr<const Row*> Find(RowId directory, absl::string_view name, bool is_directory);
  absl::StatusOr<const Row*> LookUp(RowId directory, absl::string_view name);
  absl::StatusOr<Window*> WindowOf(RowId directory);
  absl::Status ReadAfter(RowId directory, RowId after, Window& window);
  absl::Status FollowStreak(RowId directory, absl::string_view name, const Row* found,
                            Window& window);

  Catalog& catalog_;
  const CallContext context_;
  absl::node_hash_map<RowId, Window> windows_;
  std::optional<Row> single_;
  std::string key_;  // of the name that is being asked for
};

}  // namespace annofs
