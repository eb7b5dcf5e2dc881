#include "fs/ending_dataset.h"

#include "cache/base/status.h"

namespace annofs {

EndingDataset::EndingDataset(const IndexedDataset& data, const CallContext& context)
    : ForwardedDataset(data), context_(context) {}

absl::StatusOr<Frame> EndingDataset::GetFrame(Rank rank) const {
  RETURN_IF_ERROR(context_.Check());
  return ForwardedDataset::GetFrame(rank);
}

absl::StatusOr<FrameNames> EndingDataset::Names(Rank rank) const {
  RETURN_IF_ERROR(context_.Check());
  return ForwardedDataset::Names(rank);
}

absl::StatusOr<FrameShapes> EndingDataset::Shapes(Rank rank) const {
  RETURN_IF_ERROR(context_.Check());
  return ForwardedDataset::Shapes(rank);
}

absl::StatusOr<RankSet> EndingDataset::With(const FrameTerm& term) const {
  RETURN_IF_ERROR(context_.Check());
  return ForwardedDataset::With(term);
}

absl::Status EndingDataset::Terms(const FrameTerm& from,
                                  absl::FunctionRef<bool(const FrameTerm&)> fn) const {
  RETURN_IF_ERROR(context_.Check());
  return ForwardedDataset::Terms(from, fn);
}

absl::Status EndingDataset::ForEachInOrder(
    uint32_t position, absl::FunctionRef<bool(uint32_t position, Rank rank)> fn) const {
  RETURN_IF_ERROR(context_.Check());
  return ForwardedDataset::ForEachInOrder(position, fn);
}

}  // namespace annofs
