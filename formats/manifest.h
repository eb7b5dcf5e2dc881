// A dataset manifest, `manifest.jsonl` (reference/cvat.md §7): the names and sizes of a task's
// images in the order of their frames, or the size and length of its video. Versions 1.0 and 1.1.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "cache/base/chunk_source.h"

namespace annofs {

struct ManifestImage {
  std::string name;                  // with its extension; empty if the row does not say ("{}")
  uint32_t width = 0, height = 0;    // 0 = not given
  std::vector<std::string> related;  // names of context images
  std::string original_name;         // what CVAT made it from: a point cloud's .bin
};

struct ManifestVideo {
  std::string name;
  uint32_t width = 0, height = 0;  // 0 = not given
  uint64_t length = 0;             // frames; 0 = not given
};

// What a manifest says, row by row. An error ends the reading and is what ReadManifest returns.
class ManifestHandler {
 public:
  virtual ~ManifestHandler() = default;
  // Of a manifest of images. `number`: of the frame, from 0; rows count even if they cannot be
  // read.
  virtual absl::Status Image(uint64_t number, ManifestImage image) = 0;
  // Of a manifest of a video: once. The rows of its key frames are not read.
  virtual absl::Status Video(ManifestVideo video) = 0;
  // `line` from 1. A row that cannot be read, or is too long, is also an Image() without a name.
  virtual void Problem(uint64_t line, absl::string_view reason) = 0;
};

// Memory: one row, of at most 1 MiB. kInvalidArgument: no manifest (its first two rows are not
// what they should be); or the first error of source or handler.
absl::Status ReadManifest(ChunkSource& source, ManifestHandler& handler);

}  // namespace annofs
