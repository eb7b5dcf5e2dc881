// Which frames a tree for trainers is about. Pure.
//
// Loaders open every image that a list or an annotation file names, and end at the first that is
// not there (torchvision's CocoDetection and VOCDetection, OpenPCDet). So a frame without image is
// left out where others have one, and is reported (Writer::WhyFrameDropped). A dataset without any
// image is for its labels alone: all of it is there.
#pragma once

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"

namespace annofs {

inline constexpr absl::string_view kNoImage = "its image is not in the bucket";

absl::StatusOr<RankSet> FramesToTrain(const Dataset& data);
// Why the frame is none of these; "" if it is.
absl::StatusOr<absl::string_view> WhyNotToTrain(const Dataset& data, Rank rank);

// For views of which nothing is left without images: why the frame has none; "" if it has.
absl::StatusOr<absl::string_view> WhyNoImage(const Dataset& data, Rank rank);

}  // namespace annofs
