// The directories of single frames in a described view (Layout::Folders). Pure.
#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/layout_walk.h"

namespace annofs {

// True if the place stands for directories of frames: then ViewDirectory::frame_directory is the
// rank.
bool IsFolder(const Layout& layout, ViewDirectory directory);
// The same for an entry of a family of these: it is that directory.
ViewEntry FolderEntry(const Layout& layout, ViewEntry entry);

// As in layout_walk.h. REQUIRES: IsFolder().
absl::StatusOr<ViewEntry> FindInFolder(const Layout& layout, const Dataset& data,
                                       ViewDirectory directory, absl::string_view name);
absl::Status ListFolder(const Layout& layout, const Dataset& data, ViewDirectory directory,
                        uint64_t position,
                        absl::FunctionRef<bool(const ViewEntry&, uint64_t next)> fn);
// Its path from the view's root.
absl::StatusOr<std::string> FolderPath(const Layout& layout, const Dataset& data,
                                       const OwnNames& names, ViewDirectory directory);

}  // namespace annofs
