// The files in which a host says what it is: /proc, /etc, /sys. Those of this machine, or of a
// directory that looks like one. Reads only; nothing fails, what is not there is nothing. Thread
// safe.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs::doctor {

class HostFiles {
 public:
  // Paths are taken below `root`: "" is this machine.
  explicit HostFiles(std::string root = "") : root_(std::move(root)) {}

  // The file's text, cut after a MiB; nothing if it cannot be read.
  std::optional<std::string> Read(absl::string_view path) const;
  // Its first number; nothing if it is none ("max").
  std::optional<uint64_t> ReadNumber(absl::string_view path) const;
  bool Exists(absl::string_view path) const;
  // Names in a directory, sorted, but no more than `most`.
  std::vector<std::string> List(absl::string_view directory, size_t most = 100000) const;

  struct Program {
    std::string path;
    uid_t owner = 0;
    mode_t mode = 0;
  };
  // Where `path_variable` ("/usr/bin:/bin") has a program that can be run.
  std::optional<Program> FindProgram(absl::string_view name, absl::string_view path_variable) const;

 private:
  std::string At(absl::string_view path) const;

  const std::string root_;
};

// $PATH, with the directories of administrators, which that of others often lacks.
std::string SearchPath();

// The first value of a line "NAME:\tVALUE" of /proc/PID/status; nothing where there is none.
std::optional<std::string> StatusField(absl::string_view status, absl::string_view name);
// Whether the process whose /proc/PID/status it is has a capability (CAP_SYS_ADMIN: 21).
bool HasCapability(absl::string_view status, int capability);

}  // namespace annofs::doctor
