#include "tools/image_sizes.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "fs/media_header.h"

namespace annofs {
namespace {

absl::StatusOr<ObjectVersion> VersionOf(Stack& stack, const std::string& key,
                                        const CallContext& context) {
  ASSIGN_OR_RETURN(const NodeAttr attr, Resolve(*stack.filesystem, key, context));
  return stack.filesystem->Object(attr.id);
}

absl::StatusOr<std::optional<ImageHeader>> HeaderInDirectory(Stack& stack,
                                                             const ObjectVersion& version,
                                                             const CallContext& context) {
  return ReadImageHeader([&](uint64_t offset, uint64_t length) -> absl::StatusOr<std::string> {
    std::string bytes;
    if (offset >= version.size) return bytes;
    RETURN_IF_ERROR(stack.store->Get(
        version, {offset, std::min(length, version.size - offset)},
        [&bytes](absl::string_view data) {
          bytes.append(data.data(), data.size());
          return absl::OkStatus();
        },
        context));
    return bytes;
  });
}

absl::StatusOr<std::optional<ImageHeader>> HeaderOf(Stack& stack, ImageBytesFrom from,
                                                    const std::string& key) {
  // On the fast lane nothing is asked that would have to be fetched.
  const CallContext context{.lane = from == ImageBytesFrom::kDirectory ? Lane::kSlow : Lane::kFast};
  ASSIGN_OR_RETURN(const ObjectVersion version, VersionOf(stack, key, context));
  return from == ImageBytesFrom::kDirectory
             ? HeaderInDirectory(stack, version, context)
             : HeaderOfObject(stack.filesystem->objects(), version, context);
}

}  // namespace

std::optional<std::string> SizeMismatch(Stack& stack, ImageBytesFrom from, const Dataset& data,
                                        Rank rank, const Frame& frame) {
  const absl::StatusOr<std::optional<Media>> media = data.GetMedia(rank);
  if (!media.ok() || !*media) return std::nullopt;
  const auto header = HeaderOf(stack, from, (*media)->key);
  if (!header.ok() || CompareSizes(frame, *header) != SizeAgreement::kDiffers) return std::nullopt;
  const ImageSize shown = DisplaySize(**header);
  return absl::StrCat("the image is ", shown.width, " x ", shown.height, ", the annotations say ",
                      frame.width, " x ", frame.height);
}

}  // namespace annofs
