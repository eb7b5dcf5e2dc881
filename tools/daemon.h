// Going to the background: the parent waits until the child says that it serves, or why it cannot.
#pragma once

#include <functional>
#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

// In the child: says how the start went, once. An empty text: it serves.
class StartReport {
 public:
  explicit StartReport(int pipe) : pipe_(pipe) {}
  // Tells the parent and closes the child's standard streams (they are the caller's terminal).
  void Send(absl::string_view failure);

 private:
  int pipe_;
};

// Forks. In the child runs `child` and exits with its answer; in the parent answers the failure
// that the child reported, or an empty text when it serves. A child whose parent ends before the
// report gets SIGTERM: who interrupts a start gets no mount. REQUIRES: one thread.
std::string Daemonize(const std::function<int(StartReport&)>& child);

}  // namespace annofs
