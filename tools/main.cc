#include <iostream>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "cache/base/text.h"
#include "tools/command.h"

int main(int argc, char** argv) {
#ifdef NDEBUG
  // Debian builds Abseil with its deadlock detector, one lock that every Mutex of the process would
  // share.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
  std::vector<std::string> arguments(argv + 1, argv + argc);
  // mount(8) runs mount.annofs SOURCE MOUNTPOINT -o OPTIONS for a line of fstab.
  if (annofs::BaseName(argv[0]) == "mount.annofs") arguments.insert(arguments.begin(), "mount");
  return annofs::RunAnnofs(arguments, {std::cout, std::cerr});
}
