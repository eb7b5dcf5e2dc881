// A few bytes of a source can stand for much: a track for a shape on every frame, a mask of four
// runs for millions of them. What is made so has a bound for the whole source. Not thread safe.
#pragma once

#include <cstdint>

#include "absl/status/status.h"
#include "formats/model.h"

namespace annofs {

class ShapeBudget {
 public:
  // kInvalidArgument when more than 8 GiB were taken: reading ends.
  absl::Status Take(uint64_t bytes);
  absl::Status Take(const Shape& shape);

 private:
  uint64_t left_ = uint64_t{8} << 30;
};

}  // namespace annofs
