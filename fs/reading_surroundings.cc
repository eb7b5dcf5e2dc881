#include "fs/reading_surroundings.h"

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "fs/catalog_source.h"
#include "fs/media_header.h"

namespace annofs {
namespace {}  // namespace

SourceSurroundings ReadingSurroundings::ForSource() {
  return {.siblings = [this] { return Companions(); },
          .sibling = [this](absl::string_view name) { return Companion(name); },
          .image_size = [this](absl::string_view name) { return SizeOfImage(name); }};
}

std::vector<std::string> ReadingSurroundings::Companions() const {
  std::vector<std::string> names;
  for (const ObjectVersion& companion : source_.companions) {
    names.emplace_back(BaseName(companion.key));
  }
  return names;
}

absl::StatusOr<ObjectVersion> ReadingSurroundings::Companion(absl::string_view name) const {
  for (const ObjectVersion& companion : source_.companions) {
    if (BaseName(companion.key) == name) return companion;
  }
  return absl::NotFoundError(absl::StrCat("no companion '", name, "' of ", source_.object.key));
}

absl::StatusOr<std::optional<ImageSize>> ReadingSurroundings::SizeOfImage(
    absl::string_view frame_name) {
  ASSIGN_OR_RETURN(const std::optional<MatchedMedia> found,
                   matcher_.Find({.name = std::string(frame_name)}));
  if (!found) return std::optional<ImageSize>();
  ASSIGN_OR_RETURN(const ObjectVersion version, catalog_.Version(found->row));
  absl::StatusOr<std::optional<ImageHeader>> header = HeaderOfObject(reader_, version, context_);
  if (IsOfOneObject(header.status())) return std::optional<ImageSize>();
  RETURN_IF_ERROR(header.status());
  if (!*header) return std::optional<ImageSize>();
  return std::optional<ImageSize>(DisplaySize(**header));
}

}  // namespace annofs
