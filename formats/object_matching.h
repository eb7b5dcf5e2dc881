// Which objects of two lists are the same ones: the assignment with the greatest sum of
// similarities, as CVAT finds it where it merges jobs (reference/cvat.md §4.6, CVAT:
// ObjectManager.merge). Pure.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace annofs {

// Two objects that are alike to some degree.
struct Likeness {
  size_t left = 0, right = 0;
  double similarity = 0;  // > 0, at most 1
};

// What comparing two lists found. Each pair stands there at most once; what does not is not alike
// at all.
struct Alike {
  std::vector<Likeness> pairs;
  bool is_cut = false;  // some were not compared: it would take too long
};

// Two lists whose product is greater are not solved as one matrix, but each group of objects that
// hang together by likenesses by itself: as good, but among equals another answer may be taken.
// Greater groups than kMaxMatchCells are not solved.
inline constexpr size_t kMaxWholeCells = size_t{1} << 20;
inline constexpr size_t kMaxMatchCells = size_t{1} << 22;

struct Matching {
  std::vector<std::optional<size_t>> right_of;  // by left object
  // Some are not matched because too many hang together.
  bool is_cut = false;
};

// `pairs`: as of Alike. A pair of the best assignment (formats/assignment.h; the left objects are
// its rows) counts if 1 - similarity <= max_cost. Memory: the largest matrix.
Matching MatchAlike(size_t left_count, size_t right_count, const std::vector<Likeness>& pairs,
                    double max_cost);

}  // namespace annofs
