// What the header of a frame's image says: its size as it is stored, and how it is turned. Asked on
// demand, never while frames are matched: each image costs a request. Thread safe.
#pragma once

#include <optional>

#include "absl/status/statusor.h"
#include "cache/base/call_context.h"
#include "cache/catalog.h"
#include "cache/object_reader.h"
#include "formats/image_header.h"
#include "formats/model.h"

namespace annofs {

// Of an object of the bucket. Nothing: it has no header that is known (formats/image_header.h), or
// no size. A small object is fetched whole, as for any read of it (object_reader.h).
absl::StatusOr<std::optional<ImageHeader>> HeaderOfObject(ObjectReader& reader,
                                                          const ObjectVersion& version,
                                                          const CallContext& context);

// Of an image that lies in a zip (fs/inner_media.h).
absl::StatusOr<std::optional<ImageHeader>> HeaderOfInner(ObjectReader& reader,
                                                         const ObjectVersion& zip,
                                                         const InnerMedia& media,
                                                         const CallContext& context);

// How a frame's size in its annotations, and the size of its pixels as they are stored, agree.
enum class SizeAgreement {
  kSame,     // no turn
  kTurned,   // the annotations have the size as shown: the image's EXIF orientation lays it on its
             // side (CVAT: reference/cvat.md §7)
  kUnknown,  // the frame has no size, or the image none
  kDiffers,  // another image, or other annotations
};
SizeAgreement CompareSizes(const Frame& frame, const std::optional<ImageHeader>& header);

}  // namespace annofs
