// `mount.annofs`, which mount(8) runs for a file system of type annofs, as in fstab:
//
//   mount.annofs SOURCE MOUNTPOINT [-sfnv] [-N NAMESPACE] [-o OPTIONS] [-t TYPE]
//
// Letters mean what they mean to mount(8) (its man page, "External helpers"), not to `annofs
// mount`: -f is a fake. Stateless.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "tools/command.h"

namespace annofs {

struct MountHelperCall {
  std::string source, mountpoint;
  std::vector<std::string> options;  // words of -o
  std::string name_space;            // -N: the mount namespace, a file; empty: this one
  bool fake = false;                 // -f: all but the mount
  bool sloppy = false;               // -s: unknown options are passed over
  bool verbose = false;              // -v
};

// kInvalidArgument: not what mount(8) says.
absl::StatusOr<MountHelperCall> ParseMountHelper(const std::vector<std::string>& arguments);

// `arguments`: without the program's name. --help, -h or --version first is told what it asks, and
// nothing is mounted. Answers what mount(8) hands on: 0, 1 (wrong usage) or 32
// (the mount failed).
int RunMountHelper(const std::vector<std::string>& arguments, const Io& io);

}  // namespace annofs
