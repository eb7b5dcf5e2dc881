#include "formats/shape_budget.h"

#include "formats/track.h"

namespace annofs {

absl::Status ShapeBudget::Take(uint64_t bytes) {
  if (bytes > left_) {
    return absl::InvalidArgumentError(
        "a few bytes of tracks or masks stand for more than 8 GiB of shapes");
  }
  left_ -= bytes;
  return absl::OkStatus();
}

absl::Status ShapeBudget::Take(const Shape& shape) { return Take(BytesOf(shape)); }

}  // namespace annofs
