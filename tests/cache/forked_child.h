// A second process of a test that runs a function of it, for what only another process can show:
// kill -9, locks. Fork before the test starts threads. The child never returns to the test: it ends
// with _exit, so that nothing is closed in order.
#pragma once

#include <poll.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/functional/function_ref.h"

namespace annofs::testing {

class ForkedChild {
 public:
  // The child's exit code is what `body` answers.
  explicit ForkedChild(absl::FunctionRef<int(ForkedChild&)> body) {
    if (pipe(to_child_) != 0 || pipe(to_parent_) != 0) abort();
    pid_ = fork();
    if (pid_ == 0) {
      close(to_child_[1]);
      close(to_parent_[0]);
      _exit(body(*this));
    }
    close(to_child_[0]);
    close(to_parent_[1]);
  }
  ~ForkedChild() {
    Kill();
    close(to_child_[1]);
    close(to_parent_[0]);
  }
  ForkedChild(const ForkedChild&) = delete;
  ForkedChild& operator=(const ForkedChild&) = delete;

  // The child: tells the parent, waits for the parent's word (or its end).
  void Say() {
    if (write(to_parent_[1], "x", 1) != 1) _exit(90);
  }
  void AwaitWord() {
    char word;
    if (read(to_child_[0], &word, 1) != 1) _exit(91);
  }

  // The parent: waits for Say(), at most 20 seconds; false if the child has ended.
  bool Hear() {
    pollfd ready{to_parent_[0], POLLIN, 0};
    char word;
    return poll(&ready, 1, 20000) == 1 && read(to_parent_[0], &word, 1) == 1;
  }
  void SayToChild() {
    if (write(to_child_[1], "x", 1) != 1) abort();
  }
  // Waits for the end: the exit code, or 128 + signal.
  int Wait() {
    if (pid_ <= 0) return -1;
    int status = 0;
    waitpid(pid_, &status, 0);
    pid_ = -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  }
  void Signal(int signal) { kill(pid_, signal); }
  void Kill() {
    if (pid_ <= 0) return;
    kill(pid_, SIGKILL);
    Wait();
  }

 private:
  pid_t pid_ = -1;
  int to_child_[2];
  int to_parent_[2];
};

}  // namespace annofs::testing
