#include "tests/testing/memory_watch.h"

#include <algorithm>
#include <fstream>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "absl/time/clock.h"

namespace annofs::testing {
namespace {

constexpr absl::Duration kInterval = absl::Milliseconds(5);

}  // namespace

uint64_t AnonymousBytes(pid_t pid) {
  std::ifstream status(absl::StrCat("/proc/", pid, "/status"));
  for (std::string line; std::getline(status, line);) {
    absl::string_view text = line;
    uint64_t kib = 0;
    if (absl::ConsumePrefix(&text, "RssAnon:") && absl::ConsumeSuffix(&text, " kB") &&
        absl::SimpleAtoi(text, &kib)) {
      return kib << 10;
    }
  }
  return 0;
}

MemoryWatch::~MemoryWatch() {
  ended_ = true;
  thread_.join();
}

void MemoryWatch::Watch() {
  while (!ended_) {
    peak_ = std::max(peak_.load(), AnonymousBytes(pid_));
    absl::SleepFor(kInterval);
  }
}

}  // namespace annofs::testing
