// The configuration file of a machine or a user: that of --config, ~/.config/annofs/annofs.json or
// /etc/annofs.json. It holds "datasets", as a bucket's annofs.json (formats/dataset_config.h), or
// "options", those of the command line, or both; parsed as strictly. Pure.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset_config.h"

namespace annofs {

// An option that "options" may hold, and as what.
struct KnownOption {
  absl::string_view name;
  enum class Value : uint8_t {
    kSwitch,        // true or false
    kOne,           // a string or a number
    kMayBeLeftOut,  // a string, a number, or true or false
    kMany           // an array of strings
  } value = Value::kOne;
};

// One that the file holds.
struct FileOption {
  std::string name;
  std::vector<std::string> values;  // as the command line has them; of true and false these words
};

struct MachineConfiguration {
  std::optional<Configuration> datasets;  // none: the bucket's own configuration counts
  std::vector<FileOption> options;        // as they stand there
};

// `check` says what is wrong with a value of an option. kInvalidArgument:
// "FILE:LINE: options.cache-size: WHAT"; the one that stands first counts.
absl::StatusOr<MachineConfiguration> ParseMachineConfiguration(
    absl::string_view text, absl::string_view file, const std::vector<KnownOption>& known,
    absl::FunctionRef<absl::Status(absl::string_view name, absl::string_view value)> check);

// The datasets of a file whose options are somebody else's concern.
absl::StatusOr<Configuration> ParseMachineDatasets(absl::string_view text, absl::string_view file);

}  // namespace annofs
