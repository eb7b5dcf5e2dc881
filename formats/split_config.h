// The part "split" of a dataset in annofs.json (design/product.md §4). Pure.
#pragma once

#include <vector>

#include "formats/dataset_config.h"
#include "formats/settings.h"

namespace annofs {

inline constexpr absl::string_view kPartNames[] = {"train", "val", "test"};

// Each of train, val and test is a share, or else one or more of them are lists: then there are no
// shares, no `by` and no `seed`. Of shares, one that is not given is what is missing to 1; of two,
// test is 0 and val 0.2, and the other is what is missing.
void ReadSplit(const Setting& split, SplitOptions& options, std::vector<PartList>& lists);

// A key, glob or directory in the bucket, relative to its root: an error where nothing can be
// called so.
void CheckKey(absl::string_view key, const Setting& at);

}  // namespace annofs
