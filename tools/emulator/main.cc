#include <signal.h>
#include <sys/resource.h>

#include <iostream>

#include "tools/emulator/command_line.h"
#include "tools/emulator/emulator.h"

namespace {

using annofs::emulator::CommandLine;
using annofs::emulator::Emulator;
using annofs::emulator::EmulatorOptions;

// Every connection is a descriptor, and most have a file open.
void RaiseDescriptorLimit() {
  rlimit limit;
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

int Fail(const absl::Status& error) {
  std::cerr << "annofs-emulator: " << error.message() << std::endl;
  return annofs::emulator::kExitFailure;
}

int Run(EmulatorOptions options) {
  // Blocked before any thread starts, so that only sigwait takes them.
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGTERM);
  sigprocmask(SIG_BLOCK, &ends, nullptr);
  signal(SIGPIPE, SIG_IGN);
  auto key = annofs::emulator::KeyFromEnvironment();
  if (!key.ok()) return Fail(key.status());
  options.key = *std::move(key);
  auto emulator = annofs::emulator::StartEmulator(options);
  if (!emulator.ok()) return Fail(emulator.status());
  std::cout << (*emulator)->Announcement() << std::endl;
  int received = 0;
  sigwait(&ends, &received);
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  CommandLine line = annofs::emulator::ParseCommandLine(argc, argv, std::cout, std::cerr);
  if (!line.options) return line.exit_code;
  RaiseDescriptorLimit();
  return Run(*std::move(line.options));
}
