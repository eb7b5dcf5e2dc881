// The terms of one kind that frames have, frame by frame: what the posting lists say, the other way
// round. Frames are looked up in blocks: one pass over the terms answers for 65,536 ranks, and some
// blocks are remembered, so that neither terms nor frames are gone through for each other. Thread
// safe.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "formats/dataset.h"

namespace annofs {

class RankTerms {
 public:
  // `kind`: of terms that are told by their number alone. `most`: numbers of one frame that are
  // told. A block takes 8 bytes for each of these: far less than `most` / 2 MiB where frames have
  // few.
  RankTerms(FrameTerm::Kind kind, uint32_t most) : kind_(kind), most_(most) {}

  struct Found {
    std::vector<uint32_t> numbers;  // ascending
    uint32_t not_told = 0;          // that there are more
  };
  // Numbers below `end` only. `data`, `end`: the same ones at each call.
  absl::StatusOr<Found> Of(const Dataset& data, Rank rank, size_t end);

 private:
  struct Block {
    uint32_t number = 0;             // its first rank / kBlock
    std::vector<uint64_t> terms;     // rank in the block << 32 | number; sorted
    std::vector<uint32_t> not_told;  // of each rank in the block; empty: none
  };
  using BlockPtr = std::shared_ptr<const Block>;

  absl::StatusOr<BlockPtr> BlockOf(const Dataset& data, uint32_t number, size_t end)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  absl::StatusOr<std::vector<uint32_t>> NumbersThatOccur(const Dataset& data, size_t end) const;

  const FrameTerm::Kind kind_;
  const uint32_t most_;
  absl::Mutex mutex_;
  std::vector<BlockPtr> recent_ ABSL_GUARDED_BY(mutex_);  // newest last
};

}  // namespace annofs
