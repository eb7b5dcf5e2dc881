// The upright box around points, as Datumaro's get_bbox() has it: zeros where there are none. A
// plain value.
#pragma once

#include <algorithm>

namespace annofs {

struct PointBox {
  bool is_empty = true;
  double left = 0, top = 0, right = 0, bottom = 0;

  void Add(double x, double y) {
    left = is_empty ? x : std::min(left, x);
    top = is_empty ? y : std::min(top, y);
    right = is_empty ? x : std::max(right, x);
    bottom = is_empty ? y : std::max(bottom, y);
    is_empty = false;
  }
};

}  // namespace annofs
