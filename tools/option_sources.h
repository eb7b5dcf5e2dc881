// What says an option where the command line does not: the environment, and before the defaults a
// file of the machine or the user (design/product.md §3). Whatever excludes something that counts
// more is passed over, and so is an option that the running command does not take: one environment
// and one file serve all commands.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "tools/settings.h"

namespace annofs {

// From the variables ANNOFS_<NAME> of `settings.environment`, after the command line was read.
// kInvalidArgument names the variable.
absl::Status SetFromEnvironment(absl::string_view command, Settings& settings);

// Variables that look like one of these and are none, with what may have been meant: a line each.
std::vector<std::string> DoubtfulVariables(const Variables& environment);

// From the file that `settings.config` names, else the first of ConfigFilePlaces() that exists; its
// datasets are kept in `settings`. After the environment. Commands without --config read none.
absl::Status SetFromFile(absl::string_view command, Settings& settings);

// ~/.config/annofs/annofs.json (below $XDG_CONFIG_HOME where that is set), /etc/annofs.json.
std::vector<std::string> ConfigFilePlaces(const Variables& environment);

}  // namespace annofs
