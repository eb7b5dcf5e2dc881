// reports/names.tsv: names in the tree that are not what they are names of. Pure.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "formats/segments.h"
#include "formats/writer.h"

namespace annofs {

// Subsets, the directories of each view, and the frames, in this order. REQUIRES: the writers
// outlive what it answers.
absl::StatusOr<Segments> NamesReport(const Dataset& data,
                                     const std::vector<const Writer*>& writers);

}  // namespace annofs
