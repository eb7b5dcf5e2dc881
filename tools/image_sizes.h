// Sizes of images as far as they are known without a request: those of a local directory are read
// from it (past the cache), those of a bucket where their first bytes are in the cache.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "formats/dataset.h"
#include "tools/stack.h"

namespace annofs {

enum class ImageBytesFrom { kDirectory, kCache };

// Why the image of the frame is not of the size that its annotations say (CompareSizes() of
// fs/media_header.h: turned by its EXIF orientation is no difference): "the image is 640 x 480, the
// annotations say 64 x 48". Nothing: it is, or nobody knows; so of an image that lies in a zip.
// Never an error of the store: such an image is one that nobody knows.
std::optional<std::string> SizeMismatch(Stack& stack, ImageBytesFrom from, const Dataset& data,
                                        Rank rank, const Frame& frame);

}  // namespace annofs
