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
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr absl::Duration kClientTimeout = absl::Seconds(1);
constexpr size_t kMaxAnswer = 16 << 20;

absl::StatusOr<sockaddr_un> AddressOf(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.size() >= sizeof address.sun_path) return ErrnoToStatus(ENAMETOOLONG, path);
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

bool WaitFor(int fd, short events, absl::Time deadline) {
  pollfd one{.fd = fd, .events = events, .revents = 0};
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

// Reads until the other side ends, `stop` is met, or the deadline.
absl::StatusOr<std::string> Receive(int fd, char stop, absl::Time deadline) {
  std::string text;
  char buffer[4096];
  while (text.size() < kMaxAnswer) {
    if (!WaitFor(fd, POLLIN, deadline)) return absl::DeadlineExceededError("no answer in time");
    ssize_t got = recv(fd, buffer, sizeof buffer, MSG_DONTWAIT);
    if (got < 0 && (errno == EAGAIN || errno == EINTR)) continue;
    if (got < 0) return ErrnoToStatus(errno, "reading the control socket");
    if (got == 0) return text;
    text.append(buffer, size_t(got));
    if (stop != 0 && text.find(stop) != std::string::npos) return text;
  }
  return absl::InternalError("an answer without end");
}

}  // namespace

ControlServer::ControlServer(int listener, int wakeup, std::string path, Answer answer)
    : listener_(listener),
      wakeup_(wakeup),
      path_(std::move(path)),
      answer_(std::move(answer)),
      thread_([this] { Serve(); }) {}

absl::StatusOr<std::unique_ptr<ControlServer>> ControlServer::Start(const std::string& path,
                                                                    Answer answer) {
  ASSIGN_OR_RETURN(sockaddr_un address, AddressOf(path));
  std::string directory(DirName(path));
  if (mkdir(directory.c_str(), 0700) != 0 && errno != EEXIST)
    return ErrnoToStatus(errno, directory);
  int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (listener < 0) return ErrnoToStatus(errno, "control socket");
  unlink(path.c_str());  // of a daemon that was killed: the device number is ours now
  if (bind(listener, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      chmod(path.c_str(), 0600) != 0 || listen(listener, 16) != 0) {
    absl::Status status = ErrnoToStatus(errno, path);
    close(listener);
    return status;
  }
  int wakeup = eventfd(0, EFD_CLOEXEC);
  return std::unique_ptr<ControlServer>(
      new ControlServer(listener, wakeup, path, std::move(answer)));
}

ControlServer::~ControlServer() {
  uint64_t one = 1;
  [[maybe_unused]] ssize_t written = write(wakeup_, &one, sizeof one);
  thread_.join();
  close(wakeup_);
  close(listener_);
  unlink(path_.c_str());
}

void ControlServer::Serve() {
  while (true) {
    pollfd both[2] = {{listener_, POLLIN, 0}, {wakeup_, POLLIN, 0}};
    if (poll(both, 2, -1) < 0 && errno != EINTR) return;
    if (both[1].revents != 0) return;
    int connection = accept4(listener_, nullptr, nullptr, SOCK_CLOEXEC);
    if (connection >= 0) AnswerOne(connection);
  }
}

void ControlServer::AnswerOne(int connection) const {
  absl::Cleanup closer = [connection] { close(connection); };
  absl::Time deadline = absl::Now() + kClientTimeout;
  absl::StatusOr<std::string> question = Receive(connection, '\n', deadline);
  if (question.ok()) SendAll(connection, answer_(absl::StripSuffix(*question, "\n")), deadline);
}

absl::StatusOr<std::string> AskControl(const std::string& path, absl::string_view question,
                                       absl::Duration timeout) {
  ASSIGN_OR_RETURN(sockaddr_un address, AddressOf(path));
  absl::Time deadline = absl::Now() + timeout;
  int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (fd < 0) return ErrnoToStatus(errno, "control socket");
  absl::Cleanup closer = [fd] { close(fd); };
  if (connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0)
    return ErrnoToStatus(errno, path);
  if (!SendAll(fd, std::string(question) + "\n", deadline))
    return absl::DeadlineExceededError("no answer in time");
  return Receive(fd, 0, deadline);
}

}  // namespace annofs
