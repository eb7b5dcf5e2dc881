// What a mount measures of itself, and whom it tells: meters of the kernel's requests, the metrics
// of --metrics, the warnings of --daily-cap. Not thread safe; what it starts is its own.
#pragma once

#include <memory>
#include <optional>
#include <thread>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "fs/daily_cap.h"
#include "fs/filesystem.h"
#include "fs/op_meter.h"
#include "tools/listen_address.h"
#include "tools/metrics_server.h"
#include "tools/settings.h"
#include "tools/stack.h"

namespace annofs {

class MountTelemetry {
 public:
  // For a stack without its filesystem, whose options it completes. Listens at the address of
  // --metrics, and starts no thread. Errors say what to do: that address, prices that are not
  // known. The stack outlives it.
  static absl::StatusOr<std::unique_ptr<MountTelemetry>> Open(const Settings& settings,
                                                              Stack& stack);
  ~MountTelemetry();
  MountTelemetry(const MountTelemetry&) = delete;
  MountTelemetry& operator=(const MountTelemetry&) = delete;

  // Of the session, which it outlives.
  OpObserver* observer() { return &meter_; }
  // From now on metrics are served and costs are watched. REQUIRES: the stack has its filesystem,
  // which outlives this.
  absl::Status Start();

 private:
  explicit MountTelemetry(Stack& stack) : stack_(stack), meter_(stack.counters) {}
  absl::Status Listen(absl::string_view address);
  absl::Status WatchCosts(double cap);
  void Watch();

  Stack& stack_;
  OpMeter meter_;
  std::unique_ptr<DailyCap> daily_cap_;
  std::optional<ListenAddress> address_;
  int socket_ = -1;  // that listens, and has not been given to the server
  std::unique_ptr<MetricsServer> server_;
  absl::Mutex mutex_;
  bool ending_ ABSL_GUARDED_BY(mutex_) = false;
  std::thread watcher_;
};

}  // namespace annofs
