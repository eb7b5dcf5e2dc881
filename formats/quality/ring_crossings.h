// Whether an outline crosses or touches itself. Pure.
#pragma once

#include <vector>

namespace annofs {

enum class RingVerdict {
  kSimple,
  kCrosses,     // two edges have a point in common that is not the end between them
  kTooManyNear  // so many edges lie side by side that nobody wants to wait for the answer
};

// Of the closed outline x, y, x, y, …; points that repeat the one before count once, and fewer than
// three are simple. Looks at the pairs of edges that lie side by side along the outline's longer
// axis: at most 256 for each edge and 65,536 more. Where coordinates are whole numbers below 2^24
// the answer is exact, else as exact as double is. REQUIRES: all are finite.
RingVerdict CheckRing(const std::vector<double>& points);

}  // namespace annofs
