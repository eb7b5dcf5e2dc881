// Which images belong to a frame as its context, by where they lie (reference/cvat.md §7): CVAT's
// layouts of pictures and point clouds. Not thread safe while it is filled.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace annofs {

class RelatedImages {
 public:
  // Layouts of point clouds are known in addition.
  explicit RelatedImages(bool is_3d) : is_3d_(is_3d) {}

  // A file of the source, by its path. Kept if it may be a context image.
  void Add(absl::string_view path);
  // Those of a frame, in byte order.
  std::vector<std::string> Of(absl::string_view frame_name) const;

 private:
  const bool is_3d_;
  absl::flat_hash_map<std::string, std::vector<std::string>> by_place_;
};

}  // namespace annofs
