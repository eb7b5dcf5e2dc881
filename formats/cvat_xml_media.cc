#include "formats/cvat_xml_media.h"

#include <algorithm>
#include <string>

#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace annofs {
namespace {

constexpr absl::string_view kFolder = "images/";
constexpr char kVideoFrame[] = ".PNG";

uint64_t HashOf(absl::string_view path) { return absl::HashOf(path); }

}  // namespace

CvatXmlMedia::CvatXmlMedia(const ZipDirectory& zip) {
  for (const ZipEntry& entry : zip.entries()) {
    if (!absl::StartsWith(entry.name, kFolder) || absl::EndsWith(entry.name, "/")) continue;
    const std::optional<InnerMedia> media = InnerOf(entry);
    if (!media) continue;
    images_.push_back(
        {.hash = HashOf(absl::string_view(entry.name).substr(kFolder.size())), .media = *media});
  }
  images_.shrink_to_fit();
  std::sort(images_.begin(), images_.end(), [](const Image& a, const Image& b) {
    return a.hash != b.hash ? a.hash < b.hash : a.media.header_offset > b.media.header_offset;
  });
}

std::optional<InnerMedia> CvatXmlMedia::Find(absl::string_view subset,
                                             absl::string_view name) const {
  if (images_.empty()) return std::nullopt;
  std::string path = subset.empty() ? std::string(name) : absl::StrCat(subset, "/", name);
  if (std::optional<InnerMedia> media = FindPath(path)) return media;
  path.append(kVideoFrame);
  return FindPath(path);
}

std::optional<InnerMedia> CvatXmlMedia::FindPath(absl::string_view path) const {
  const uint64_t hash = HashOf(path);
  const auto found =
      std::lower_bound(images_.begin(), images_.end(), hash,
                       [](const Image& image, uint64_t wanted) { return image.hash < wanted; });
  if (found == images_.end() || found->hash != hash) return std::nullopt;
  return found->media;
}

}  // namespace annofs
