// A kind of problem that a source may have a million times over: it is told once, with where it
// was first and how often. Not thread safe.
#pragma once

#include <cstdint>
#include <utility>

#include "absl/strings/str_cat.h"
#include "formats/reader.h"

namespace annofs {

class ProblemTally {
 public:
  // `first`: makes the problem; called for the first one only.
  template <typename MakeProblem>
  void Add(MakeProblem first) {
    if (count_++ == 0) first_ = first();
  }
  uint64_t count() const { return count_; }
  // Tells it, if there is any, and begins anew.
  void Flush(DatasetSink& sink) {
    if (count_ > 1) absl::StrAppend(&first_.reason, " (and ", count_ - 1, " more like it)");
    if (count_ > 0) sink.AddProblem(std::move(first_));
    *this = ProblemTally();
  }

 private:
  uint64_t count_ = 0;
  Problem first_;
};

}  // namespace annofs
