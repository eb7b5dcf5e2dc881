// What is remembered of a single file of a view: its size, and its bytes where they are few or
// else, of a segmented one, its checkpoints. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "fs/checkpoints.h"

namespace annofs {

// Files of at most so many bytes are kept whole: a pass over the dataset is not done again for
// them.
inline constexpr size_t kMostKeptBytes = 64 << 10;

struct FileRecord {
  uint64_t size = 0;
  std::optional<absl::string_view> bytes;
  absl::string_view checkpoints;  // CheckpointTable's; empty where there are none
};

std::string EncodeWholeFile(absl::string_view bytes);
std::string EncodeFileSize(uint64_t size);
std::string EncodeSegmentedFile(uint64_t size, const CheckpointRecorder& checkpoints);

// Views into `encoded`; kInternal where it is damaged.
absl::StatusOr<FileRecord> DecodeFile(absl::string_view encoded);

}  // namespace annofs
