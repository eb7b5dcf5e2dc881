// Who wrote a record: a process of this host, told from every later one that gets its number. Pure
// functions but for what they ask of /proc.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace annofs {

struct ProcessStamp {
  uint32_t pid = 0;
  uint64_t start = 0;  // clock ticks from boot to its start
  uint64_t boot = 0;   // hash of the boot id
  uint64_t space = 0;  // inode of its pid namespace
  friend bool operator==(const ProcessStamp&, const ProcessStamp&) = default;
};

ProcessStamp ThisProcess();
// False after its end, also when another process has its pid, and after a reboot. A process of
// another pid namespace (a container that shares the cache directory) cannot be judged and counts
// as alive until the reboot.
bool IsAlive(const ProcessStamp& stamp);

// 28 bytes, and back; none if the text is not a stamp.
std::string EncodeStamp(const ProcessStamp& stamp);
std::optional<ProcessStamp> DecodeStamp(absl::string_view text);

// The kernel's name for the time since the last boot; "" if it gives none.
std::string BootId();

}  // namespace annofs
