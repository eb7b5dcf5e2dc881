// What configurations of buckets and of machines have in common (design/product.md §4). Pure.
#pragma once

#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/json_tree.h"
#include "formats/dataset_config.h"
#include "formats/settings.h"

namespace annofs {

// Also an error: text that is larger than a configuration may be.
absl::StatusOr<JsonTree> ParseConfigurationTree(absl::string_view text, absl::string_view file);

// The array `datasets`. What is wrong is an error of it.
std::vector<DatasetConfig> ReadDatasets(const Setting& datasets);

}  // namespace annofs
