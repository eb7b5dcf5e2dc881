#include "tools/service_notify.h"

#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "cache/base/log.h"
#include "cache/base/quiet_thread.h"

namespace annofs {
namespace {

std::string TakeVariable(const char* name) {
  const char* value = getenv(name);
  std::string text = value == nullptr ? "" : value;
  unsetenv(name);
  return text;
}

// Of a watchdog for this process; WATCHDOG_PID is absent where it is for any.
absl::Duration ParseWatchdog(absl::string_view microseconds, absl::string_view process) {
  int64_t period = 0, pid = getpid();
  if (!absl::SimpleAtoi(microseconds, &period) || period <= 0) return absl::ZeroDuration();
  if (!process.empty() && (!absl::SimpleAtoi(process, &pid) || pid != getpid())) {
    return absl::ZeroDuration();
  }
  return absl::Microseconds(period);
}

}  // namespace

ServiceNotifier ServiceNotifier::Take() {
  ServiceNotifier service;
  service.socket_ = TakeVariable("NOTIFY_SOCKET");
  const std::string period = TakeVariable("WATCHDOG_USEC");
  const std::string process = TakeVariable("WATCHDOG_PID");
  if (!service.socket_.empty()) service.watchdog_ = ParseWatchdog(period, process);
  return service;
}

void ServiceNotifier::Send(absl::string_view lines) const {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (socket_.empty() || socket_.size() >= sizeof address.sun_path) return;
  std::memcpy(address.sun_path, socket_.data(), socket_.size());
  // A name of the abstract namespace begins with a zero byte and has no zero at its end.
  if (socket_[0] == '@') address.sun_path[0] = '\0';
  const socklen_t size =
      socklen_t(offsetof(sockaddr_un, sun_path) + socket_.size() + (socket_[0] == '@' ? 0 : 1));
  const int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  const timeval second{.tv_sec = 1, .tv_usec = 0};
  setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &second, sizeof second);
  const ssize_t sent = sendto(fd, lines.data(), lines.size(), MSG_NOSIGNAL,
                              reinterpret_cast<const sockaddr*>(&address), size);
  if (sent < 0) LogWarning(absl::StrCat("telling the service manager: ", std::strerror(errno)));
  close(fd);
}

void ServiceNotifier::SendState(absl::string_view state, absl::string_view status) const {
  Send(absl::StrCat(state, "\nSTATUS=", Redact(status), "\n"));
}

Heartbeat::Heartbeat(const ServiceNotifier& service, std::function<bool()> serves)
    : service_(service), serves_(std::move(serves)) {
  if (service_.watchdog() == absl::ZeroDuration()) return;
  thread_ = StartWithoutSignals([this] { Beat(); });
}

Heartbeat::~Heartbeat() {
  {
    absl::MutexLock lock(&mutex_);
    stopped_ = true;
  }
  if (thread_.joinable()) thread_.join();
}

void Heartbeat::Beat() {
  bool is_silent = false;
  absl::MutexLock lock(&mutex_);
  do {
    const bool serves = serves_();
    if (serves) service_.Send("WATCHDOG=1\n");
    if (serves == is_silent) {
      is_silent = !serves;
      LogError(is_silent
                   ? "the mount takes no requests: the service manager's watchdog is not told "
                     "that it serves"
                   : "the mount takes requests again: the watchdog is told so");
    }
  } while (!mutex_.AwaitWithTimeout(absl::Condition(&stopped_), service_.watchdog() / 2));
}

}  // namespace annofs
