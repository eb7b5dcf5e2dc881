// Places in a segmented file from which it can be rendered, by bytes of output: what its sizing
// pass leaves behind, and every read begins with. A list of them is a short value: a table of
// columns as narrow as their greatest numbers, looked up without being decoded or copied.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/segments.h"

namespace annofs {

struct Checkpoint {
  uint64_t offset = 0;  // in the file, of what the cursor's piece begins with
  SegmentCursor cursor;
};

struct CheckpointOptions {
  uint64_t bytes = 16 << 10;  // from one to the next, at least
  // Where there would be more, every second one goes and the rest are twice as far from each other:
  // 32 KiB in a file of 2 GB, 2 MiB in one of 100 GB.
  size_t most = 1 << 16;
};

// Gathers them in bounded memory. Not thread safe.
class CheckpointRecorder {
 public:
  explicit CheckpointRecorder(const CheckpointOptions& options = {});
  // For every piece, in order: where it begins.
  void Offer(uint64_t offset, const SegmentCursor& cursor);
  std::string Encode() const;

 private:
  const CheckpointOptions options_;
  uint64_t bytes_;
  std::vector<Checkpoint> kept_;
};

// Reads what was encoded. The bytes outlive it.
class CheckpointTable {
 public:
  // kInternal if the bytes are no such table.
  static absl::StatusOr<CheckpointTable> Open(absl::string_view bytes);
  size_t size() const { return count_; }
  // The last one at `offset` or before it; the file's begin if there is none.
  Checkpoint Floor(uint64_t offset) const;

 private:
  static constexpr size_t kColumns = 8;  // offset, section, run, next, what was counted
  uint64_t Number(size_t index, size_t column) const;
  Checkpoint At(size_t index) const;

  std::array<uint8_t, kColumns> widths_ = {};
  std::array<size_t, kColumns> begins_ = {};  // in a row
  size_t row_ = 0;
  size_t count_ = 0;
  absl::string_view rows_;
};

}  // namespace annofs
