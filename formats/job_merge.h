// The jobs of a task become the task, as CVAT merges them (reference/cvat.md §4.6, CVAT:
// AnnotationManager.merge): one job after the other, and what is annotated twice on frames that two
// jobs share becomes one. Streaming: only what a later job can still meet is held. Not thread safe.
#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "formats/model.h"
#include "formats/shape_merge.h"
#include "formats/track_merge.h"

namespace annofs {

class JobMerge {
 public:
  struct Output {
    ShapeMerge::Push shape;
    TrackMerge::Push track;
    // What could not be merged as CVAT does, said while the present job is read or finished.
    std::function<void(std::string reason)> problem;
  };

  // `starts`: the first frames of the jobs that are merged, in their order; at least one.
  // `overlap`: frames that two jobs in a row share.
  JobMerge(const std::vector<int64_t>& starts, int64_t overlap, bool is_3d, Output output);

  // Of the present job; the first one at the beginning.
  absl::Status AddShape(int64_t frame, Shape shape);
  absl::Status AddTrack(JobTrack track);
  // A track that cannot be read takes a number too.
  void SkipTrack() { tracks_.Skip(); }
  // The present job is complete; jobs are counted also where they are empty. After the last one
  // everything is pushed.
  absl::Status FinishJob();
  // Jobs that are not finished yet.
  size_t left() const { return seams_.size() - present_; }

 private:
  std::vector<JobSeam> seams_;
  HeldBytes held_bytes_;
  size_t present_ = 0;
  ShapeMerge shapes_;
  TrackMerge tracks_;
};

}  // namespace annofs
