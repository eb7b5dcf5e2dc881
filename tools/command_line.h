// Reads the words behind a command.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/command.h"

namespace annofs {

// The arguments that are no options, those that were left out at the end not among them; what
// options say goes into `settings`. Nothing: help is asked for. kInvalidArgument says what is
// wrong, and what may have been meant.
absl::StatusOr<std::optional<std::vector<std::string>>> ParseCommandLine(
    const Command& command, const std::vector<std::string>& words, Settings& settings);

// A word of Command::arguments.
struct ArgumentSpec {
  std::string name;  // "PATH"
  bool is_optional = false;
  bool is_repeated = false;
};
std::vector<ArgumentSpec> ArgumentsOf(const Command& command);

}  // namespace annofs
