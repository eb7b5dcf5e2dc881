// What a dataset is as a whole, as bytes for the dataset index. Pure.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/model.h"

namespace annofs {

std::string EncodeInfo(const DatasetInfo& info);
// kInternal on anything that EncodeInfo does not make; never reads outside `data`.
absl::StatusOr<DatasetInfo> DecodeInfo(absl::string_view data);

}  // namespace annofs
