// The media part of a dataset's index: which row of the bucket is the image of each frame.
#pragma once

#include <functional>
#include <optional>

#include "absl/status/statusor.h"
#include "cache/lmdb.h"
#include "formats/dataset.h"
#include "fs/dataset_part.h"
#include "fs/matched_media.h"

namespace annofs {

using MediaMatch = std::function<absl::StatusOr<std::optional<MatchedMedia>>(const Frame&)>;

struct MediaPart {
  uint32_t part = 0;
  // Of the annotations and the images, not of their rows, which are a host's own: names the
  // dataset.
  IndexVersion version;
};

// Matches every frame of `data` (asked in rank order), and writes the part if it is new. Memory is
// bounded. A frame without image becomes a problem of the part, one in all for a video task.
absl::StatusOr<MediaPart> MatchMedia(Lmdb& lmdb, const Dataset& data,
                                     const IndexVersion& annotations, const MediaMatch& match);

}  // namespace annofs
