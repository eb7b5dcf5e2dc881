// The cache directory: what file system it is on, its room, its speed, who may read it, its format.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "tools/doctor/disk_speed.h"
#include "tools/doctor/report.h"

namespace annofs::doctor {

struct CacheFacts {
  std::string path;
  std::string there;        // the directory, or the one above it that exists
  std::string file_system;  // "ext4", of mountinfo; "" where it is not known
  std::string unwritable;   // why, and what to do; "" if it can be written
  std::string format;       // the text of VERSION; "" where there is no cache yet
  bool has_catalog = false;
  mode_t mode = 0700;
  bool is_own = true;
  uint64_t free = 0, used = 0;  // bytes of the disk, bytes of blocks in the directory
  std::optional<DiskSpeed> speed;
  std::string speed_error;
  uint64_t size_asked = 0;  // --cache-size
  uid_t uid = 0;
};

// Touches the directory, makes a file without a name in it and writes 8 MiB: may take as long as
// its disk. Makes nothing that stays. `mountinfo`: the text of that file.
CacheFacts GatherCache(const std::string& path, absl::string_view mountinfo);
AreaReport CheckCache(const CacheFacts& facts);

// The type of the file system that an absolute path, without symbolic links, is on.
std::string FileSystemOf(absl::string_view path, absl::string_view mountinfo);

}  // namespace annofs::doctor
