#include "tools/mount_telemetry.h"

#include <unistd.h>

#include <utility>

#include "absl/memory/memory.h"
#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/quiet_thread.h"
#include "cache/base/status.h"
#include "fs/mount_status.h"
#include "tools/metrics_text.h"
#include "tools/mount_log.h"

namespace annofs {
namespace {

// How late a warning may come, and how much of a day is counted to the one before.
constexpr absl::Duration kWatchPeriod = absl::Seconds(5);

}  // namespace

absl::StatusOr<std::unique_ptr<MountTelemetry>> MountTelemetry::Open(const Settings& settings,
                                                                     Stack& stack) {
  auto telemetry = absl::WrapUnique(new MountTelemetry(stack));
  if (settings.daily_cap > 0) RETURN_IF_ERROR(telemetry->WatchCosts(settings.daily_cap));
  if (!settings.metrics.empty()) {
    RETURN_IF_ERROR(Annotate(telemetry->Listen(settings.metrics), "--metrics"));
  }
  stack.options.daily_cap = telemetry->daily_cap_.get();
  stack.options.connections = ConnectionsOf(settings);
  stack.options.log_file = LogFileOf(settings);
  return telemetry;
}

MountTelemetry::~MountTelemetry() {
  server_ = nullptr;
  if (socket_ >= 0) close(socket_);
  {
    absl::MutexLock lock(&mutex_);
    ending_ = true;
  }
  if (watcher_.joinable()) watcher_.join();
}

absl::Status MountTelemetry::WatchCosts(double cap) {
  ASSIGN_OR_RETURN(Prices prices, ParsePrices(BuiltInPrices()));
  ASSIGN_OR_RETURN(
      daily_cap_, DailyCap::New(std::move(prices), stack_.options.price_service, cap, absl::Now()));
  return absl::OkStatus();
}

absl::Status MountTelemetry::Listen(absl::string_view address) {
  ASSIGN_OR_RETURN(address_, ParseListenAddress(address));
  ASSIGN_OR_RETURN(socket_, ListenAt(*address_));
  stack_.options.metrics = address_->text;
  return absl::OkStatus();
}

absl::Status MountTelemetry::Start() {
  if (daily_cap_ != nullptr) watcher_ = StartWithoutSignals([this] { Watch(); });
  if (socket_ < 0) return absl::OkStatus();
  ASSIGN_OR_RETURN(server_, MetricsServer::Start(std::exchange(socket_, -1), [this] {
                     return MetricsText(stack_.filesystem->StatusNow(), absl::Now());
                   }));
  LogInfo(absl::StrCat("metrics are at http://", address_->text, "/metrics"));
  if (!address_->is_loopback) {
    LogWarning(absl::StrCat("the metrics at ", address_->text,
                            " can be read from other machines: they name the source and the "
                            "mountpoint, and nobody is asked for a password"));
  }
  return absl::OkStatus();
}

void MountTelemetry::Watch() {
  absl::MutexLock lock(&mutex_);
  while (!mutex_.AwaitWithTimeout(absl::Condition(&ending_), kWatchPeriod)) {
    daily_cap_->Update(UsageOf(stack_.counters), absl::Now());
  }
}

}  // namespace annofs
