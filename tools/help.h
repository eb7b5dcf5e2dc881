// What `annofs help` says. Pure.
#pragma once

#include <string>

#include "tools/command.h"

namespace annofs {

// The commands, by what they are for.
std::string ProgramHelp();
// How a command is called, what it does, its options with their defaults.
std::string CommandHelp(const Command& command);

}  // namespace annofs
