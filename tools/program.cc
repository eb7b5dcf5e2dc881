#include "tools/program.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>

#include "absl/cleanup/cleanup.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"
#include "cache/base/status.h"

extern char** environ;

namespace annofs {
namespace {

constexpr absl::Duration kLook = absl::Milliseconds(50);
constexpr size_t kMostText = 64 << 10;

// 0, or errno.
int Start(std::vector<std::string>& arguments, int output, pid_t& child) {
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  posix_spawn_file_actions_init(&actions);
  posix_spawnattr_init(&attributes);
  absl::Cleanup free_both = [&] {
    posix_spawn_file_actions_destroy(&actions);
    posix_spawnattr_destroy(&attributes);
  };
  posix_spawn_file_actions_adddup2(&actions, output, 1);
  posix_spawn_file_actions_adddup2(&actions, output, 2);
  sigset_t none, usual;
  sigemptyset(&none);
  sigemptyset(&usual);
  sigaddset(&usual, SIGPIPE);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setsigdefault(&attributes, &usual);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
  std::vector<char*> argv;
  for (std::string& argument : arguments) argv.push_back(argument.data());
  argv.push_back(nullptr);
  return posix_spawnp(&child, argv[0], &actions, &attributes, argv.data(), environ);
}

// False: it is not at its end, and nothing more comes within `wait`.
bool ReadSome(int fd, absl::Duration wait, std::string& text) {
  pollfd one{.fd = fd, .events = POLLIN, .revents = 0};
  if (poll(&one, 1, int(absl::ToInt64Milliseconds(wait))) != 1) return false;
  char buffer[4096];
  const ssize_t got = read(fd, buffer, sizeof buffer);
  if (got > 0)
    text.append(buffer, std::min(size_t(got), kMostText - std::min(kMostText, text.size())));
  return got > 0;
}

int ExitCodeOf(int status) {
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

}  // namespace

absl::StatusOr<ProgramEnd> RunProgram(std::vector<std::string> arguments, absl::Duration timeout) {
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return ErrnoToStatus(errno, "pipe");
  absl::Cleanup close_reader = [&ends] { close(ends[0]); };
  ProgramEnd end;
  pid_t child = 0;
  end.error = Start(arguments, ends[1], child);
  close(ends[1]);
  if (end.error != 0) return end;
  const absl::Time deadline = absl::Now() + timeout;
  int status = 0;
  // What it leaves in the background may keep the pipe open: its own end counts.
  while (waitpid(child, &status, WNOHANG) == 0) {
    if (absl::Now() > deadline) {
      kill(child, SIGKILL);
      while (waitpid(child, &status, 0) < 0 && errno == EINTR) {
      }
      return absl::DeadlineExceededError(absl::StrCat(
          arguments[0], " has not ended within ", absl::FormatDuration(timeout), ": ",
          end.text.empty() ? "it said nothing" : absl::StripAsciiWhitespace(end.text)));
    }
    if (!ReadSome(ends[0], kLook, end.text)) absl::SleepFor(absl::Milliseconds(5));
  }
  while (ReadSome(ends[0], absl::ZeroDuration(), end.text)) {
  }
  end.exit_code = ExitCodeOf(status);
  return end;
}

}  // namespace annofs
