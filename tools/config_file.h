// The file that --config names, or that stands in its usual place.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "formats/machine_config.h"

namespace annofs {

struct ConfigFile {
  std::vector<FileOption> options;  // checked; paths are those of the file's own directory
  std::string datasets;             // the whole text, if it names datasets, else ""
};

// Errors name the file, the line, and what is wrong with it.
absl::StatusOr<ConfigFile> ReadConfigFile(const std::string& path);

}  // namespace annofs
