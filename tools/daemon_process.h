// The process that serves a mount, found by its control socket, so that its end can be waited for.
// Not thread safe.
#pragma once

#include <sys/types.h>

#include <optional>
#include <utility>

#include "absl/time/time.h"

namespace annofs {

class DaemonProcess {
 public:
  // Of the mount with that device number. None: nobody listens there, or the kernel does not say
  // who (Linux before 5.3; another PID namespace).
  static std::optional<DaemonProcess> Of(dev_t device);
  DaemonProcess(DaemonProcess&& other) noexcept
      : pid_(other.pid_), handle_(std::exchange(other.handle_, -1)) {}
  DaemonProcess& operator=(DaemonProcess&&) = delete;
  ~DaemonProcess();

  pid_t pid() const { return pid_; }
  // False: it still runs.
  bool WaitForEnd(absl::Duration timeout) const;

 private:
  DaemonProcess(pid_t pid, int handle) : pid_(pid), handle_(handle) {}

  pid_t pid_;
  int handle_;
};

}  // namespace annofs
