// Which part of a train-ready tree a frame belongs to (design/product.md §4, Splits).
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"

namespace annofs {

struct SplitPart {
  std::string name;  // "train", "val", "test", or another subset's safe name
  RankSet frames;
};

// How the frames are divided.
enum class SplitRule { kSubset, kTask, kTime, kFrame };
absl::StatusOr<SplitRule> RuleOf(const Dataset& data);
// For about.json.
absl::string_view DescribeRule(SplitRule rule);

// CVAT's subsets if there is more than one (train*, val/valid/validation, test* by their usual
// spellings, others under a safe name of their own; if none is train or val, the largest is train);
// else by group: no task is cut in two, by a stable hash of its name, about 80:20. One task only:
// an image task by the hash of each frame's name, a video's last fifth. `train` comes first, then
// `val`, `test`, others by name. While one of train and val has an image, the other has one, too:
// it gets the smallest task of that one, or its last image where that has one task (a single image
// is in both). Where the dataset has no images, so with frames.
absl::StatusOr<std::vector<SplitPart>> Split(const Dataset& data);

// The part's name where Roboflow's exports have it: "valid" for "val" (a subset that is called so
// is a part of val already).
std::string RoboflowPartName(const SplitPart& part);

}  // namespace annofs
