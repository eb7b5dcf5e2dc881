// Numbers of tracks that are unique over a project, where those of CVAT restart in every task.
// Pure.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "formats/dataset.h"

namespace annofs {

class TrackNumbers {
 public:
  // Goes through the terms of the tracks once.
  static absl::StatusOr<TrackNumbers> Of(const Dataset& data);

  // From 1. REQUIRES: a track of that task that has a shape.
  int64_t Of(uint32_t task, int32_t track) const { return before_[task] + track + 1; }

 private:
  explicit TrackNumbers(std::vector<int64_t> before) : before_(std::move(before)) {}
  std::vector<int64_t> before_;  // by task: numbers that tasks before it take
};

}  // namespace annofs
