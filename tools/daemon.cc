#include "tools/daemon.h"

#include <fcntl.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <cstring>

#include "absl/strings/str_cat.h"

namespace annofs {
namespace {

// What the child writes when it serves; a failure is its text, nothing at all is a death.
constexpr char kServes = '\0';

std::string ReadAll(int fd) {
  std::string text;
  char buffer[4096];
  while (true) {
    ssize_t got = read(fd, buffer, sizeof buffer);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return text;
    text.append(buffer, size_t(got));
  }
}

void CloseStandardStreams() {
  int null = open("/dev/null", O_RDWR);
  if (null < 0) return;
  for (int fd : {0, 1, 2}) dup2(null, fd);
  if (null > 2) close(null);
}

std::string HowItDied(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
  }
  if (WIFSIGNALED(status))
    return absl::StrCat("the daemon was killed by signal ", WTERMSIG(status));
  return "the daemon ended without a word (see the log)";
}

}  // namespace

void StartReport::Send(absl::string_view failure) {
  if (pipe_ < 0) return;
  prctl(PR_SET_PDEATHSIG, 0);  // the parent ends when it has heard this
  std::string text = failure.empty() ? std::string(1, kServes) : std::string(failure);
  for (absl::string_view rest = text; !rest.empty();) {
    ssize_t written = write(pipe_, rest.data(), rest.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) break;
    rest.remove_prefix(size_t(written));
  }
  close(pipe_);
  pipe_ = -1;
  CloseStandardStreams();
}

std::string Daemonize(const std::function<int(StartReport&)>& child) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return absl::StrCat("pipe: ", std::strerror(errno));
  const pid_t parent = getpid();
  pid_t pid = fork();
  if (pid < 0) return absl::StrCat("fork: ", std::strerror(errno));
  if (pid == 0) {
    close(ends[0]);
    setsid();
    prctl(PR_SET_PDEATHSIG, SIGTERM);
    if (getppid() != parent) _exit(1);
    StartReport report(ends[1]);
    _exit(child(report));
  }
  close(ends[1]);
  std::string text = ReadAll(ends[0]);
  close(ends[0]);
  if (text == std::string(1, kServes)) return "";
  return text.empty() ? HowItDied(pid) : text;
}

}  // namespace annofs
