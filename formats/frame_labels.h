// The labels of a frame's tags and shapes as one text: frames.tsv and extended attributes say it
// alike. A skeleton counts for its own label (formats/frame_term.h).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "formats/dataset.h"
#include "formats/rank_terms.h"

namespace annofs {

inline constexpr uint32_t kMostLabelsTold = 32;  // of one frame

// "car,person": names in CVAT's order with commas between them, each escaped as in TSV files, a
// comma in a name as \x2c; after the first 32 ",and 3 more". From the frame's shapes.
absl::StatusOr<std::string> LabelsOf(const Dataset& data, Rank rank);

// The same from the posting lists, for many frames one after the other. Thread safe.
class FrameLabels {
 public:
  // `data`: the same one at each call.
  absl::StatusOr<std::string> Of(const Dataset& data, Rank rank);

 private:
  RankTerms terms_{FrameTerm::Kind::kLabel, kMostLabelsTold};
};

}  // namespace annofs
