// The failures that a client of B2 may ask for itself, by the header X-Bz-Test-Mode
// (reference/b2.md §2.3). Thread safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"
#include "tools/emulator/fault.h"
#include "tools/emulator/http.h"

namespace annofs::emulator {

class TestModes {
 public:
  // What the header does to this request of a native operation: nothing if it has none, or one of
  // another text. Of calls that "some" are to fail, the first and every third after it do, so that
  // trying again helps. Authorization never fails.
  std::optional<FaultEffect> Take(absl::string_view operation, const Request& request);

 private:
  std::atomic<uint32_t> uploads_{0};
  std::atomic<uint32_t> tokens_{0};
};

}  // namespace annofs::emulator
