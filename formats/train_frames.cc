#include "formats/train_frames.h"

#include <algorithm>

#include "cache/base/status.h"

namespace annofs {
namespace {

// Frames that are looked at before the set of all with an image is: that grows with the dataset,
// and may be asked about for each frame of it.
constexpr uint64_t kProbes = 4;

absl::StatusOr<bool> HasAnyImage(const Dataset& data) {
  const uint64_t count = data.frame_count();
  for (uint64_t i = 0; i < std::min(kProbes, count); ++i) {
    ASSIGN_OR_RETURN(const auto media, data.GetMedia(Rank(i * count / std::min(kProbes, count))));
    if (media) return true;
  }
  ASSIGN_OR_RETURN(const RankSet with, data.WithMedia());
  return !with.empty();
}

}  // namespace

absl::StatusOr<RankSet> FramesToTrain(const Dataset& data) {
  ASSIGN_OR_RETURN(RankSet with, data.WithMedia());
  return with.empty() ? data.All() : with;
}

absl::StatusOr<absl::string_view> WhyNoImage(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const std::optional<Media> media, data.GetMedia(rank));
  return media ? absl::string_view() : kNoImage;
}

absl::StatusOr<absl::string_view> WhyNotToTrain(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const absl::string_view why, WhyNoImage(data, rank));
  if (why.empty()) return why;
  ASSIGN_OR_RETURN(const bool has_any, HasAnyImage(data));
  return has_any ? why : absl::string_view();
}

}  // namespace annofs
