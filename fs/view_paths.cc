#include "fs/view_paths.h"

#include <optional>

#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/facet.h"
#include "formats/folder_walk.h"
#include "formats/frame_path.h"
#include "formats/layout_walk.h"

namespace annofs {
namespace {

constexpr uint32_t kDirectoryBit = 0x80000000;
constexpr uint32_t kFileBit = 0x40000000;
constexpr int kMostParents = 256;
constexpr absl::string_view kUnknown = "...";

// Goes down from the root until the parent of `wanted` is found.
class FacetSearch {
 public:
  FacetSearch(const Facet& facet, const Dataset& data, FacetDirectory wanted)
      : facet_(facet), data_(data), wanted_(wanted) {}

  absl::StatusOr<std::string> Find() {
    RETURN_IF_ERROR(Search({}, ""));
    return found_.empty() ? std::string(kUnknown) : found_;
  }

 private:
  absl::Status Search(FacetDirectory at, const std::string& path) {
    // Never what takes long.
    if (--left_ < 0 || !facet_.IsReady(at)) return absl::OkStatus();
    const bool is_parent = at.level + 1 == wanted_.level;
    absl::Status status;
    RETURN_IF_ERROR(
        facet_.ForEach(data_, at, is_parent ? wanted_.number : 0, [&](const FacetChild& child) {
          const std::string child_path = JoinPath(path, child.name);
          if (is_parent) {
            if (child.number == wanted_.number) found_ = child_path;
            return false;
          }
          status = Search({at.level + 1, child.number}, child_path);
          return status.ok() && found_.empty() && left_ > 0;
        }));
    return status;
  }

  const Facet& facet_;
  const Dataset& data_;
  const FacetDirectory wanted_;
  int left_ = kMostParents;
  std::string found_;
};

absl::StatusOr<std::string> FacetPath(const View& whole, FacetDirectory directory) {
  if (directory.level == 0) return "";
  return FacetSearch(*whole.layout.facet(), *whole.dataset, directory).Find();
}

absl::StatusOr<std::string> PathInLayout(const ViewNode& node, const OwnNames& names) {
  const View& view = *node.target.view;
  const uint32_t number = node.target.number;
  if (node.target.kind == Target::Kind::kFamily) {
    return FramePath(view.layout, *view.dataset, names, number, node.ordinal);
  }
  if ((node.ordinal & kDirectoryBit) == 0) {
    const uint32_t file = node.ordinal & ~kFileBit;
    if (file >= view.layout.files().size()) return absl::NotFoundError("no such file");
    const SingleFile& single = view.layout.files()[file];
    return JoinPath(view.layout.places()[single.place].path, single.name);
  }
  const ViewDirectory directory{.place = number, .frame_directory = node.ordinal & ~kDirectoryBit};
  if (IsFolder(view.layout, directory)) {
    return FolderPath(view.layout, *view.dataset, names, directory);
  }
  return DirectoryPath(view.layout, *view.dataset, directory);
}

}  // namespace

std::string DatasetPath(const Target& target, uint32_t ordinal,
                        const std::vector<std::string>& view_names, const ViewGroups& groups) {
  const DatasetEntry& entry = target.dataset->dataset->entry();
  if (target.kind == Target::Kind::kViewRoot) {
    return JoinPath(entry.name, view_names[target.number]);
  }
  for (const ViewGroups::Entry& group : groups.Top(entry.views)) {
    if (group.group > 0 && ordinal == (kDirectoryBit | group.group)) {
      return JoinPath(entry.name, group.name);
    }
  }
  return entry.name;
}

absl::StatusOr<std::string> PathInView(const View& whole, const ViewNode& node,
                                       const OwnNames& names) {
  if (node.level) return FacetPath(whole, *node.level);
  ASSIGN_OR_RETURN(std::string path, PathInLayout(node, names));
  const std::optional<uint32_t> leaf = node.target.view->leaf;
  if (!leaf) return path;
  ASSIGN_OR_RETURN(const std::string directory,
                   FacetPath(whole, {whole.layout.facet()->levels(), *leaf}));
  return JoinPath(directory, path);
}

}  // namespace annofs
