// The words of annofs.json that stand for values of an enumeration, in its order. Pure.
#pragma once

#include <vector>

#include "absl/strings/string_view.h"

namespace annofs {

// FramesKept.
inline std::vector<absl::string_view> FramesWords() { return {"all", "annotated", "labelled"}; }
// SplitOptions::By, from kSubset on: kBest has none.
inline std::vector<absl::string_view> SplitByWords() { return {"subset", "group", "hash"}; }
// CocoMasks.
inline std::vector<absl::string_view> MaskWords() { return {"auto", "polygon", "rle"}; }

}  // namespace annofs
