// The objects of a bucket by the ends of their keys, for frames that lie nowhere a frame is looked
// for (design/product.md §4), and those of a directory by their stems, for frames whose names have
// no extension. Made of one walk over the catalog, when first asked. Not thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/catalog.h"
#include "formats/dataset.h"
#include "fs/hashed_rows.h"

namespace annofs {

// One object, or how it is that there is none.
struct FoundObject {
  std::optional<Row> row;
  std::string key;
  std::string other_key;  // of a second object that is as good: then there is no row
  bool too_many = false;  // more objects than can be looked through
};

// What the names of a dataset's frames are, as hashes: so that a walk over the bucket keeps only
// what somebody asks for.
class WantedNames {
 public:
  absl::Status AddAll(const Dataset& data);
  void Add(absl::string_view frame_name);

  bool Wants(uint64_t hash) const { return hashes_.contains(hash); }
  // Numbers of components that names have, ascending.
  const std::set<size_t>& depths() const { return depths_; }

 private:
  absl::flat_hash_set<uint64_t> hashes_;
  std::set<size_t> depths_;
};

// Finds by whole last components: "b/c.jpg" is the end of "a/b/c.jpg", not of "ab/c.jpg".
class SuffixIndex {
 public:
  // All outlive the result. `wanted` has every name that will be asked for.
  SuffixIndex(Catalog& catalog, const WantedNames& wanted, const CallContext& context)
      : catalog_(catalog), wanted_(wanted), context_(context) {}
  // REQUIRES: the catalog knows all of the bucket.
  absl::StatusOr<FoundObject> Find(absl::string_view frame_name);

 private:
  absl::Status Walk();
  void AddObject(absl::string_view key, RowId row);
  void AddEnd(absl::string_view end, RowId row);
  absl::StatusOr<std::string> KeyOf(const Row& row);

  Catalog& catalog_;
  const WantedNames& wanted_;
  const CallContext context_;
  HashedRows rows_;
  RowId parent_ = 0;  // of the row found last, and its key with the final '/'
  std::string parent_key_;
  bool is_walked_ = false;
  bool is_full_ = false;
};

// The images of directories by their names without extension. Lists each directory whole.
class StemIndex {
 public:
  // `wanted`: nullptr if it is not known what will be asked for.
  StemIndex(Catalog& catalog, const WantedNames* wanted, const CallContext& context)
      : catalog_(catalog), wanted_(wanted), context_(context) {}
  // `path`: of the directory.
  absl::StatusOr<FoundObject> Find(RowId directory, absl::string_view path, absl::string_view stem);

 private:
  struct Stems {
    HashedRows rows;
    bool is_full = false;
  };
  absl::StatusOr<const Stems*> StemsOf(RowId directory);

  Catalog& catalog_;
  const WantedNames* const wanted_;
  const CallContext context_;
  absl::flat_hash_map<RowId, Stems> directories_;
  size_t rows_ = 0;  // of all of them
};

}  // namespace annofs
