// Which problems of a dataset have a line of their own, so that a flood of one kind leaves room for
// the others. Of a kind are those of one severity and object whose reasons differ only in numbers
// and in what is quoted. The first of every kind has a line; the rest of a kind is counted. What is
// listed depends on the problems and their order only. Memory is bounded. Not thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "formats/model.h"

namespace annofs {

struct ProblemLimits {
  size_t all = 100000;  // lines in all, those that count the rest too
  size_t of_kind = 1000;
  size_t kinds = 4000;  // all later ones are one; REQUIRES: 2 * (kinds + 1) < all
};
// A dataset's media have room of their own.
inline constexpr ProblemLimits kMediaProblemLimits = {.all = 10000, .of_kind = 1000, .kinds = 100};

class ProblemKinds {
 public:
  explicit ProblemKinds(const ProblemLimits& limits = {}) : limits_(limits) {}

  // True: it has a line. False: it is counted, with those that it stands for itself (ProblemTally).
  bool Add(const Problem& problem);
  // A line for each kind that has more than are listed, in the order in which kinds began.
  std::vector<Problem> Rest() const;

 private:
  struct Kind {
    Problem first;  // without its place
    size_t listed = 0;
    uint64_t unlisted = 0;
  };
  Kind& KindOf(const Problem& problem);

  ProblemLimits limits_;
  size_t listed_ = 0;  // besides the first of each kind
  absl::flat_hash_map<std::string, size_t> numbers_;
  std::vector<Kind> kinds_;
  bool has_others_ = false;  // the last kind is all others
};

}  // namespace annofs
