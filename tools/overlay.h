// An overlay: a directory that shows a lower tree and keeps what is changed in another one. By the
// kernel's overlayfs, else by the program fuse-overlayfs.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

struct OverlayOptions {
  std::string lower;
  std::string upper;  // takes the changes
  std::string work;   // empty, on the file system of `upper`
  std::string mountpoint;
  std::string source;  // first column of `df`; fuse-overlayfs says its own name
  bool allow_other = false;
};

enum class OverlayKind { kKernel, kFuse };

// Mounts (nosuid, nodev). kPermissionDenied: neither may, or can, be used here; each error says the
// remedy. All paths are absolute.
absl::StatusOr<OverlayKind> MountOverlay(const OverlayOptions& options);

// The options of mount(2), or of fuse-overlayfs, for it: characters that these give a meaning are
// escaped.
std::string OverlayData(const OverlayOptions& options, OverlayKind kind);

// OK if changes can be kept in that directory, or in one that is made there: not on another
// overlay, a FUSE mount or NFS, which cannot be the upper directory of an overlay.
absl::Status CheckUpperFileSystem(const std::string& directory);

// OK if the existing directory keeps the extended attributes that an overlay needs.
absl::Status CheckUpperAttributes(const std::string& directory);

}  // namespace annofs
