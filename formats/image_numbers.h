// The numbers of images through all subsets (reference/cvat.md §9.4, COCO; Datumaro:
// CocoExporter._get_image_id): 1, 2, 3 … in the order of the files, but an item id that an earlier
// subset has keeps the number that it has there. Item ids are meant as CVAT makes them: names
// without extension, of those that are equal in a subset the second is that of the others' second,
// and so on (§9.2). In one subset no number is given twice.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "formats/dataset.h"

namespace annofs {

// Made for a view, asked while its files are written. Where there are several subsets the names of
// all frames are looked at once, when the first is asked for: 24 bytes for each frame whose name
// repeats meanwhile, at most 6 for each that has another's number afterwards, nothing for others.
// Thread safe.
class ImageNumbers {
 public:
  // The frames of each subset, in the order of the files; no frame is in two.
  explicit ImageNumbers(std::vector<RankSet> subsets);

  // The number of an image. `own`: how many images with a number of their own stand before it in
  // its subset, in CVAT's order; is counted on.
  absl::StatusOr<uint64_t> Next(const Dataset& data, uint32_t subset, Rank rank, uint64_t& own);

 private:
  absl::Status Make(const Dataset& data) ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);

  const std::vector<RankSet> subsets_;
  absl::Mutex mutex_;
  bool is_made_ ABSL_GUARDED_BY(mutex_) = false;
  RankSet repeated_ ABSL_GUARDED_BY(mutex_);               // have another's number
  std::vector<uint32_t> numbers_ ABSL_GUARDED_BY(mutex_);  // theirs, by ascending rank
  std::vector<uint64_t> before_ ABSL_GUARDED_BY(mutex_);   // numbers given before each subset
};

}  // namespace annofs
