// Where a mount with --scratch keeps its read-only mount: a directory below the runtime directory,
// with links that say which overlay stands over it. So `status` and `umount` find both, also when
// the daemon is gone. Never touches a mountpoint.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "tools/mount_table.h"

namespace annofs {

struct ScratchPlace {
  std::string directory;   // "/run/annofs/scratch-AbC123"
  std::string mountpoint;  // of the overlay
  std::string scratch;     // the directory of --scratch
  dev_t overlay = 0;       // its device number; 0: not known (yet)

  std::string Lower() const { return directory + "/lower"; }  // of the read-only mount
};

// Those of this user, and root's where this is permitted. Of daemons that have ended without
// removing theirs, too.
std::vector<ScratchPlace> ScratchPlaces();

// How the sources of the kernel's overlays begin in mountinfo and `df`: "annofs:b2://bucket".
inline constexpr char kOverlaySource[] = "annofs:";

// Its overlay is what is seen at its mountpoint, and not another that somebody has mounted there:
// the kernel's overlayfs says what it is over, and of fuse-overlayfs, which says nothing, there
// must be a process that was told to be over ours.
bool HasOverlay(const ScratchPlace& place, const std::vector<MountRow>& mounts);

// Its daemon lives.
bool HasDaemon(const ScratchPlace& place);

// Removes it, unless its daemon lives or something is mounted in it.
void RemoveIfLeft(const ScratchPlace& place);

// A new place, removed with this object. Not thread safe.
class OwnScratchPlace {
 public:
  // Removes first what other daemons have left, where nothing is mounted.
  static absl::StatusOr<OwnScratchPlace> Make(const std::string& mountpoint,
                                              const std::string& scratch);
  OwnScratchPlace(OwnScratchPlace&& other) noexcept;
  OwnScratchPlace& operator=(OwnScratchPlace&&) = delete;
  ~OwnScratchPlace();

  // Notes which mount is its overlay.
  absl::Status NoteOverlay(dev_t device);

  const ScratchPlace& operator*() const { return place_; }
  const ScratchPlace* operator->() const { return &place_; }

 private:
  OwnScratchPlace(ScratchPlace place, int lock) : place_(std::move(place)), lock_(lock) {}

  ScratchPlace place_;
  int lock_;  // of its directory: says that the daemon lives
};

}  // namespace annofs
