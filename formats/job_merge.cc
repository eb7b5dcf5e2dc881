#include "formats/job_merge.h"

#include <utility>

#include "cache/base/status.h"

namespace annofs {

JobMerge::JobMerge(const std::vector<int64_t>& starts, int64_t overlap, bool is_3d, Output output)
    : seams_(SeamsOf(starts, overlap)),
      shapes_(is_3d, held_bytes_, std::move(output.shape), output.problem),
      tracks_(is_3d, held_bytes_, std::move(output.track), output.problem) {}

absl::Status JobMerge::AddShape(int64_t frame, Shape shape) {
  return shapes_.Add(seams_[present_], frame, std::move(shape));
}

absl::Status JobMerge::AddTrack(JobTrack track) {
  return tracks_.Add(seams_[present_], std::move(track));
}

absl::Status JobMerge::FinishJob() {
  const JobSeam& seam = seams_[present_++];
  RETURN_IF_ERROR(shapes_.FinishJob(seam));
  return tracks_.FinishJob(seam);
}

}  // namespace annofs
