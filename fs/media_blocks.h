// Blocks of the media map: the images of many frames, in order of ranks, as one value that fills a
// page. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "fs/matched_media.h"

namespace annofs {

class MediaBlockWriter {
 public:
  // Ranks ascend. `frame`: the frame's name. False: no room for it, which happens to no block's
  // first one. Then Take() and add it again.
  bool Add(uint32_t rank, absl::string_view frame, const MatchedMedia& matched);
  bool empty() const { return bytes_.empty(); }
  uint32_t first_rank() const { return first_rank_; }
  // The block so far; empty afterwards.
  std::string Take();

 private:
  std::string bytes_;
  uint32_t first_rank_ = 0, rank_ = 0;
  uint64_t row_ = 0;
  std::string base_;
};

// Without the version. Nothing if the block has no image for the rank; kInternal if it is damaged.
absl::StatusOr<std::optional<MatchedMedia>> FindMedia(absl::string_view block, uint32_t first_rank,
                                                      uint32_t rank, absl::string_view frame);

}  // namespace annofs
