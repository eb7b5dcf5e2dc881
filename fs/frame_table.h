// The frames of a dataset that is being built, in the order in which they came: some 20 bytes of
// memory each besides their names. Not thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "formats/model.h"
#include "formats/text_arena.h"
#include "fs/frame_blocks.h"

namespace annofs {

class FrameTable {
 public:
  // Answers its number.
  uint32_t Add(const Frame& frame);
  uint32_t size() const { return uint32_t(frames_.size()); }

  // REQUIRES of all: frame < size(). Valid as long as the table.
  absl::string_view Name(uint32_t frame) const;
  uint32_t Task(uint32_t frame) const;
  uint32_t Number(uint32_t frame) const;
  // Without the names that ordering gives.
  FrameEntry Entry(uint32_t frame) const;

 private:
  TextArena records_;
  std::vector<const char*> frames_;
  std::vector<std::string> subsets_;
  absl::flat_hash_map<std::string, uint32_t> subset_numbers_;
};

}  // namespace annofs
