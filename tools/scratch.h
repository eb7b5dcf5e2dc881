// A writable mount (--scratch): an overlay over the read-only mount, which is elsewhere, and a
// directory that keeps the changes. Not thread safe.
#pragma once

#include <sys/types.h>

#include <memory>
#include <ostream>
#include <string>
#include <thread>

#include "absl/status/statusor.h"
#include "tools/scratch_place.h"
#include "tools/settings.h"

namespace annofs {

// OK if the directory of --scratch, the mountpoint, the cache and a local source lie apart, and its
// file system can take changes. Absolute paths. Makes nothing.
absl::Status CheckScratch(const Settings& settings, const std::string& source,
                          const std::string& mountpoint);

class ScratchMount {
 public:
  // Makes what is missing of the directory and takes it: refused while another mount has it; one
  // that ends is waited for. `mountpoint`: checked as CheckMountpoint() does.
  static absl::StatusOr<std::unique_ptr<ScratchMount>> Open(const Settings& settings,
                                                            const std::string& mountpoint);
  ScratchMount(OwnScratchPlace place, int lock, const Settings& settings);
  // Gives the directory free. Stop() has been called, and the read-only mount is down.
  ~ScratchMount();
  ScratchMount(const ScratchMount&) = delete;
  ScratchMount& operator=(const ScratchMount&) = delete;

  // Where the read-only mount belongs: an empty directory.
  std::string Lower() const { return place_->Lower(); }
  // Mounts the overlay; the read-only mount answers already. When the overlay is taken down by
  // others, so is the read-only mount. What people should know goes to `notes`. Starts a thread.
  absl::Status Start(const std::string& source_name, std::ostream& notes);
  // Takes the overlay down, if it is there, also while files are open.
  void Stop();

 private:
  std::string Upper() const { return place_->scratch + "/upper"; }
  std::string Work() const { return place_->scratch + "/work"; }
  absl::Status PrepareDirectories() const;
  bool IsThere() const;
  void Watch();

  OwnScratchPlace place_;
  const int lock_;  // of the directory
  const bool allow_other_;
  const uid_t uid_;
  const gid_t gid_;
  const uint32_t umask_;
  dev_t device_ = 0;  // of the overlay; 0: not mounted
  const int wakeup_;
  std::thread watcher_;
};

}  // namespace annofs
