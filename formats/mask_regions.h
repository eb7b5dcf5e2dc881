// Masks out of a picture of them: of each value that its pixels have, the mask in CVAT's form
// (reference/cvat.md §1.3). Memory grows with the runs of pixels that are alike. Not thread safe.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

struct MaskRegion {
  uint32_t value = 0;
  uint32_t owner = 0;          // what a second picture says there; 0 without one
  std::vector<double> points;  // of Shape
};

class MaskRegions {
 public:
  // More runs or regions are refused: such a picture is noise.
  static constexpr size_t kMaxRuns = size_t{1} << 21, kMaxRegions = size_t{1} << 16;

  explicit MaskRegions(uint32_t width) : width_(width) {}
  // The next row; pixels of value 0 are background. `owners`: empty, or as many. kUnimplemented:
  // too much.
  absl::Status AddRow(const std::vector<uint32_t>& values, const std::vector<uint32_t>& owners);
  // In order of their first pixels. Once.
  std::vector<MaskRegion> Finish();

 private:
  struct Run {
    uint64_t begin = 0, end = 0;  // pixels of the picture, row by row
  };
  struct Growing {
    uint32_t value = 0, owner = 0;
    uint32_t left = UINT32_MAX, right = 0;  // inclusive
    std::vector<Run> runs;
  };
  absl::Status AddRun(uint32_t value, uint32_t owner, uint32_t begin, uint32_t end);
  std::vector<double> PointsOf(const Growing& region) const;

  const uint32_t width_;
  uint64_t row_ = 0;
  size_t runs_ = 0;
  std::vector<Growing> regions_;
  absl::flat_hash_map<uint64_t, uint32_t> places_;  // by owner and value
};

// Of a PNG file, and of a second one of the same size: its pixels are the owners. `owners` may be
// empty. kInvalidArgument: not read, or of another size; kUnimplemented: too large.
struct PictureOfMasks {
  uint32_t width = 0, height = 0;
  bool is_color = false;  // of the owners, where there are such
  std::vector<MaskRegion> regions;
};
absl::StatusOr<PictureOfMasks> ReadMaskPng(absl::string_view values, absl::string_view owners = "");
// All pixels that are not 0 as one region.
absl::StatusOr<PictureOfMasks> ReadForegroundPng(absl::string_view png);

}  // namespace annofs
