// The slots table (cache_dir.h): the number of each name that a view's node is known by, given out
// in order and never taken back. `fs/` gives them out; an index file carries them. Pure functions.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "cache/lmdb.h"

namespace annofs {

// A slot is under the first bytes of the SHA-256 of its name.
inline constexpr size_t kSlotKeyBytes = 16;
// The next slot to give out; beside the slots, so that the table is whole by itself.
inline constexpr absl::string_view kNextSlotKey = "next";
inline constexpr uint32_t kFirstSlot = 1;
// Every slot is before it: an inode has no room for more.
inline constexpr uint32_t kSlotsEnd = 1u << 28;

static_assert(kNextSlotKey.size() != kSlotKeyBytes);

// The value of an entry, a u32; nothing if it is none.
inline std::optional<uint32_t> DecodeSlot(absl::string_view value) {
  if (value.size() != 4) return std::nullopt;
  return ReadKey32(value);
}
inline std::string EncodeSlot(uint32_t slot) { return Key32(slot); }

// Whether `slot` is one that a table with this `next` has given out.
inline bool IsSlotBefore(uint32_t slot, uint32_t next) { return slot >= kFirstSlot && slot < next; }

}  // namespace annofs
