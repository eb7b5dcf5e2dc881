// A file system of a test with little space (tmpfs), taken away when it ends. Needs root: without,
// mounted() is false and the test is skipped. Not thread safe.
#pragma once

#include <fcntl.h>
#include <sys/mount.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "tests/testing/temp_dir.h"

namespace annofs::testing {

class SmallDisk {
 public:
  explicit SmallDisk(uint64_t bytes)
      : mounted_(mount("tmpfs", dir_.path().c_str(), "tmpfs", 0,
                       absl::StrCat("size=", bytes, ",mode=0700").c_str()) == 0) {}
  ~SmallDisk() {
    if (mounted_) umount2(path().c_str(), MNT_DETACH);
  }
  SmallDisk(const SmallDisk&) = delete;
  SmallDisk& operator=(const SmallDisk&) = delete;

  bool mounted() const { return mounted_; }
  const std::string& path() const { return dir_.path(); }

  // Takes all the space that is left, but for `spare` bytes, until Free().
  void Fill(uint64_t spare = 0) {
    const int fd = open((dir_ / "filler").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
    const std::string page(4096, 'x');
    off_t size = 0;
    for (ssize_t put = 1; put > 0; size += put) put = write(fd, page.data(), page.size());
    if (ftruncate(fd, size + 1 > static_cast<off_t>(spare) ? size + 1 - static_cast<off_t>(spare)
                                                           : 0) != 0) {
      abort();
    }
    close(fd);
  }
  void Free() { unlink((dir_ / "filler").c_str()); }
  bool SetReadOnly() {
    return mount("tmpfs", path().c_str(), "tmpfs", MS_REMOUNT | MS_RDONLY, "") == 0;
  }

 private:
  TempDir dir_;
  const bool mounted_;
};

}  // namespace annofs::testing
