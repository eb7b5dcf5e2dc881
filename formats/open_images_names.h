// The names of the files of masks in a directory of CVAT's Open Images export (reference/cvat.md
// §9.4): `<slug of id>_<slug of label>_<BoxID>.png`. The masks of a directory are families by
// number (Layout::Named), whose names must not meet. Where BoxIDs are the numbers they do not; one
// that an attribute gives, or that such a one moves on, may meet any other. Immutable, thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "formats/open_images_export.h"

namespace annofs {

class OpenImagesFileNames {
 public:
  // Adds the masks of an item whose BoxIDs are not their numbers; each item once.
  void Add(const DatasetInfo& info, const OpenImagesItem& from);
  // After the last Add().
  void Finish();

  // Of names that meet, that of the first such mask is kept; any other gets `-`, rank and number in
  // 8 hex digits each. Masks beyond kMostHeld are not held: where there are so many, all whose
  // BoxIDs are not their numbers get the digits. REQUIRES: number < from.masks.size().
  std::string Of(const DatasetInfo& info, const OpenImagesItem& from, size_t number) const;

  static constexpr size_t kMostHeld = size_t{1} << 20;  // 16 bytes each

 private:
  struct Held {
    uint64_t hash;  // of the name
    Rank rank;
    uint32_t number;
    auto operator<=>(const Held&) const = default;
  };

  // True if the mask has the name to itself, or is the first of those that share it.
  bool Keeps(const Held& mask, bool is_number) const;

  std::vector<Held> held_;
  bool is_full_ = false;
};

}  // namespace annofs
