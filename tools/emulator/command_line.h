// The command line of annofs-emulator.
#pragma once

#include <iosfwd>
#include <optional>

#include "tools/emulator/emulator.h"

namespace annofs::emulator {

// Exit codes of the program.
inline constexpr int kExitFailure = 1;
inline constexpr int kExitUsage = 2;

struct CommandLine {
  std::optional<EmulatorOptions> options;  // nothing: end with `exit_code`
  int exit_code = 0;
};

// Help and version go to `out`, wrong usage to `err`. The key is not on the command line: it is
// left empty.
CommandLine ParseCommandLine(int argc, const char* const* argv, std::ostream& out,
                             std::ostream& err);

}  // namespace annofs::emulator
