#include "cache/bus_guard.h"

#include <csetjmp>
#include <csignal>

namespace annofs {
namespace {

struct Guard {
  sigjmp_buf jump;
  MapFaults faults;
  Guard* outer;
};

thread_local Guard* innermost = nullptr;

// Written once, before the handler can run.
struct sigaction before_bus, before_segment;

[[noreturn]] void Leave(Guard* guard) {
  innermost = guard->outer;
  siglongjmp(guard->jump, 1);
}

void PassOn(int signal, siginfo_t* info, void* context) {
  const struct sigaction& before = signal == SIGBUS ? before_bus : before_segment;
  if ((before.sa_flags & SA_SIGINFO) != 0) {
    before.sa_sigaction(signal, info, context);
  } else if (before.sa_handler != SIG_DFL && before.sa_handler != SIG_IGN) {
    before.sa_handler(signal);
  } else {
    // The same instruction faults again, and the process ends as it would have without us.
    std::signal(signal, SIG_DFL);
    if (info->si_code <= 0) raise(signal);
  }
}

void OnFault(int signal, siginfo_t* info, void* context) {
  // What another process has sent is no fault.
  if (Guard* guard = innermost; guard != nullptr && info->si_code > 0 &&
                                (signal == SIGBUS || guard->faults == MapFaults::kGarbage)) {
    Leave(guard);
  }
  PassOn(signal, info, context);
}

bool TakeSignals() {
  struct sigaction action {};
  action.sa_sigaction = OnFault;
  // Not blocked while it is handled: the jump would leave it so.
  action.sa_flags = SA_SIGINFO | SA_NODEFER | SA_ONSTACK;
  sigemptyset(&action.sa_mask);
  // Who handled it before is known before anything can fault here.
  sigaction(SIGBUS, nullptr, &before_bus);
  sigaction(SIGSEGV, nullptr, &before_segment);
  sigaction(SIGBUS, &action, nullptr);
  sigaction(SIGSEGV, &action, nullptr);
  return true;
}

}  // namespace

bool RunGuarded(MapFaults faults, absl::FunctionRef<void()> fn) {
  static const bool taken = TakeSignals();
  (void)taken;
  Guard guard{.jump = {}, .faults = faults, .outer = innermost};
  if (sigsetjmp(guard.jump, 0) != 0) return false;
  innermost = &guard;
  fn();
  innermost = guard.outer;
  return true;
}

void LeaveGuard() {
  if (innermost != nullptr && innermost->faults == MapFaults::kGarbage) Leave(innermost);
}

}  // namespace annofs
