// The area of an outline by Gauss's formula: what is left where no canvas can be had. Pure.
#pragma once

#include "absl/types/span.h"

namespace annofs {

// `points`: x, y, x, y, …; one that is no pair at the end does not count.
double GaussArea(absl::Span<const double> points);

}  // namespace annofs
