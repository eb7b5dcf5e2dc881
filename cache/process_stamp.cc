#include "cache/process_stamp.h"

#include <sys/stat.h>
#include <unistd.h>

#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cache/base/digest.h"
#include "cache/files.h"
#include "cache/lmdb.h"

namespace annofs {
namespace {

// Field 22 of /proc/PID/stat. Field 2, the program's name, may hold spaces and parentheses: fields
// are counted from the last ')', after which field 3 comes.
std::optional<uint64_t> StartOf(uint32_t pid) {
  std::optional<std::string> text = ReadSmallFile(absl::StrCat("/proc/", pid, "/stat"));
  if (!text.has_value()) return std::nullopt;
  const size_t name_end = text->rfind(')');
  if (name_end == std::string::npos || name_end + 2 > text->size()) return std::nullopt;
  const std::vector<std::string> fields = absl::StrSplit(text->substr(name_end + 2), ' ');
  uint64_t start = 0;
  if (fields.size() < 20 || !absl::SimpleAtoi(fields[19], &start)) return std::nullopt;
  return start;
}

uint64_t PidNamespace() {
  struct stat info;
  return stat("/proc/self/ns/pid", &info) == 0 ? info.st_ino : 0;
}

}  // namespace

ProcessStamp ThisProcess() {
  const uint32_t pid = getpid();
  return {.pid = pid,
          .start = StartOf(pid).value_or(0),
          .boot = Hash64(BootId()),
          .space = PidNamespace()};
}

bool IsAlive(const ProcessStamp& stamp) {
  if (stamp.boot != Hash64(BootId())) return false;
  return stamp.space != PidNamespace() || StartOf(stamp.pid) == stamp.start;
}

std::string EncodeStamp(const ProcessStamp& stamp) {
  return absl::StrCat(Key32(stamp.pid), Key64(stamp.start), Key64(stamp.boot), Key64(stamp.space));
}

std::optional<ProcessStamp> DecodeStamp(absl::string_view text) {
  if (text.size() != 28) return std::nullopt;
  return ProcessStamp{.pid = ReadKey32(text),
                      .start = ReadKey64(text.substr(4)),
                      .boot = ReadKey64(text.substr(12)),
                      .space = ReadKey64(text.substr(20))};
}

std::string BootId() {
  std::optional<std::string> text = ReadSmallFile("/proc/sys/kernel/random/boot_id");
  return text.has_value() ? std::string(absl::StripSuffix(*text, "\n")) : "";
}

}  // namespace annofs
