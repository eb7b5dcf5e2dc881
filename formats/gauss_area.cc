#include "formats/gauss_area.h"

#include <cmath>
#include <cstddef>

namespace annofs {

double GaussArea(absl::Span<const double> points) {
  double doubled = 0;
  const size_t size = points.size() & ~size_t{1};
  for (size_t i = 0; i < size; i += 2) {
    const size_t next = i + 2 < size ? i + 2 : 0;
    doubled += points[i] * points[next + 1] - points[next] * points[i + 1];
  }
  return std::abs(doubled) / 2;
}

}  // namespace annofs
