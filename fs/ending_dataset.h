// A dataset whose reading ends with a context: long work over its frames that knows nothing of
// cancellation is cancelled by it. Thread safe.
#pragma once

#include "cache/base/call_context.h"
#include "fs/forwarded_dataset.h"

namespace annofs {

class EndingDataset : public ForwardedDataset {
 public:
  // Both outlive it.
  EndingDataset(const IndexedDataset& data, const CallContext& context);

  // The context's error once it has ended.
  absl::StatusOr<Frame> GetFrame(Rank rank) const override;
  absl::StatusOr<FrameNames> Names(Rank rank) const override;
  absl::StatusOr<FrameShapes> Shapes(Rank rank) const override;
  absl::StatusOr<RankSet> With(const FrameTerm& term) const override;
  absl::Status Terms(const FrameTerm& from,
                     absl::FunctionRef<bool(const FrameTerm&)> fn) const override;
  absl::Status ForEachInOrder(
      uint32_t position, absl::FunctionRef<bool(uint32_t position, Rank rank)> fn) const override;

 private:
  const CallContext& context_;
};

}  // namespace annofs
