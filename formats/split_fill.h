// Trainers want an image in train and one in val, whatever a division gives (formats/split.h).
// Pure.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "formats/dataset.h"

namespace annofs {

using SplitRanks = std::map<std::string, std::vector<Rank>>;  // part -> its frames, ascending

enum class FillFrom { kEachOther, kAllParts };

// While one of train and val has an image, the other gets one: the smallest task of that one, or
// its last image where that has one task; a single image is in both. kAllParts: where neither has
// one, both get theirs so from the largest part that has. Where the dataset has no images, frames
// count as such. Both parts are there afterwards, though maybe empty.
absl::Status FillEmpty(const Dataset& data, FillFrom from, SplitRanks& parts);

}  // namespace annofs
