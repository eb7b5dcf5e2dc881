#include "formats/track_numbers.h"

#include <algorithm>

#include "cache/base/status.h"

namespace annofs {

absl::StatusOr<TrackNumbers> TrackNumbers::Of(const Dataset& data) {
  std::vector<int64_t> counts(data.info().tasks.size());
  RETURN_IF_ERROR(
      data.Terms(FrameTerm::FirstOf(FrameTerm::Kind::kTrack), [&](const FrameTerm& term) {
        if (term.kind != FrameTerm::Kind::kTrack) return false;
        int64_t& count = counts[term.number];
        count = std::max(count, int64_t{term.track} + 1);
        return true;
      }));
  std::vector<int64_t> before;
  int64_t sum = 0;
  for (int64_t count : counts) {
    before.push_back(sum);
    sum += count;
  }
  return TrackNumbers(std::move(before));
}

}  // namespace annofs
