// What a matcher of media is told and asked beside each frame.
#pragma once

#include <functional>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "formats/dataset.h"
#include "fs/matched_media.h"

namespace annofs {

// Each may be empty.
struct MediaMatchHooks {
  std::function<absl::Status(const Dataset& unmatched)> begin;  // before the first frame
  // The bucket's object for a context image that does not lie in the frame's source, after the
  // frame itself.
  std::function<absl::StatusOr<std::optional<MatchedMedia>>(const Frame& frame,
                                                            const std::string& name)>
      related;
  // After the last: what is wrong with the media. Without it, a line for each frame without image.
  std::function<std::vector<Problem>()> problems;
};

}  // namespace annofs
