// Tells a service manager how a mount fares: systemd's notification protocol (sd_notify(3)) for
// units of Type=notify, and its watchdog (sd_watchdog_enabled(3)). Without one nothing is sent.
#pragma once

#include <sys/types.h>

#include <functional>
#include <string>
#include <thread>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"
#include "absl/time/time.h"

namespace annofs {

// Thread safe, but for Take().
class ServiceNotifier {
 public:
  // Tells nobody.
  ServiceNotifier() = default;
  // Takes NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID out of the environment: they are for this
  // process, not for its children. Before any thread is started.
  static ServiceNotifier Take();

  // One message of lines NAME=VALUE. What cannot be told within a second is dropped.
  void Send(absl::string_view lines) const;
  // The same as the lines STATE and STATUS=status, which becomes one line.
  void SendState(absl::string_view state, absl::string_view status) const;
  // The service manager ends the service that says nothing for so long; 0: it does not.
  absl::Duration watchdog() const { return watchdog_; }

 private:
  std::string socket_;  // empty: nobody; begins with '@': of the abstract namespace
  absl::Duration watchdog_;
};

// Says WATCHDOG=1 at half of the watchdog's time for as long as it lives and the mount serves; logs
// when it falls silent, and when it speaks again.
class Heartbeat {
 public:
  // `serves` waits for nothing; it is called on a thread of this object. Both outlive it.
  Heartbeat(const ServiceNotifier& service, std::function<bool()> serves);
  ~Heartbeat();

 private:
  void Beat();

  const ServiceNotifier& service_;
  const std::function<bool()> serves_;
  absl::Mutex mutex_;
  bool stopped_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread thread_;
};

}  // namespace annofs
