#include "formats/job_seam.h"

#include <algorithm>

namespace annofs {
namespace {

int64_t Add(int64_t frame, int64_t count) {
  return frame > JobSeam::kNever - count ? JobSeam::kNever : frame + count;
}

}  // namespace

std::vector<JobSeam> SeamsOf(const std::vector<int64_t>& starts, int64_t overlap) {
  std::vector<JobSeam> seams(starts.size());
  for (size_t i = starts.size(); i-- > 0;) {
    JobSeam& seam = seams[i];
    seam.start = starts[i];
    seam.new_from = Add(starts[i], overlap);
    seam.is_matched = overlap > 0;
    if (i + 1 == starts.size()) continue;
    seam.hold_from = std::min(starts[i + 1], seams[i + 1].hold_from);
    seam.close_at = seams[i + 1].new_from;
  }
  return seams;
}

}  // namespace annofs
