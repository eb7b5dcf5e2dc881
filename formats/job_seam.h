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

// What objects that are held for later jobs take in memory: all of them, of a bound. Not thread
// safe.
class HeldBytes {
 public:
  static constexpr uint64_t kMax = uint64_t{48} << 20;

  // False: there is no room for so much.
  bool Take(uint64_t bytes) {
    if (bytes > kMax || held_ > kMax - bytes) return false;
    held_ += bytes;
    return true;
  }
  // What is held already has become another, and may be a little greater.
  void Replace(uint64_t before, uint64_t after) { held_ = held_ - before + after; }
  void Give(uint64_t bytes) { held_ -= bytes; }

 private:
  uint64_t held_ = 0;
};

}  // namespace annofs
