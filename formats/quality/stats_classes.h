// Counts what is annotated, class by class: the part of the pass of stats.h that looks at shapes.
// Not thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "formats/quality/stats.h"

namespace annofs {

// The bits of the stacked parts that a frame belongs to.
using PartMask = uint8_t;
static_assert(DatasetStats::kMaxStacked <= 8 * sizeof(PartMask));

class ClassCounter {
 public:
  static constexpr size_t kMaxAttributes = 65536;  // of all classes together

  // `info` and `room` outlive it.
  ClassCounter(const DatasetInfo& info, size_t parts, ValueRoom& room);

  // Frames come in the order of their ranks.
  void CountFrame(Rank rank, const Frame& frame, const FrameShapes& all, PartMask parts);

  // Once, at the end: classes; what is summed over them.
  void MoveTo(DatasetStats& stats);

 private:
  struct Working {
    int64_t last_frame = -1;
    absl::flat_hash_map<std::string, size_t> attributes;  // name -> index in ClassStats
    size_t specified = 0;                                 // attributes
  };

  void CountElement(Rank rank, const Shape& element);
  void CountOne(Rank rank, const Frame& frame, const Shape& shape, PartMask parts);
  void CountAttributes(const Shape& shape);
  void SeenOn(Rank rank, uint32_t label);

  const DatasetInfo& info_;
  ValueRoom& room_;
  std::vector<ClassStats> classes_;  // by label
  std::vector<Working> working_;
  ValueCounts sources_;
  size_t attributes_ = 0;
  uint64_t attributes_left_out_ = 0;
};

}  // namespace annofs
