// Which frames of a dataset a report shows. Pure: the same dataset has the same ones.
#pragma once

#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "formats/dataset.h"

namespace annofs {

struct SampleOptions {
  size_t most = 24;   // frames
  size_t least = 12;  // so many, where there are annotated frames enough
};

// Frames on which every class is seen, as far as `most` allow that: the rarest class first, and for
// each that is not seen yet, of some frames that have it, the best: one that can be shown, then one
// with many other classes that are not seen yet, then one that is not crowded. More, spread over
// the dataset, up to `least`. `can_show`: whether the frame's image can be shown; asked for some.
absl::StatusOr<std::vector<Rank>> ChooseSamples(
    const Dataset& data, absl::FunctionRef<absl::StatusOr<bool>(Rank)> can_show,
    const SampleOptions& options = {});

}  // namespace annofs
