#include "tests/testing/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "cache/base/status.h"

extern char** environ;

namespace annofs::testing {
namespace {

constexpr size_t kMaxInput = 65536;  // what a pipe takes without a reader
constexpr absl::Duration kPoll = absl::Milliseconds(5);

struct Pipe {
  int read = -1;
  int write = -1;

  Pipe() = default;
  Pipe(const Pipe&) = delete;
  Pipe& operator=(const Pipe&) = delete;
  ~Pipe() {
    if (read >= 0) close(read);
    if (write >= 0) close(write);
  }

  absl::Status Open() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return ErrnoToStatus(errno, "pipe");
    read = ends[0];
    write = ends[1];
    return absl::OkStatus();
  }
  int TakeRead() { return std::exchange(read, -1); }
  void CloseWrite() {
    close(write);
    write = -1;
  }
};

std::vector<std::string> Environment(const ProcessOptions& options) {
  std::vector<std::string> all;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string text = *entry;
    const std::string name = text.substr(0, text.find('='));
    const bool replaced = std::any_of(options.env.begin(), options.env.end(),
                                      [&](const auto& pair) { return pair.first == name; });
    if (!replaced) all.push_back(text);
  }
  for (const auto& [name, value] : options.env) all.push_back(absl::StrCat(name, "=", value));
  return all;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& string : strings) pointers.push_back(string.data());
  pointers.push_back(nullptr);
  return pointers;
}

// What the child does between fork and exec: system calls only. Answers errno by `error`.
[[noreturn]] void Become(const std::array<int, 3>& standard, const char* directory, char** argv,
                         char** env, int error) {
  for (int fd = 0; fd < 3; ++fd) dup2(standard[fd], fd);
  if (*directory == '\0' || chdir(directory) == 0) execvpe(argv[0], argv, env);
  const int reason = errno;
  [[maybe_unused]] const ssize_t written = write(error, &reason, sizeof(reason));
  _exit(127);
}

// Appends what a pipe holds; closes it at its end.
void Drain(int& fd, std::string& text) {
  char buffer[65536];
  const ssize_t size = read(fd, buffer, sizeof(buffer));
  if (size > 0) {
    text.append(buffer, size);
  } else if (size == 0 || (errno != EINTR && errno != EAGAIN)) {
    close(std::exchange(fd, -1));
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Process>> Process::Start(const ProcessOptions& options) {
  if (options.argv.empty() || options.input.size() > kMaxInput) {
    return absl::InvalidArgumentError("no program, or too much input");
  }
  Pipe in, out, err, failure;
  for (Pipe* pipe : {&in, &out, &err, &failure}) RETURN_IF_ERROR(pipe->Open());
  std::vector<std::string> arguments = options.argv;
  std::vector<std::string> environment = Environment(options);
  const std::vector<char*> argv = Pointers(arguments);
  const std::vector<char*> env = Pointers(environment);
  const pid_t pid = fork();
  if (pid < 0) return ErrnoToStatus(errno, "fork");
  if (pid == 0) {
    Become({in.read, out.write, err.write}, options.directory.c_str(),
           const_cast<char**>(argv.data()), const_cast<char**>(env.data()), failure.write);
  }
  for (Pipe* pipe : {&out, &err, &failure}) pipe->CloseWrite();
  // Owned from here on: whatever fails, the child is reaped.
  std::unique_ptr<Process> process(new Process(pid, out.TakeRead(), err.TakeRead()));
  int error = 0;
  if (read(failure.read, &error, sizeof(error)) == sizeof(error)) {
    return ErrnoToStatus(error, options.argv[0]);
  }
  // The read end is still open here: a child that does not read is no SIGPIPE.
  if (write(in.write, options.input.data(), options.input.size()) < 0) {
    return ErrnoToStatus(errno, "write");
  }
  return process;
}

Process::~Process() {
  if (!Reap()) {
    kill(pid_, SIGKILL);
    while (waitpid(pid_, &wait_status_, 0) < 0 && errno == EINTR) {
    }
  }
  if (out_ >= 0) close(out_);
  if (err_ >= 0) close(err_);
}

void Process::Pump(absl::Time deadline) {
  std::array<pollfd, 2> fds = {
      {{.fd = out_, .events = POLLIN, .revents = 0}, {.fd = err_, .events = POLLIN, .revents = 0}}};
  const absl::Duration wait = std::clamp(deadline - absl::Now(), absl::ZeroDuration(), kPoll);
  if (poll(fds.data(), fds.size(), static_cast<int>(absl::ToInt64Milliseconds(wait))) <= 0) return;
  if (fds[0].revents != 0) Drain(out_, out_text_);
  if (fds[1].revents != 0) Drain(err_, err_text_);
}

absl::StatusOr<std::string> Process::ReadLine(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (true) {
    const size_t newline = out_text_.find('\n');
    if (newline != std::string::npos) {
      std::string line = out_text_.substr(0, newline);
      out_text_.erase(0, newline + 1);
      return line;
    }
    if (out_ < 0)
      return absl::OutOfRangeError(absl::StrCat("no further line; stderr: ", err_text_));
    if (absl::Now() >= deadline) return absl::DeadlineExceededError("no line yet");
    Pump(deadline);
  }
}

bool Process::Reap() {
  if (!reaped_) reaped_ = waitpid(pid_, &wait_status_, WNOHANG) == pid_;
  return reaped_;
}

absl::StatusOr<ProcessResult> Process::Wait(absl::Duration timeout) {
  const absl::Time deadline = absl::Now() + timeout;
  while (!Reap()) {
    if (absl::Now() >= deadline) return absl::DeadlineExceededError("the process still runs");
    Pump(deadline);
  }
  // What it had written is in the pipes; a grandchild that holds them open is not waited for.
  while (out_ >= 0 || err_ >= 0) {
    const size_t before = out_text_.size() + err_text_.size();
    const bool open = out_ >= 0 && err_ >= 0;
    Pump(absl::Now() + kPoll);
    if (before == out_text_.size() + err_text_.size() && open == (out_ >= 0 && err_ >= 0)) break;
  }
  const int code =
      WIFEXITED(wait_status_) ? WEXITSTATUS(wait_status_) : 128 + WTERMSIG(wait_status_);
  return ProcessResult{.exit_code = code, .out = std::move(out_text_), .err = std::move(err_text_)};
}

void Process::Signal(int signal) {
  if (!Reap()) kill(pid_, signal);
}

absl::StatusOr<ProcessResult> RunProcess(const ProcessOptions& options, absl::Duration timeout) {
  ASSIGN_OR_RETURN(std::unique_ptr<Process> process, Process::Start(options));
  return process->Wait(timeout);
}

}  // namespace annofs::testing
