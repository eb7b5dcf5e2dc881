#include "formats/related_images.h"

#include <algorithm>
#include <array>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace annofs {
namespace {

constexpr absl::string_view kRelated = "related_images";

// "a/b/c.png" -> {"a/b", "c.png"}; {"", "c.png"} at the top.
std::pair<absl::string_view, absl::string_view> SplitPath(absl::string_view path) {
  const size_t slash = path.rfind('/');
  if (slash == absl::string_view::npos) return {"", path};
  return {path.substr(0, slash), path.substr(slash + 1)};
}

// "c.png" -> {"c", "png"}.
std::pair<absl::string_view, absl::string_view> SplitExtension(absl::string_view name) {
  const size_t dot = name.rfind('.');
  if (dot == absl::string_view::npos) return {name, ""};
  return {name.substr(0, dot), name.substr(dot + 1)};
}

std::string Join(absl::string_view directory, absl::string_view name) {
  return directory.empty() ? std::string(name) : absl::StrCat(directory, "/", name);
}

bool IsImage(absl::string_view name) {
  constexpr std::array<absl::string_view, 8> kExtensions = {"png",  "jpg", "jpeg", "bmp",
                                                            "webp", "tif", "tiff", "gif"};
  const absl::string_view extension = SplitExtension(name).second;
  return std::any_of(kExtensions.begin(), kExtensions.end(), [extension](absl::string_view known) {
    return absl::EqualsIgnoreCase(extension, known);
  });
}

// Where a context image lies, as a key: its directory; its path without extension; or, of KITTI's
// raw data, the place of the point cloud that has its number.
std::string InDirectory(absl::string_view directory) { return absl::StrCat("d", directory); }
std::string BesideCloud(absl::string_view stem) { return absl::StrCat("s", stem); }
std::string OfKitti(absl::string_view root, absl::string_view number) {
  return absl::StrCat("k", Join(root, number));
}

}  // namespace

void RelatedImages::Add(absl::string_view path) {
  const auto [directory, name] = SplitPath(path);
  const auto [parent, own] = SplitPath(directory);
  if (SplitPath(parent).second == kRelated) {
    by_place_[InDirectory(directory)].emplace_back(path);
    return;
  }
  if (!is_3d_ || !IsImage(name)) return;
  const absl::string_view stem = SplitExtension(name).first;
  by_place_[InDirectory(directory)].emplace_back(path);
  by_place_[BesideCloud(Join(directory, stem))].emplace_back(path);
  const auto [root, camera] = SplitPath(parent);
  if (own == "data" && absl::StartsWith(camera, "image_")) {
    by_place_[OfKitti(root, stem)].emplace_back(path);
  }
}

std::vector<std::string> RelatedImages::Of(absl::string_view frame_name) const {
  const auto [directory, name] = SplitPath(frame_name);
  const auto [stem, extension] = SplitExtension(name);
  const auto [parent, own] = SplitPath(directory);
  const std::string folder = absl::StrCat(kRelated, "/", stem, "_", extension);
  std::vector<std::string> found;
  const auto take = [&](const std::string& place) {
    const auto at = by_place_.find(place);
    if (at != by_place_.end()) found.insert(found.end(), at->second.begin(), at->second.end());
  };
  take(InDirectory(Join(directory, folder)));
  if (is_3d_) {
    if (own == "pointcloud") take(InDirectory(Join(parent, folder)));
    if (own == stem) take(InDirectory(directory));
    take(BesideCloud(Join(directory, stem)));
    const auto [root, sensor] = SplitPath(parent);
    if (own == "data" && sensor == "velodyne_points") take(OfKitti(root, stem));
  }
  std::sort(found.begin(), found.end());
  found.erase(std::unique(found.begin(), found.end()), found.end());
  return found;
}

}  // namespace annofs
