// Ranks, safe paths and unique stems: what is O(frames) about names, made once per dataset version
// (architecture, idea 4). Pure.
#pragma once

#include <string>
#include <vector>

#include "formats/dataset.h"

namespace annofs {

struct FrameOrder {
  std::vector<uint32_t> frame_of_rank;      // rank -> index into the names given
  std::vector<FrameNames> names;            // by rank
  std::vector<FrameDirectory> directories;  // see Dataset::Directory
};

// `frame_names`: the frames' names as the source gives them; may be hostile, may repeat. Every path
// is safe (cache/base/names.h) and unique, also against the directories of other frames and against
// other frames' sidecars with ".json" or ".tsv"; those that collide get `-` and 8 hex digits of
// SHA-256 of the name and its position among equals before their extension. A base name leaves room
// for a sidecar's ".json"; a directory that looks like a sidecar gets a hash behind its name.
FrameOrder OrderFrames(const std::vector<std::string>& frame_names);

}  // namespace annofs
