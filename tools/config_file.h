// The file that --config names.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "fs/configuration.h"

namespace annofs {

// Its text, which is a configuration: errors name the file and what is wrong with it.
absl::StatusOr<ConfigurationText> ReadConfigFile(const std::string& path);

}  // namespace annofs
