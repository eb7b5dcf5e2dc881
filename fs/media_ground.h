// Where the images of a dataset's frames are looked for. Plain values.
#pragma once

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace annofs {

struct MediaGround {
  struct AnnotationObject {
    std::string key;
    uint32_t first_task = 0;  // its tasks: from this one up to the first of the next object
  };
  std::vector<AnnotationObject> objects;  // in order of tasks
  std::string media;                      // a directory that comes before all others; "": none

  // The number of the object that the task is of. REQUIRES: there is one.
  size_t ObjectOf(uint32_t task) const {
    const auto next = std::upper_bound(
        objects.begin(), objects.end(), task,
        [](uint32_t a, const AnnotationObject& object) { return a < object.first_task; });
    return next == objects.begin() ? 0 : size_t(next - objects.begin()) - 1;
  }
};

}  // namespace annofs
