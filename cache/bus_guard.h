// Reads of mapped files that may be cut short or hold garbage: a fault ends the function that
// reads, not the process. Thread safe; one guard of a thread may lie within another.
#pragma once

#include "absl/functional/function_ref.h"

namespace annofs {

enum class MapFaults {
  kCut,      // SIGBUS: a page that the file has not, or the disk does not give
  kGarbage,  // and SIGSEGV, and LeaveGuard(): pointers made of what was read
};

// Runs `fn`; false if it was left, by a jump, because of a fault. What `fn` owns at that moment
// stays behind: it holds no lock and no object that must be destroyed. A fault outside of a guard,
// or of the other kind, goes to who handled the signal before. The first call takes the signals.
bool RunGuarded(MapFaults faults, absl::FunctionRef<void()> fn);

// Leaves the innermost guard of this thread if it is one of kGarbage; else returns. For a library
// that has found its data impossible, and would end the process.
void LeaveGuard();

}  // namespace annofs
