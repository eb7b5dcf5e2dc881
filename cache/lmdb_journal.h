// What a write transaction has done, to do it again where it could not be saved for want of disk
// space: the function that it ran has changed more than the file, and cannot run twice. Not thread
// safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "cache/lmdb.h"

namespace annofs {

class LmdbJournal {
 public:
  enum class Kind : uint8_t { kPut, kDelete, kDeletePrefix };

  void Add(Kind kind, LmdbTable table, absl::string_view key, absl::string_view value);
  // False: it was too much to be kept.
  bool is_whole() const { return is_whole_; }
  absl::Status Replay(LmdbWriter& txn) const;

 private:
  struct Step {
    Kind kind;
    LmdbTable table;
    size_t key;  // bytes
    size_t value;
  };
  std::vector<Step> steps_;
  std::string bytes_;  // keys and values, one after the other
  bool is_whole_ = true;
};

}  // namespace annofs
