#include "fs/media_header.h"

#include <string>

#include "cache/base/status.h"
#include "fs/inner_media.h"

namespace annofs {
namespace {

bool IsSizeOf(const Frame& frame, const ImageSize& size) {
  return frame.width == size.width && frame.height == size.height;
}

}  // namespace

absl::StatusOr<std::optional<ImageHeader>> HeaderOfObject(ObjectReader& reader,
                                                          const ObjectVersion& version,
                                                          const CallContext& context) {
  return ReadImageHeader([&](uint64_t offset, uint64_t length) -> absl::StatusOr<std::string> {
    std::string bytes;
    RETURN_IF_ERROR(reader.Read(
        version, {offset, length}, [&bytes](Pieces data) { bytes = Join(data); }, context));
    return bytes;
  });
}

absl::StatusOr<std::optional<ImageHeader>> HeaderOfInner(ObjectReader& reader,
                                                         const ObjectVersion& zip,
                                                         const InnerMedia& media,
                                                         const CallContext& context) {
  return ReadImageHeader([&](uint64_t offset, uint64_t length) -> absl::StatusOr<std::string> {
    std::string bytes;
    RETURN_IF_ERROR(ReadInnerMedia(
        reader, zip, media, {offset, length}, [&bytes](Pieces data) { bytes = Join(data); },
        context));
    return bytes;
  });
}

SizeAgreement CompareSizes(const Frame& frame, const std::optional<ImageHeader>& header) {
  const bool is_known = header && frame.width != 0 && frame.height != 0;
  if (!is_known) return SizeAgreement::kUnknown;
  const bool lies = header->orientation > 4;
  if (lies && IsSizeOf(frame, DisplaySize(*header))) return SizeAgreement::kTurned;
  return IsSizeOf(frame, header->size) ? SizeAgreement::kSame : SizeAgreement::kDiffers;
}

}  // namespace annofs
