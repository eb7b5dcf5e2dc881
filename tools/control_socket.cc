#include "tools/control_socket.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr absl::Duration kClientTimeout = absl::Seconds(1);
constexpr size_t kMaxAnswer = 16 << 20;
constexpr int kMaxClients = 32;
constexpr int kBacklog = 128;

absl::StatusOr<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return ErrnoToStatus(ENAMETOOLONG, path);
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

// Which file has the name; zeros: none.
std::pair<dev_t, ino_t> FileAt(const std::string& path) {
  struct stat info {};
  return lstat(path.c_str(), &info) == 0 ? std::pair(info.st_dev, info.st_ino)
                                         : std::pair<dev_t, ino_t>();
}

bool WaitFor(int fd, short events, absl::Time deadline) {
  pollfd one{.fd = fd, .events = events, .revents = 0};
  if (deadline == absl::InfiniteFuture()) return poll(&one, 1, -1) == 1;
  int64_t left = absl::ToInt64Milliseconds(deadline - absl::Now());
  return left > 0 && poll(&one, 1, int(left)) == 1;
}

bool SendAll(int fd, absl::string_view text, absl::Time deadline) {
  while (!text.empty()) {
    if (!WaitFor(fd, POLLOUT, deadline)) return false;
    ssize_t sent = send(fd, text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) return false;
    if (sent > 0) text.remove_prefix(size_t(sent));
  }
  return true;
}

// Reads until the other side ends, or the deadline.
absl::StatusOr<std::string> Receive(int fd, absl::Time deadline) {
  std::string text;
  char buffer[4096];
  while (text.size() < kMaxAnswer) {
    if (!WaitFor(fd, POLLIN, deadline)) return absl::DeadlineExceededError("no answer in time");
    ssize_t got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    // Reset: it has not read all that it was told.
    if (got == 0 || (got < 0 && errno == ECONNRESET && !text.empty())) return text;
    if (got < 0) return ErrnoToStatus(errno, "reading the control socket");
    text.append(buffer, size_t(got));
  }
  return absl::InternalError("an answer without end");
}

}  // namespace

bool ControlClient::Send(absl::string_view text, absl::Duration patience) const {
  return SendAll(connection_, text, absl::Now() + patience);
}

// Linux: a socket can be written to while a quarter of its buffer is taken at most.
bool ControlClient::IsReady() const {
  pollfd one{.fd = connection_, .events = POLLOUT, .revents = 0};
  return poll(&one, 1, 0) == 1;
}

ControlServer::ControlServer(int listener, int wakeup, std::string path, Serve serve)
    : listener_(listener),
      wakeup_(wakeup),
      path_(std::move(path)),
      file_(FileAt(path_)),
      serve_(std::move(serve)),
      pool_(kMaxClients),
      thread_([this] { Accept(); }) {}

absl::StatusOr<std::unique_ptr<ControlServer>> ControlServer::Start(const std::string& path,
                                                                    Serve serve) {
  ASSIGN_OR_RETURN(sockaddr_un address, AddressOf(path));
  std::string directory(DirName(path));
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    return ErrnoToStatus(errno, directory);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener < 0) return ErrnoToStatus(errno, "control socket");
  unlink(path.c_str());  // of a daemon that was killed: the device number is ours now
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      chmod(path.c_str(), 0600) != 0 || listen(listener, kBacklog) != 0) {
    absl::Status status = ErrnoToStatus(errno, path);
    close(listener);
    return status;
  }
  int wakeup = eventfd(0, EFD_CLOEXEC);
  return std::unique_ptr<ControlServer>(
      new ControlServer(listener, wakeup, path, std::move(serve)));
}

void ControlServer::Stop() {
  stopped_.Cancel();
  if (!thread_.joinable()) return;
  uint64_t one = 1;
  [[maybe_unused]] ssize_t written = write(wakeup_, &one, sizeof one);
  thread_.join();
  // First: a socket that nobody listens at is that of a dead daemon. Not that of the next mount,
  // which may have the device number since ours was unmounted.
  if (FileAt(path_) == file_) unlink(path_.c_str());
  close(listener_);
}

ControlServer::~ControlServer() {
  Stop();
  close(wakeup_);
}

void ControlServer::Accept() {
  while (true) {
    pollfd both[2] = {{listener_, POLLIN, 0}, {wakeup_, POLLIN, 0}};
    if (poll(both, 2, -1) < 0 && errno != EINTR) return;
    if (both[1].revents != 0) return;
    int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) TakeIn(connection);
  }
}

// Waits for nobody: the next client may want to know the status.
void ControlServer::TakeIn(int connection) {
  if (clients_.load() >= kMaxClients) {
    constexpr absl::string_view kRefusal = "error too many clients: try again later\n";
    send(connection, kRefusal.data(), kRefusal.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    close(connection);
    return;
  }
  ++clients_;
  pool_.Submit([this, connection] {
    ServeOne(connection);
    close(connection);
    --clients_;
  });
}

void ControlServer::ServeOne(int connection) const {
  ControlClient client(connection, stopped_);
  absl::StatusOr<std::optional<std::string>> first = client.lines().Next(kClientTimeout);
  if (first.ok() && *first) return serve_(**first, client);
  client.Send(absl::StrCat(
      "error no question: ", first.ok() ? "the end came first" : first.status().message(), "\n"));
}

absl::StatusOr<int> ConnectControl(const std::string& path) {
  ASSIGN_OR_RETURN(sockaddr_un address, AddressOf(path));
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return ErrnoToStatus(errno, "control socket");
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0) return fd;
  absl::Status status = ErrnoToStatus(errno, path);
  close(fd);
  return status;
}

bool IsAbandonedControl(const std::string& path) {
  absl::StatusOr<sockaddr_un> address = AddressOf(path);
  const int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (!address.ok() || fd < 0) return false;
  absl::Cleanup closer = [fd] { close(fd); };
  return connect(fd, reinterpret_cast<sockaddr*>(&*address), sizeof *address) != 0 &&
         errno == ECONNREFUSED;
}

bool SendControl(int connection, absl::string_view text) {
  return SendAll(connection, text, absl::InfiniteFuture());
}

absl::StatusOr<std::string> AskControl(const std::string& path, absl::string_view question,
                                       absl::Duration timeout) {
  absl::Time deadline = absl::Now() + timeout;
  ASSIGN_OR_RETURN(int fd, ConnectControl(path));
  absl::Cleanup closer = [fd] { close(fd); };
  if (!SendAll(fd, std::string(question) + "\n", deadline))
    return absl::DeadlineExceededError("no answer in time");
  return Receive(fd, deadline);
}

}  // namespace annofs
