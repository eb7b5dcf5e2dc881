#include "formats/shape_budget.h"

namespace annofs {
namespace {

uint64_t SizeInMemory(const Shape& shape) {
  uint64_t bytes = sizeof(Shape) + shape.points.size() * sizeof(double) +
                   shape.attributes.size() * sizeof(Attribute);
  for (const Shape& element : shape.elements) bytes += SizeInMemory(element);
  return bytes;
}

}  // namespace

absl::Status ShapeBudget::Take(uint64_t bytes) {
  if (bytes > left_) {
    return absl::InvalidArgumentError(
        "a few bytes of tracks or masks stand for more than 8 GiB of shapes");
  }
  left_ -= bytes;
  return absl::OkStatus();
}

absl::Status ShapeBudget::Take(const Shape& shape) { return Take(SizeInMemory(shape)); }

}  // namespace annofs
