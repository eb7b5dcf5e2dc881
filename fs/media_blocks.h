// Blocks of the media map: the images of many frames, in order of their places, as one value that
// fills a page. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/base/number_code.h"
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

// Reads the images of a block one after the other.
class MediaBlockReader {
 public:
  // `block` outlives it. kInternal if it is damaged.
  static absl::StatusOr<MediaBlockReader> Open(absl::string_view block, uint64_t first_place);

  // To the image of that place: from the one it is at if that is not behind it, else from the first
  // on. False: the block has none. kInternal if it is damaged.
  absl::StatusOr<bool> GoTo(uint64_t place);
  // REQUIRES of both: the last GoTo() has answered true.
  RowId row() const { return row_; }
  MatchedMedia Get(absl::string_view name) const;  // without the version

 private:
  MediaBlockReader(absl::string_view content, uint64_t first_place)
      : content_(content), first_place_(first_place), in_(content) {}
  void Restart();
  void Next();

  absl::string_view content_;
  uint64_t first_place_;
  CodeReader in_;
  // The image it is at, if any.
  bool is_at_one_ = false;
  uint8_t form_ = 0;
  uint64_t place_ = 0, row_ = 0, size_ = 0;
  absl::string_view digest_, base_, key_;
};

// The same for one of them. Nothing if the block has no image for the place.
absl::StatusOr<std::optional<MatchedMedia>> FindMedia(absl::string_view block, uint64_t first_place,
                                                      uint64_t place, absl::string_view name);

}  // namespace annofs
