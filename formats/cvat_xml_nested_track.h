// The skeleton track of very old files (CVAT 2.0, 2.1): the skeletons have no elements, these are
// tracks inside the track, after it (reference/cvat.md §3.1). It is kept whole, within bounds, and
// put together at its end. Not thread safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "formats/model.h"
#include "formats/track.h"

namespace annofs {

class CvatXmlNestedTrack {
 public:
  // `frame`: in steps, of both. False: more than is kept, left out.
  bool AddSkeleton(int64_t frame, Shape shape);
  void StartElement(uint32_t label);
  bool AddElement(int64_t frame, Shape shape);

  bool has_elements() const { return !track_.elements.empty(); }
  // Skeletons with their elements, frames ascending: on the frames of the skeletons, and on those
  // between two of them while the first is visible. What contradicts itself is in `problems`.
  absl::Status Resolve(absl::FunctionRef<absl::Status(int64_t, Shape)> fn,
                       std::vector<std::string>& problems);

 private:
  bool Add(Track& track, int64_t frame, Shape shape);

  Track track_;
  size_t bytes_ = 0;
};

}  // namespace annofs
