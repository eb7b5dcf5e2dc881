#include "formats/json_numbers.h"

namespace annofs {

uint32_t ImageSide(JsonValue value) {
  const int64_t side = value.AsInt().value_or(0);
  return side > 0 && side <= kMaxImageSide ? uint32_t(side) : 0;
}

std::optional<uint64_t> WholeNumber(JsonValue value) {
  const std::optional<int64_t> number = value.AsInt();
  if (!number || *number < 0) return std::nullopt;
  return uint64_t(*number);
}

}  // namespace annofs
