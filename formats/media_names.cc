#include "formats/media_names.h"

#include <array>

#include "absl/algorithm/container.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/strip.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

// What CVAT takes as an image or a point cloud.
constexpr std::array<absl::string_view, 13> kMediaExtensions = {
    ".jpg",  ".jpeg", ".png",  ".bmp", ".gif", ".tif", ".tiff",
    ".webp", ".jfif", ".avif", ".pcd", ".bin", ".jp2"};

bool IsVideoFrameName(absl::string_view name) {
  return absl::ConsumePrefix(&name, "frame_") && absl::ConsumeSuffix(&name, ".PNG") &&
         name.size() >= 6 && absl::c_all_of(name, [](char c) { return absl::ascii_isdigit(c); });
}

}  // namespace

bool IsMediaName(absl::string_view name) {
  absl::string_view extension = Extension(name);
  return absl::c_any_of(kMediaExtensions, [extension](absl::string_view known) {
    return absl::EqualsIgnoreCase(extension, known);
  });
}

absl::string_view MediaStem(absl::string_view name) {
  if (IsMediaName(name)) name.remove_suffix(Extension(name).size());
  return name;
}

bool MayHaveAnyExtension(absl::string_view frame_name) {
  return !IsMediaName(frame_name) || IsVideoFrameName(BaseName(frame_name));
}

}  // namespace annofs
