// What a source holds on frames that CVAT's exports have not (reference/cvat.md §1.6), counted, so
// that it is not lost silently: one problem for each kind. Not thread safe.
#pragma once

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_set.h"
#include "formats/reader.h"
#include "formats/track.h"

namespace annofs {

class LeftOutCount {
 public:
  // `deleted`: frames; outlives it.
  explicit LeftOutCount(const absl::flat_hash_set<int64_t>& deleted) : deleted_(deleted) {}

  // A tag or shape on a frame that is left out: deleted, or a placeholder or another job's.
  void AddShape(int64_t frame) { ++(deleted_.contains(frame) ? on_deleted_ : on_others_); }
  // Those of its keyframes, and of its elements', that are on deleted frames.
  void AddKeyframesOf(const Track& track);
  // After the last. `where`: without a reason.
  void Report(const Problem& where, DatasetSink& sink) const;

 private:
  const absl::flat_hash_set<int64_t>& deleted_;
  uint64_t on_deleted_ = 0, on_others_ = 0, keyframes_ = 0;
};

}  // namespace annofs
