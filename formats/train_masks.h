// Pictures of a frame's objects for trainers (reference/training-tools.md §5.15): classes and
// instances as PNG files with a palette, shapes of higher z order over lower ones. 16-bit grey: all
// pictures of classes where there are more than 255, pictures of more than 255 instances. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/mask_image.h"
#include "formats/train_objects.h"

namespace annofs {

// The value of each label in pictures of classes: 1 and up in CVAT's order; 0 for parts of
// skeletons, as for background.
std::vector<uint16_t> ClassValues(const DatasetInfo& info);

inline constexpr absl::string_view kOthersHideIt = "other objects lie over all of it";

// As Writer::WhyDropped().
std::vector<absl::string_view> WhyNotInPictures(const DatasetInfo& info, const Frame& frame,
                                                const FrameShapes& all);

// The images of a set (no point clouds) whose size is known and not absurd: each is looked at once.
absl::StatusOr<RankSet> FramesToDraw(const Dataset& data, const RankSet& frames);
// The frames of which something may be seen in a picture.
absl::StatusOr<RankSet> FramesWithOutlines(const Dataset& data);
const std::vector<ShapeType>& TypesWithOutlines();

// REQUIRES: one of FramesToDraw(). `palette`: of value 0 and up; of instances it is VOC's.
absl::StatusOr<std::string> ClassPng(const Dataset& data, Rank rank,
                                     const std::vector<uint16_t>& values,
                                     const std::vector<Rgb>& palette);
absl::StatusOr<std::string> InstancePng(const Dataset& data, Rank rank);

}  // namespace annofs
