#include "tools/daemon_process.h"

#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "absl/cleanup/cleanup.h"
#include "absl/status/statusor.h"
#include "tools/control_socket.h"
#include "tools/mount_table.h"

namespace annofs {
namespace {

// 0: not told.
pid_t ListenerOf(int connection) {
  ucred who{};
  socklen_t size = sizeof who;
  return getsockopt(connection, SOL_SOCKET, SO_PEERCRED, &who, &size) == 0 ? who.pid : 0;
}

bool IsClosed(int connection) {
  pollfd one{.fd = connection, .events = 0, .revents = 0};
  return poll(&one, 1, 0) == 1 && (one.revents & (POLLHUP | POLLERR)) != 0;
}

}  // namespace

std::optional<DaemonProcess> DaemonProcess::Of(dev_t device) {
  for (const std::string& path : SocketPaths(device)) {
    const absl::StatusOr<int> connection = ConnectControl(path);
    if (!connection.ok()) continue;
    absl::Cleanup closer = [&] { close(*connection); };
    const pid_t pid = ListenerOf(*connection);
    if (pid == 0) continue;
    const int handle = int(syscall(SYS_pidfd_open, pid, 0));
    if (handle < 0) continue;
    DaemonProcess process(pid, handle);
    // While it is connected the number is nobody else's.
    if (!IsClosed(*connection)) return process;
  }
  return std::nullopt;
}

DaemonProcess::~DaemonProcess() {
  if (handle_ >= 0) close(handle_);
}

bool DaemonProcess::WaitForEnd(absl::Duration timeout) const {
  pollfd one{.fd = handle_, .events = POLLIN, .revents = 0};
  return poll(&one, 1, int(absl::ToInt64Milliseconds(timeout))) == 1;
}

}  // namespace annofs
