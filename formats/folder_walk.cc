#include "formats/folder_walk.h"

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

// The family whose directories the place stands for; nothing if the frame has none.
absl::StatusOr<uint32_t> FamilyOf(const Layout& layout, const Dataset& data,
                                  ViewDirectory directory) {
  const Place& parent = layout.places()[layout.places()[directory.place].parent];
  const Rank rank = directory.frame_directory;
  for (uint32_t unit : parent.families) {
    const Family& family = layout.families()[unit];
    if (family.kind != FamilyKind::kFolder || family.folder != directory.place) continue;
    if (rank < data.frame_count() && family.frames.Contains(rank)) return unit;
  }
  return absl::NotFoundError("no such directory in this view");
}

}  // namespace

bool IsFolder(const Layout& layout, ViewDirectory directory) {
  return directory.place < layout.places().size() && layout.places()[directory.place].is_folder;
}

ViewEntry FolderEntry(const Layout& layout, ViewEntry entry) {
  if (entry.kind != ViewEntry::Kind::kFrame) return entry;
  const Family& family = layout.families()[entry.unit];
  if (family.kind != FamilyKind::kFolder) return entry;
  return {.kind = ViewEntry::Kind::kDirectory,
          .name = std::move(entry.name),
          .directory = {.place = family.folder, .frame_directory = entry.rank}};
}

absl::StatusOr<ViewEntry> FindInFolder(const Layout& layout, const Dataset& data,
                                       ViewDirectory directory, absl::string_view name) {
  std::optional<ViewEntry> found;
  RETURN_IF_ERROR(ListFolder(layout, data, directory, 0, [&](const ViewEntry& entry, uint64_t) {
    if (entry.name == name) found = entry;
    return !found;
  }));
  if (!found) return absl::NotFoundError(absl::StrCat("no entry '", name, "'"));
  return *std::move(found);
}

// Positions: of the next family.
absl::Status ListFolder(const Layout& layout, const Dataset& data, ViewDirectory directory,
                        uint64_t position,
                        absl::FunctionRef<bool(const ViewEntry&, uint64_t next)> fn) {
  RETURN_IF_ERROR(FamilyOf(layout, data, directory).status());
  const Rank rank = directory.frame_directory;
  const std::vector<uint32_t>& families = layout.places()[directory.place].families;
  for (uint64_t i = position; i < families.size(); ++i) {
    const Family& family = layout.families()[families[i]];
    if (!family.frames.Contains(rank)) continue;
    ViewEntry entry{.kind = ViewEntry::Kind::kFrame, .unit = families[i], .rank = rank};
    ASSIGN_OR_RETURN(entry.name, family.name(data, rank));
    if (!fn(entry, i + 1)) break;
  }
  return absl::OkStatus();
}

absl::StatusOr<std::string> FolderPath(const Layout& layout, const Dataset& data,
                                       const OwnNames& names, ViewDirectory directory) {
  ASSIGN_OR_RETURN(const uint32_t family, FamilyOf(layout, data, directory));
  ASSIGN_OR_RETURN(const std::string name,
                   OwnNameOf(layout, data, names, family, directory.frame_directory));
  return JoinPath(layout.places()[layout.families()[family].place].path, name);
}

}  // namespace annofs
