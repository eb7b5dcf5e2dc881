// annotations/pairs.txt of CVAT's LFW export (reference/cvat.md §9.4; Datumaro: lfw): positive
// pairs, negative pairs, then every other image once.
//
// Pairs stand in the attributes positive_pairs and negative_pairs of the first tag. CVAT's
// attributes are texts, and Datumaro goes through such a text as if it were a list: every character
// of it becomes a pair of its own. An image whose tag has one of these attributes is in no line of
// its own.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/dataset.h"
#include "formats/segments.h"

namespace annofs {

// What the first tag of an image says. An attribute that is not there is nothing.
struct LfwTag {
  absl::string_view person;  // name of the label
  std::optional<absl::string_view> positive, negative;
};

struct LfwPairs {
  std::vector<std::string> positive, negative;  // lines with their ends
  std::string neutral;                          // the line of an image without pairs, else empty
  std::vector<std::string> names;  // by which lines name images; the first is the image's own
};
LfwPairs LfwPairsOf(absl::string_view id, const LfwTag& tag);

// Attributes of more characters are no pairs.
inline constexpr size_t kMostLfwPairs = 10'000;

// The file. `tagged`: those of the frames that have a tag. Images that were named before are not
// listed again: they are found when the file is first read, by one pass over the tagged frames,
// which needs some 16 bytes for each while it goes on; only the set of these images stays. Names
// are told by hashes of 64 bits.
Segments LfwPairsFile(const RankSet& frames, const RankSet& tagged);

}  // namespace annofs
