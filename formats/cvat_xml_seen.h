// Which names and ids of images a file had already, each within its task and subset. A name costs
// the place of a hash, about 20 bytes; ids that come in order, up or down, cost nothing. Not thread
// safe.
#pragma once

#include <cstdint>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace annofs {

class CvatXmlSeen {
 public:
  // False: it was there before.
  bool AddName(uint32_t task, absl::string_view subset, absl::string_view name);
  bool AddId(uint32_t task, absl::string_view subset, int64_t id);

 private:
  // low, low + step, …, high
  struct Run {
    int64_t low, high, step;
  };
  static bool Extend(Run& run, int64_t id);

  absl::flat_hash_set<uint64_t> names_;
  absl::flat_hash_map<uint64_t, Run> runs_;  // by task and subset
  absl::flat_hash_set<uint64_t> ids_;        // those of no run
};

}  // namespace annofs
