// Which part of a train-ready tree a frame belongs to (design/product.md §4, Splits).
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"

namespace annofs {

struct SplitPart {
  std::string name;  // "train", "val", "test", "unlisted", or another subset's safe name
  RankSet frames;
};

// How the frames are divided.
enum class SplitRule {
  kSubset,  // by CVAT's subsets
  kTask,    // by a hash of each task's name
  kTime,    // of a single video
  kFrame,   // by a hash of each frame's name
  kLists    // as lists of the configuration say (FrameTerm::Kind::kPart)
};
// Lists if there are any, else what info().options.split says.
absl::StatusOr<SplitRule> RuleOf(const Dataset& data);
// What Split() does with the dataset, for about.json: with shares and seed where they are not the
// usual ones.
absl::StatusOr<std::string> DescribeSplit(const Dataset& data);

// Without a configuration: CVAT's subsets if there is more than one (train*, val/valid/validation,
// test* by their usual spellings, others under a safe name of their own; if none is train or val,
// the largest is train); else by group: no task is cut in two, by a stable hash of its name, about
// 80:20. One task only: an image task by the hash of each frame's name, a video's last fifth.
// SplitOptions change the shares, the hashes (seed), or which of these it is; of a single video,
// train comes first in time, then val, then test.
//
// Lists: a frame that several name is test before it is val, and that before train. Frames that
// none names are train if no list is, else val if no list is, else in a part "unlisted" of their
// own.
//
// `train` comes first, then `val`, `test`, others by name. While one of train and val has an image,
// the other has one, too: it gets the smallest task of that one, or its last image where that has
// one task (a single image is in both). Where neither has one though the dataset has, and it is not
// divided by subsets, both get theirs so from the largest other part. Where the dataset has no
// images, so with frames.
absl::StatusOr<std::vector<SplitPart>> Split(const Dataset& data);

// The part's name where Roboflow's exports have it: "valid" for "val" (a subset that is called so
// is a part of val already).
std::string RoboflowPartName(const SplitPart& part);

}  // namespace annofs
