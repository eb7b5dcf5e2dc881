// Paths that the user says of mounts, as /proc/self/mountinfo has them. Stateless.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace annofs {

// Places that must not be asked: they may be dead, or wait for a network.
struct Mountpoints {
  std::vector<std::string> annofs;  // neither these nor what is below
  std::vector<std::string> all;     // not as the last component
};

// Absolute, without ".", ".." and symbolic links. What is at or below a mount of annofs is taken as
// its text says; so is a last component that is any mountpoint, and what is not there. A path that
// is empty, or relative to a directory that has no name, stays as it is.
std::string AbsolutePath(absl::string_view path, const Mountpoints& mounts);
// With the mounts of this host.
std::string AbsolutePath(absl::string_view path);

}  // namespace annofs
