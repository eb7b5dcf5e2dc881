// Where one job meets the others of its task (reference/cvat.md §4.6). Plain values; pure.
#pragma once

#include <cstdint>
#include <limits>
#include <vector>

namespace annofs {

struct JobSeam {
  static constexpr int64_t kNever = std::numeric_limits<int64_t>::max();

  int64_t start = 0;           // the job's first frame
  int64_t new_from = 0;        // objects from here on are new, earlier ones may be there already
  int64_t hold_from = kNever;  // the first frame that a later job has; kNever: none
  int64_t close_at = kNever;   // where the next job ends the tracks that it does not have
  bool is_matched = false;     // jobs share frames: objects are held and compared
};

// `starts`: of the jobs that are merged, in their order; `overlap` >= 0.
std::vector<JobSeam> SeamsOf(const std::vector<int64_t>& starts, int64_t overlap);

// Objects that are held for later jobs may take this much memory.
inline constexpr uint64_t kMaxHeldBytes = uint64_t{256} << 20;

}  // namespace annofs
