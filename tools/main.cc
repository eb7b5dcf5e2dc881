#include <malloc.h>

#include <iostream>
#include <string>
#include <vector>

#include "absl/synchronization/mutex.h"
#include "cache/base/text.h"
#include "tools/command.h"
#include "tools/mount_helper.h"

namespace {

// Buffers of fetches come from the system and go back to it. By itself malloc stops doing that
// after the first large one, keeps them in an arena for each of many threads, and holds twice what
// is in use.
void BoundMallocsHoldings() {
  mallopt(M_MMAP_THRESHOLD, 128 << 10);
  mallopt(M_TRIM_THRESHOLD, 8 << 20);
  mallopt(M_ARENA_MAX, 4);
}

}  // namespace

int main(int argc, char** argv) {
#ifdef NDEBUG
  // Debian builds Abseil with its deadlock detector, one lock that every Mutex of the process would
  // share.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
#endif
  BoundMallocsHoldings();
  std::vector<std::string> arguments(argv + 1, argv + argc);
  const annofs::Io io{std::cout, std::cerr};
  if (annofs::BaseName(argv[0]) == "mount.annofs") return annofs::RunMountHelper(arguments, io);
  return annofs::RunAnnofs(arguments, io);
}
