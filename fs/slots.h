// Slot numbers of view nodes, persistent per cache directory, so that inodes are the same on every
// mount of it. Thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/lmdb.h"

namespace annofs {

// The slots of `names`, in their order; those that are new are given out in one transaction. Slot 0
// is never given out. Waits for the disk where one is new: slow lane only.
absl::StatusOr<std::vector<uint32_t>> SlotsFor(Lmdb& lmdb, const std::vector<std::string>& names);

}  // namespace annofs
