// The media part of a dataset's index: which row of the bucket is the image of each frame, and
// which are its context images.
#pragma once

#include <functional>
#include <optional>

#include "absl/status/statusor.h"
#include "cache/lmdb.h"
#include "formats/dataset.h"
#include "fs/dataset_part.h"
#include "fs/matched_media.h"
#include "fs/media_match_hooks.h"

namespace annofs {

using MediaMatch = std::function<absl::StatusOr<std::optional<MatchedMedia>>(const Frame&)>;

struct MediaPart {
  uint32_t part = 0;
  // Of the annotations, the images and what is wrong with them; not of the images' rows, which are
  // a host's own. Names the dataset.
  IndexVersion version;
};

// Matches every frame of `data` (asked in rank order), and writes the part if it is new. Memory is
// bounded.
absl::StatusOr<MediaPart> MatchMedia(Lmdb& lmdb, const Dataset& data,
                                     const IndexVersion& annotations, const MediaMatch& match,
                                     const MediaMatchHooks& hooks);

}  // namespace annofs
