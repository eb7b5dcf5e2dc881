// A child process of a test. Not thread safe; ended, by its pid, at the latest by the destructor.
#pragma once

#include <sys/types.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace annofs::testing {

struct ProcessOptions {
  std::vector<std::string> argv;  // argv[0]: a path, or a name found by PATH
  // On top of the environment of the test; a name given here replaces the inherited one.
  std::vector<std::pair<std::string, std::string>> env;
  std::string directory;  // where it runs; empty: where the test runs
  std::string input;      // its standard input; at most 64 KiB
};

struct ProcessResult {
  int exit_code = -1;  // 128 + signal if a signal ended it
  std::string out;     // all of stdout that ReadLine() has not taken
  std::string err;     // all of stderr
};

class Process {
 public:
  // kInvalidArgument or the error of the system call; a program that does not exist is kNotFound.
  static absl::StatusOr<std::unique_ptr<Process>> Start(const ProcessOptions& options);
  // Kills (SIGKILL) and reaps what still runs.
  ~Process();
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;

  pid_t pid() const { return pid_; }

  // The next line of stdout without its newline. kOutOfRange at the end of stdout,
  // kDeadlineExceeded.
  absl::StatusOr<std::string> ReadLine(absl::Duration timeout = absl::Seconds(10));

  // Waits for its end. kDeadlineExceeded: it still runs. At most once with success.
  absl::StatusOr<ProcessResult> Wait(absl::Duration timeout = absl::Seconds(30));

  // Sends a signal; nothing if it has ended.
  void Signal(int signal);

 private:
  Process(pid_t pid, int out, int err) : pid_(pid), out_(out), err_(err) {}

  // Takes over what the pipes hold, waiting until `deadline` at the most for something to come.
  void Pump(absl::Time deadline);
  bool Reap();

  pid_t pid_;
  int out_;  // -1: at its end
  int err_;
  bool reaped_ = false;
  int wait_status_ = 0;
  std::string out_text_;
  std::string err_text_;
};

// Starts and waits.
absl::StatusOr<ProcessResult> RunProcess(const ProcessOptions& options,
                                         absl::Duration timeout = absl::Seconds(30));

}  // namespace annofs::testing
