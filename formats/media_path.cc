#include "formats/media_path.h"

#include <algorithm>
#include <optional>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/media_names.h"

namespace annofs {
namespace {

constexpr absl::string_view kVideoFrame = ".PNG";
constexpr size_t kMaxPlainExtension = 16;

// Shell metacharacters and spaces after the last dot are no extension that a trainer needs.
bool IsPlainExtension(absl::string_view extension) {
  return absl::ConsumePrefix(&extension, ".") && extension.size() <= kMaxPlainExtension &&
         std::all_of(extension.begin(), extension.end(),
                     [](char c) { return absl::ascii_isalnum(static_cast<unsigned char>(c)); });
}

bool IsOfVideo(const DatasetInfo& info, const Frame& frame) {
  return frame.task < info.tasks.size() && info.tasks[frame.task].is_video;
}

// Empty: its media's name has none that the path lacks.
absl::StatusOr<std::string> ExtensionOfMedia(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const std::optional<Media> media, data.GetMedia(rank));
  return std::string(media && IsMediaName(media->key) ? Extension(media->key) : "");
}

absl::StatusOr<std::string> WithExtension(const Dataset& data, const FrameNames& names,
                                          absl::string_view extension) {
  std::string path = absl::StrCat(names.path, extension);
  ASSIGN_OR_RETURN(const std::optional<Rank> frame, data.FindPath(path));
  if (frame) return names.path;
  ASSIGN_OR_RETURN(const std::optional<uint32_t> directory, data.FindDirectory(path));
  if (directory) return names.path;
  return path;
}

}  // namespace

absl::StatusOr<std::string> MediaPath(const Dataset& data, Rank rank, const Frame& frame,
                                      const FrameNames& names) {
  if (IsMediaName(names.path)) return names.path;
  ASSIGN_OR_RETURN(const std::string extension, ExtensionOfMedia(data, rank));
  if (!extension.empty()) return WithExtension(data, names, extension);
  const bool is_bare = names.extension().empty() && IsOfVideo(data.info(), frame);
  return is_bare ? WithExtension(data, names, kVideoFrame) : names.path;
}

absl::StatusOr<std::string> MediaPath(const Dataset& data, Rank rank, const FrameNames& names) {
  if (IsMediaName(names.path)) return names.path;
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
  return MediaPath(data, rank, frame, names);
}

std::string MediaName(const FrameNames& names, absl::string_view path) {
  const absl::string_view extension = Extension(path);
  const bool stem_has_it = !IsMediaName(path) && absl::StrContains(names.stem, '.');
  return absl::StrCat(names.stem, IsPlainExtension(extension) && !stem_has_it ? extension : "");
}

}  // namespace annofs
