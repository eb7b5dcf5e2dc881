// The posting lists of a dataset that is being built: for each term (formats/frame_term.h) the
// frames that have it. Memory is bounded: what is more waits in a file. Not thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "formats/attribute_terms.h"
#include "formats/frame_names.h"
#include "formats/frame_term.h"
#include "formats/rank_set.h"
#include "fs/spill_file.h"

namespace annofs {

class PostingLists {
 public:
  // `directory`: of the file; `bound`: bytes in memory, about.
  PostingLists(std::string directory, size_t bound, const AttributeLimits& limits = {});

  // Frames are told by their numbers.
  absl::Status Add(const ShapeTerm& term, uint32_t frame);
  absl::Status AddShape(uint32_t task, uint32_t frame, const Shape& shape);

  // Gives every term that occurs, in order, with its frames by rank. Once.
  using Taker = absl::FunctionRef<absl::Status(const FrameTerm& term, const RankSet& ranks)>;
  absl::Status Finish(const FrameOrdering& ordering, Taker take);
  std::optional<std::string> Unlisted() const { return attributes_.Unlisted(); }

 private:
  // A term is found without being copied.
  struct Hash {
    using is_transparent = void;
    size_t operator()(const ShapeTerm& term) const;
    size_t operator()(const FrameTerm& term) const;
  };
  struct Equal {
    using is_transparent = void;
    bool operator()(const FrameTerm& a, const FrameTerm& b) const { return a == b; }
    bool operator()(const FrameTerm& a, const ShapeTerm& b) const;
  };
  struct Run {
    uint64_t begin, end;
  };

  RankCollector& Collector(const ShapeTerm& term);
  absl::Status MakeRoom();
  absl::Status Spill();
  absl::Status Merge(absl::FunctionRef<absl::Status(FrameTerm, RankCollector)> take);

  SpillFile file_;
  std::vector<Run> runs_;
  const size_t bound_;
  size_t bytes_ = 0;  // about; never less than there are
  AttributeTerms attributes_;
  absl::flat_hash_map<FrameTerm, RankCollector, Hash, Equal> terms_;
  RankCollector annotated_;  // frames that have anything
};

}  // namespace annofs
