// Rows by hashes of names, in 12 bytes each: 10 million objects in 115 MiB. Filled, sorted, then
// asked; a row that is found is still to be compared. Not thread safe.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "cache/catalog.h"

namespace annofs {

class HashedRows {
 public:
  static constexpr size_t kMostRows = 10'000'000;

  struct Entry {
    uint32_t hash_high, hash_low, row;
    uint64_t hash() const { return uint64_t{hash_high} << 32 | hash_low; }
  };

  // False, and nothing is kept, if there is no room for it.
  bool Add(uint64_t hash, RowId row);
  void Sort();
  size_t size() const { return entries_.size(); }
  // REQUIRES: sorted. Those of that hash, in order of their ids.
  absl::Span<const Entry> Find(uint64_t hash) const;

 private:
  std::vector<Entry> entries_;
};

}  // namespace annofs
