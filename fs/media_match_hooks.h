// What a matcher of media is told and asked beside each frame.
#pragma once

#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "formats/dataset.h"

namespace annofs {

// Each may be empty.
struct MediaMatchHooks {
  std::function<absl::Status(const Dataset& unmatched)> begin;  // before the first frame
  // After the last: what is wrong with the media. Without it, a line for each frame without image.
  std::function<std::vector<Problem>()> problems;
};

}  // namespace annofs
