#include "tools/interrupt.h"

#include <ctime>

namespace annofs {
namespace {

constexpr timespec kPoll = {.tv_sec = 0, .tv_nsec = 50'000'000};

}  // namespace

Interrupt::Interrupt(Cancellation* also) : also_(also) {
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

void Interrupt::Wait() {
  while (!ended_) {
    if (sigtimedwait(&signals_, nullptr, &kPoll) <= 0) continue;
    cancellation_.Cancel();
    if (also_ != nullptr) also_->Cancel();
  }
}

}  // namespace annofs
