// A frame's annotations as bytes for the dataset index: compact, exact (doubles bit for bit),
// versioned by the dataset index's format number. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/model.h"

namespace annofs {

std::string EncodeShapes(const FrameShapes& shapes);
// kInternal on anything that EncodeShapes does not make; never reads outside `data`.
absl::StatusOr<FrameShapes> DecodeShapes(absl::string_view data);

std::string EncodeInfo(const DatasetInfo& info);
absl::StatusOr<DatasetInfo> DecodeInfo(absl::string_view data);

}  // namespace annofs
