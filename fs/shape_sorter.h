// Encoded shapes in the order of an index: by frame; of a frame tags first as they came, then by z
// order, static ones before tracked ones, these by track, then as they came (reference/cvat.md
// §4.5). Memory is bounded: what is more waits in sorted runs in a file. Shapes that come in order
// are not sorted. Not thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "fs/spill_file.h"

namespace annofs {

struct ShapeKey {
  uint32_t frame = 0;
  bool is_tag = false;
  int32_t z_order = 0;
  int32_t track = -1;
};

// All of one frame.
struct SortedShapes {
  uint32_t frame = 0;
  uint64_t tags = 0, shapes = 0;
  absl::string_view bytes;  // one behind the other
};

struct ShapeSorterOptions {
  size_t buffer_bytes = 32 << 20;  // of encoded shapes in memory; half as much again for their keys
  size_t merge_bytes = 8 << 20;    // for all runs; each has 16 KiB at least
};

class ShapeSorter {
 public:
  ShapeSorter(std::string directory, const ShapeSorterOptions& options);

  // REQUIRES: the shapes of one frame have a bound, since they are merged in memory.
  absl::Status Add(const ShapeKey& key, absl::string_view bytes);
  // Gives every frame that has shapes, in order. Once.
  absl::Status Merge(absl::FunctionRef<absl::Status(const SortedShapes&)> fn);
  uint64_t spilled_bytes() const { return file_.size(); }

 private:
  // A shape in the buffer.
  struct Entry {
    uint32_t frame;
    uint32_t place;  // 2 * offset in the buffer, and 1 for a shape that is no tag
    int32_t z_order;
    int32_t track;
  };
  struct Run {
    uint64_t begin, end;  // in the file
  };
  static bool IsBefore(const Entry& a, const Entry& b);
  void SortEntries();
  void SortByFrame();
  absl::string_view BytesOf(const Entry& entry) const;
  absl::Status Spill();
  absl::Status MergeMemory(absl::FunctionRef<absl::Status(const SortedShapes&)> fn);
  absl::Status MergeRuns(absl::FunctionRef<absl::Status(const SortedShapes&)> fn);

  const ShapeSorterOptions options_;
  std::string buffer_;  // encoded shapes, the length of each before it
  std::vector<Entry> entries_;
  bool is_sorted_ = true;  // entries_

  SpillFile file_;
  std::vector<Run> runs_;
  Entry last_spilled_ = {};
};

}  // namespace annofs
