// Blocks of the media map: the images of many frames, in order of ranks, as one value that fills a
// page. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

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

// Images of frames that follow each other, as values. Immutable, then thread safe.
class MediaGroup {
 public:
  static constexpr uint32_t kMostRanks = 16;

  // Reads those of `rank` and behind it out of a block. kInternal if that is damaged.
  static absl::StatusOr<MediaGroup> Read(absl::string_view block, uint32_t first_rank,
                                         uint32_t rank);
  uint32_t begin() const { return begin_; }
  uint32_t end() const { return begin_ + uint32_t(images_.size()); }
  // What it takes of memory, about.
  size_t bytes() const;

  // REQUIRES of all: begin() <= rank < end().
  // Nothing if the frame has no image.
  std::optional<RowId> Row(uint32_t rank) const;
  // Without the version; `frame`: the frame's name. REQUIRES: it has an image.
  MatchedMedia Get(uint32_t rank, absl::string_view frame) const;

 private:
  struct Image {
    RowId row = 0;
    uint64_t size = 0;
    std::string digest;
    std::string key;  // or what stands before the frame's name
    bool is_whole_key = false;
  };

  uint32_t begin_ = 0;
  std::vector<std::optional<Image>> images_;
};

}  // namespace annofs
