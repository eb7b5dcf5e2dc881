// What an import asks of the records of a file before it shows them. Pure functions but for what
// they read in a transaction.
#pragma once

#include <array>
#include <cstdint>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "cache/catalog_records.h"
#include "cache/lmdb.h"
#include "cache/slot_records.h"

namespace annofs {

// That the rows and listings that were loaded are what an index writes: nothing else of the program
// looks again. kInvalidArgument says in a few words what is wrong; kInternal, too, is the fault of
// the file.
absl::Status CheckLoadedIndex(const LmdbReader& txn, SourceNumber source,
                              const SnapshotInfo& index);

// The slots of a file, 20 bytes each. Not thread safe.
class LoadedSlots {
 public:
  // An entry of the slots table, in ascending order of keys.
  absl::Status Add(absl::string_view key, absl::string_view value);
  // After the last one: that they are what a cache gives out.
  absl::Status Check() const;
  absl::Status Put(LmdbWriter& txn) const;

 private:
  struct Slot {
    std::array<char, kSlotKeyBytes> key;
    uint32_t slot;
    absl::string_view key_view() const { return {key.data(), key.size()}; }
  };
  std::vector<Slot> slots_;
  uint32_t next_ = 0;  // 0: the file has none
};

}  // namespace annofs
