#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/box.h"
#include "formats/item.h"
#include "formats/media_path.h"
#include "formats/subset_names.h"

namespace annofs {
namespace {

// True if a frame in another directory has that base name.
absl::StatusOr<bool> IsElsewhere(const Dataset& data, absl::string_view base, Rank rank) {
  for (uint32_t i = 0; i < data.directory_count(); ++i) {
    ASSIGN_OR_RETURN(const FrameDirectory directory, data.Directory(i));
    ASSIGN_OR_RETURN(const std::optional<Rank> found,
                     data.FindSidecar(JoinPath(directory.path, base)));
    if (found && *found != rank) return true;
  }
  return false;
}

absl::StatusOr<std::string> PointCloudId(const Dataset& data, Rank rank,
                                         absl::string_view sidecar) {
  const absl::string_view base = BaseName(sidecar);
  if (base == sidecar || data.directory_count() > kMaxPointCloudDirectories) {
    return std::string(sidecar);
  }
  ASSIGN_OR_RETURN(const bool is_elsewhere, IsElsewhere(data, base, rank));
  return std::string(is_elsewhere ? sidecar : base);
}

absl::StatusOr<ItemNames> UniqueNamesOf(const Dataset& data, Rank rank, const Frame& frame) {
  ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
  ItemNames item{.id = std::string(names.sidecar())};
  if (IsPointCloud(data.info(), frame)) {
    ASSIGN_OR_RETURN(item.id, PointCloudId(data, rank, item.id));
  }
  ASSIGN_OR_RETURN(item.file_name, MediaPath(data, rank, frame, names));
  return item;
}

}  // namespace

absl::StatusOr<ItemNames> UniqueItemNamesOf(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
  return UniqueNamesOf(data, rank, frame);
}

absl::StatusOr<ItemNames> ItemNamesOf(const Dataset& data, Rank rank, const Frame& frame) {
  if (IsPointCloud(data.info(), frame)) return UniqueNamesOf(data, rank, frame);
  ASSIGN_OR_RETURN(FrameNames names, data.Names(rank));
  ASSIGN_OR_RETURN(names, NamesInSubset(data, rank, std::move(names)));
  ASSIGN_OR_RETURN(std::string file_name, MediaPath(data, rank, frame, names));
  return ItemNames{.id = std::string(names.sidecar()), .file_name = std::move(file_name)};
}

absl::StatusOr<ItemNames> ItemNamesOf(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
  return ItemNamesOf(data, rank, frame);
}

}  // namespace annofs
