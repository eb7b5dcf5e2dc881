// What the cache needs to know of the files that were read last, by their rows: so that a hit asks
// neither the catalog nor a hash. A table of fixed size; what falls on a taken place replaces it.
// Thread safe; readers of different files never meet in a lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "cache/cached_object.h"
#include "cache/catalog.h"

namespace annofs {

class RecentObjects {
 public:
  ~RecentObjects() { delete[] places_.load(); }

  std::optional<CachedObject> Find(RowId row) const;
  void Put(RowId row, const CachedObject& object);

 private:
  // Written under an odd number: who meets one, or another before and after, has read nothing.
  struct Place {
    std::atomic<uint64_t> number{0};
    std::atomic<uint64_t> row{0};  // 0: none
    std::atomic<uint64_t> version[2] = {};
    std::atomic<uint64_t> size{0};
  };
  static constexpr size_t kPlaces = 1 << 16;

  static size_t PlaceOf(RowId row) { return row % kPlaces; }

  // Made by the first Put(): trees that nobody reads take no memory.
  Place* Places();
  std::atomic<Place*> places_{nullptr};
};

}  // namespace annofs
