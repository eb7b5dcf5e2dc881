// Blocks of the media map: the images of many frames, in order of their places, as one value that
// fills a page. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "fs/matched_media.h"

namespace annofs {

// Where context images stand: behind each other by rank, then as RelatedInOrder() has them.
inline constexpr int kRelatedBits = 6;
inline uint64_t RelatedPlace(uint32_t rank, uint32_t number) {
  return uint64_t{rank} << kRelatedBits | number;
}

class MediaBlockWriter {
 public:
  // Places ascend: ranks, or RelatedPlace(). `name`: of the frame, or of the context image. False:
  // no room for it, which happens to no block's first one. Then Take() and add it again.
  bool Add(uint64_t place, absl::string_view name, const MatchedMedia& matched);
  bool empty() const { return bytes_.empty(); }
  uint64_t first_place() const { return first_place_; }
  // The block so far; empty afterwards.
  std::string Take();

 private:
  std::string bytes_;
  uint64_t first_place_ = 0, place_ = 0, row_ = 0;
  std::string base_;
};

// Without the version. Nothing if the block has no image for the place; kInternal if it is damaged.
absl::StatusOr<std::optional<MatchedMedia>> FindMedia(absl::string_view block, uint64_t first_place,
                                                      uint64_t place, absl::string_view name);

}  // namespace annofs
