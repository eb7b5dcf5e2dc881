#include "tools/interrupt.h"

#include <unistd.h>

#include <ctime>
#include <utility>

namespace annofs {
namespace {

constexpr int kKilled = 130;  // what a shell says of SIGINT
constexpr timespec kPoll = {.tv_sec = 0, .tv_nsec = 50'000'000};

}  // namespace

Interrupt::Interrupt() {
  sigemptyset(&signals_);
  for (const int signal : {SIGINT, SIGTERM}) sigaddset(&signals_, signal);
  pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  thread_ = std::thread([this] { Wait(); });
}

Interrupt::~Interrupt() {
  ended_ = true;
  thread_.join();
  pthread_sigmask(SIG_SETMASK, &before_, nullptr);
}

void Interrupt::AlsoCancel(std::shared_ptr<Cancellation> also) {
  absl::MutexLock lock(&mutex_);
  also_ = std::move(also);
  if (cancellation_.cancelled()) also_->Cancel();
}

void Interrupt::Wait() {
  while (!ended_) {
    if (sigtimedwait(&signals_, nullptr, &kPoll) <= 0) continue;
    if (cancellation_.cancelled()) _exit(kKilled);
    cancellation_.Cancel();
    absl::MutexLock lock(&mutex_);
    if (also_) also_->Cancel();
  }
}

}  // namespace annofs
