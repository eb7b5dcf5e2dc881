// Another program, run to its end. Stateless.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace annofs {

struct ProgramEnd {
  int error = 0;      // errno: it could not be started
  int exit_code = 0;  // 128 + signal if a signal ended it
  std::string text;   // what it said, on both streams
};

// Found by PATH. One that goes to the background has ended when it has. Signals that are blocked
// here are not blocked there. kDeadlineExceeded, with what it said: it did not end in time and was
// killed.
absl::StatusOr<ProgramEnd> RunProgram(std::vector<std::string> arguments, absl::Duration timeout);

}  // namespace annofs
