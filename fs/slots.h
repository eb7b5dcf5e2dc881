// Slot numbers of view nodes, persistent per cache directory, so that inodes are the same on every
// mount of it. Thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "cache/lmdb.h"

namespace annofs {

// The slots of `names`, in their order; those that are new are given out in one transaction. Slot 0
// is never given out. Waits for the disk where one is new: slow lane only.
absl::StatusOr<std::vector<uint32_t>> SlotsFor(Lmdb& lmdb, const std::vector<std::string>& names);

// The first of `count` slots that follow each other, under one name, which has the same count each
// time. The same otherwise. REQUIRES: count > 0.
absl::StatusOr<uint32_t> SlotRangeFor(Lmdb& lmdb, const std::string& name, uint32_t count);

// The name of the slot that stands for the same in the tree of another moment: directories are
// never aliased (design/product.md §2, rule 1). "" is the present.
std::string SaltedSlotName(std::string name, absl::string_view salt);

}  // namespace annofs
