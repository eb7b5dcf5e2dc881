// The dataset index in LMDB: a dataset, read once from its sources, kept under their versions and
// reused by every later mount. Records: fs/README.md.
//
// Two parts: the annotation index (frames, names, shapes, sets), which depends on the annotation
// sources only; and the media map (rank -> the bucket's row), which depends on the snapshot too. A
// part is visible only when whole: its version is written last.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "cache/catalog.h"
#include "cache/lmdb.h"
#include "formats/dataset.h"
#include "fs/media_match_hooks.h"

namespace annofs {

// 16 bytes: hash of what the part is made from.
using IndexVersion = std::string;

// A dataset of the index, with the bucket's row behind each image.
class IndexedDataset : public Dataset {
 public:
  // Nothing where the frame's image is no object of the bucket: it may lie in the frame's source
  // (Frame::inner).
  virtual absl::StatusOr<std::optional<RowId>> MediaRow(Rank rank) const = 0;
};

// True if the annotation index of that version is there.
absl::StatusOr<bool> HasAnnotationIndex(Lmdb& lmdb, const IndexVersion& annotations);
// Writes it from `data` in bounded transactions. Building the same version twice is harmless.
absl::Status WriteAnnotationIndex(Lmdb& lmdb, const IndexVersion& annotations, const Dataset& data);

// What the matcher found for a frame.
struct MatchedMedia {
  RowId row = 0;
  std::string version;  // of the object: makes the dataset's id the same on every host
  Media media;
};
using MediaMatch = std::function<absl::StatusOr<std::optional<MatchedMedia>>(const Frame&)>;

// Matches every frame (asked in rank order), writes the media map if it is new, and opens the
// dataset. Its info().id is hex of the hash of `annotations`, the matched media (not of their
// rows, which are a host's own) and what is wrong with them.
// A frame without an object of its own that lies in its source (Frame::inner) has media, too.
absl::StatusOr<std::shared_ptr<const IndexedDataset>> OpenDataset(
    Lmdb& lmdb, const IndexVersion& annotations, const MediaMatch& match,
    const MediaMatchHooks& hooks = {});

}  // namespace annofs
