// Masks as runs: CVAT's (row by row inside a tight box, reference/cvat.md §1.3) and COCO's (column
// by column over the whole image, as a list or as a compressed string, §9.3). Pure. Time and memory
// grow with the runs, never with the pixels that a text merely claims.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

// More runs than this are refused with kUnimplemented, before and after a conversion (turning rows
// into columns can make a few runs many).
inline constexpr size_t kMaxMaskRuns = size_t{1} << 21;

// Background and foreground in turn, background first (the first run may be 0).
struct CocoMask {
  uint64_t height = 0, width = 0;
  std::vector<uint64_t> runs;
  friend bool operator==(const CocoMask&, const CocoMask&) = default;
};

// The compressed `counts` of COCO. kInvalidArgument: a character that is none of the code, a run
// that is cut short, negative or over 2^53.
absl::StatusOr<std::vector<uint64_t>> ParseCocoCounts(absl::string_view counts);
std::string FormatCocoCounts(const std::vector<uint64_t>& runs);

// A mask as CVAT has it: the runs, then left, top, right, bottom.
struct CvatMask {
  std::vector<double> points;
  std::string problem;  // what was mended; empty if all is well
};
// Runs beyond the image are cut; an image that they do not fill is filled up with background.
// kInvalidArgument: no pixel, or an absurd image.
absl::StatusOr<CvatMask> CvatMaskOf(const CocoMask& mask);

// The same mask on an image; what lies outside of it is cut off. kInvalidArgument: points that are
// no sane mask (formats/shape_check.h mends what can be mended), or an absurd image.
absl::StatusOr<CocoMask> CocoMaskOf(const std::vector<double>& points, uint64_t height,
                                    uint64_t width);

}  // namespace annofs
