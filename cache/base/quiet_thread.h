// Threads that no signal is delivered to: all signals stay with the program's own threads, whatever
// those have blocked when such a thread starts. With SIGPIPE blocked, a write to a closed
// connection is an error and not the end of the process.
#pragma once

#include <csignal>
#include <thread>
#include <utility>

namespace annofs {

// While it lives, threads that this one starts take no signals.
class QuietThreads {
 public:
  QuietThreads() {
    sigset_t all;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  ~QuietThreads() { pthread_sigmask(SIG_SETMASK, &before_, nullptr); }
  QuietThreads(const QuietThreads&) = delete;
  QuietThreads& operator=(const QuietThreads&) = delete;

 private:
  sigset_t before_;
};

template <typename Function>
std::thread StartWithoutSignals(Function function) {
  const QuietThreads quiet;
  return std::thread(std::move(function));
}

}  // namespace annofs
