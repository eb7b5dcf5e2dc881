// The dataset index in LMDB: a dataset, read once from its sources, kept under their versions and
// reused by every later mount. Records: fs/README.md.
//
// Two parts: the annotation index (frames, names, shapes, sets), which depends on the annotation
// sources only, made by an IndexBuilder; and the media map (rank -> the bucket's row), which
// depends on the snapshot too. A part is visible only when whole: its version is written last.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/catalog.h"
#include "cache/lmdb.h"
#include "formats/dataset.h"
#include "fs/dataset_part.h"
#include "fs/media_map.h"

namespace annofs {

// A context image that was found: an object of the bucket, or a part of the frame's source.
struct RelatedFile {
  RelatedMedia related;
  uint32_t number = 0;  // in RelatedInOrder()
  std::optional<RowId> row;
  std::optional<InnerMedia> inner;  // where there is no row
};

// A dataset of the index, with the bucket's row behind each image.
class IndexedDataset : public Dataset {
 public:
  // Nothing where the frame's image is no object of the bucket: it may lie in the frame's source
  // (Frame::inner).
  virtual absl::StatusOr<std::optional<RowId>> MediaRow(Rank rank) const = 0;
  // As Related(), with where they are.
  virtual absl::StatusOr<std::vector<RelatedFile>> RelatedFiles(Rank rank) const = 0;
};

// True if the annotation index of that version is there.
absl::StatusOr<bool> HasAnnotationIndex(Lmdb& lmdb, const IndexVersion& annotations);

// The annotation index alone: no frame has an image of the bucket, and info().id is empty.
// kInternal: it is not there.
absl::StatusOr<std::shared_ptr<const IndexedDataset>> OpenAnnotations(
    Lmdb& lmdb, const IndexVersion& annotations);

// Matches every frame (asked in rank order), writes the media map if it is new, and opens the
// dataset. Its info().id is hex of the hash of `annotations`, the matched media (not of their rows,
// which are a host's own) and what is wrong with them. A frame without an object of its own that
// lies in its source (Frame::inner) has media, too.
absl::StatusOr<std::shared_ptr<const IndexedDataset>> OpenDataset(
    Lmdb& lmdb, const IndexVersion& annotations, const MediaMatch& match,
    const MediaMatchHooks& hooks = {});

}  // namespace annofs
