// Finds and lists the entries of a described view. Pure; cost of one step is O(log frames), never
// O(frames): names that the content makes are looked up in `names`.
#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/layout.h"
#include "formats/own_names.h"

namespace annofs {

// A directory of a view: a place, or below a place a directory of the frames' own paths (0 = the
// place itself). Where both have one path (frames "images/…" of a place that has a place "images"
// in it) they are one directory, which is the place. Or one of the directories that a place stands
// for (Place::is_folder): then `frame_directory` is the rank.
struct ViewDirectory {
  uint32_t place = 0;
  uint32_t frame_directory = 0;
  friend bool operator==(const ViewDirectory&, const ViewDirectory&) = default;
};

struct ViewEntry {
  enum class Kind : uint8_t { kDirectory, kFile, kFrame } kind = Kind::kDirectory;
  std::string name;
  ViewDirectory directory;  // kDirectory
  uint32_t unit = 0;  // kFile: index into Layout::files(); kFrame: index into Layout::families()
  Rank rank = 0;      // kFrame
};

// kNotFound if there is no such entry.
absl::StatusOr<ViewEntry> FindEntry(const Layout& layout, const Dataset& data,
                                    const OwnNames& names, ViewDirectory directory,
                                    absl::string_view name);

// Entries after `position` (0 = from the start) in the order of design/product.md §2, rule 4:
// subdirectories, single files, then by rank and within a rank by family; each with the position to
// resume after it. Until `fn` answers false. A directory that holds no frame of any family is not
// shown.
absl::Status ListEntries(const Layout& layout, const Dataset& data, const OwnNames& names,
                         ViewDirectory directory, uint64_t position,
                         absl::FunctionRef<bool(const ViewEntry&, uint64_t next)> fn);

// The same with NewMemoryOwnNames(), which are made anew by each call that needs them: for tests.
absl::StatusOr<ViewEntry> FindEntry(const Layout& layout, const Dataset& data,
                                    ViewDirectory directory, absl::string_view name);
absl::Status ListEntries(const Layout& layout, const Dataset& data, ViewDirectory directory,
                         uint64_t position,
                         absl::FunctionRef<bool(const ViewEntry&, uint64_t next)> fn);

// The path of a directory from the view's root.
absl::StatusOr<std::string> DirectoryPath(const Layout& layout, const Dataset& data,
                                          ViewDirectory directory);

}  // namespace annofs
