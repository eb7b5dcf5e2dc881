// Whether `mount --scratch` works on this host: the kernel's overlayfs, else fuse-overlayfs.
#pragma once

#include <string>

#include "tools/doctor/host_files.h"
#include "tools/doctor/report.h"

namespace annofs::doctor {

struct ScratchFacts {
  bool may_mount = false;
  bool has_overlayfs = false;  // the kernel has it, or a module that it loads when asked
  bool has_program = false;    // fuse-overlayfs
};

ScratchFacts GatherScratch(const HostFiles& host);
AreaReport CheckScratch(const ScratchFacts& facts);

}  // namespace annofs::doctor
