// Everything of the index that is about frames and their names: blocks of frames, the order, paths,
// stems, sidecars, directories, counts.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "formats/frame_names.h"
#include "fs/dataset_part.h"
#include "fs/frame_table.h"

namespace annofs {

absl::Status WriteNames(const FrameTable& frames, const FrameOrdering& ordering, PartWriter& out);

// Of a path in a key.
inline constexpr size_t kPathKeyBytes = 440;

// Rest of the key of a block of frames in the table of paths: the greatest key that is not greater
// than PathKey(path, UINT32_MAX) is that of the block which holds the path, if one does. REQUIRES
// then: path of less than kPathKeyBytes bytes; blocks of longer ones may have equal first bytes.
std::string PathKey(absl::string_view path, uint32_t first_rank);

}  // namespace annofs
