// Which view `--view [DATASET/]VIEW` means. Pure.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

// "DATASET/VIEW", the path below views/. `datasets`: those that there are. `dataset`: of --dataset,
// or "": then the view names it, or there is only one. That the view exists is not known from this.
// kNotFound, kInvalidArgument: the message names the datasets.
absl::StatusOr<std::string> ViewPathOf(const std::vector<std::string>& datasets,
                                       const std::string& dataset, const std::string& view);

// "; there are a, b": the first 20.
std::string NamesText(const std::vector<std::string>& names);

// kNotFound, with what may have been meant, and what there is.
absl::Status NoSuchDataset(absl::string_view wanted, const std::vector<std::string>& names);

}  // namespace annofs
