// A kind of problem that a source may have a million times over: it is told once, with where it
// was first and how often. Not thread safe.
#pragma once

#include <cstdint>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "formats/reader.h"

namespace annofs {

class ProblemTally {
 public:
  static constexpr absl::string_view kBegin = " (and ", kEnd = " more like it)";

  // `first`: makes the problem; called for the first one only.
  template <typename MakeProblem>
  void Add(MakeProblem first) {
    if (count_++ == 0) first_ = first();
  }
  uint64_t count() const { return count_; }
  // Tells it, if there is any, and begins anew.
  void Flush(DatasetSink& sink) {
    if (count_ > 1) absl::StrAppend(&first_.reason, kBegin, count_ - 1, kEnd);
    if (count_ > 0) sink.AddProblem(std::move(first_));
    *this = ProblemTally();
  }

 private:
  uint64_t count_ = 0;
  Problem first_;
};

// Those that a problem tells of beside itself, as a tally has written it; 0 for any other. `begin`:
// of that part of the reason.
inline uint64_t MoreLikeIt(absl::string_view reason, size_t* begin) {
  *begin = reason.size();
  if (!absl::ConsumeSuffix(&reason, ProblemTally::kEnd)) return 0;
  const size_t found = reason.rfind(ProblemTally::kBegin);
  uint64_t more = 0;
  if (found == reason.npos ||
      !absl::SimpleAtoi(reason.substr(found + ProblemTally::kBegin.size()), &more) ||
      more > uint64_t{1} << 40) {  // a text of the source that looks like it
    return 0;
  }
  *begin = found;
  return more;
}

inline uint64_t CountOf(const Problem& problem) {
  size_t begin = 0;
  return 1 + MoreLikeIt(problem.reason, &begin);
}
// Without how often.
inline absl::string_view ReasonOfOne(const Problem& problem) {
  size_t begin = 0;
  MoreLikeIt(problem.reason, &begin);
  return absl::string_view(problem.reason).substr(0, begin);
}

}  // namespace annofs
