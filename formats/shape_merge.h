// Tags and shapes of the jobs of a task (reference/cvat.md §4.6, CVAT: TagManager and
// ShapeManager.merge): part of formats/job_merge.h. Not thread safe.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "formats/job_seam.h"
#include "formats/model.h"
#include "formats/shape_likeness.h"

namespace annofs {

class ShapeMerge {
 public:
  using Push = std::function<absl::Status(int64_t frame, Shape shape)>;
  using Report = std::function<void(std::string reason)>;

  // `held_bytes`: outlives it.
  ShapeMerge(bool is_3d, HeldBytes& held_bytes, Push push, Report report)
      : is_3d_(is_3d),
        held_bytes_(held_bytes),
        push_(std::move(push)),
        report_(std::move(report)) {}

  // Pushes it at once where no other job has the frame.
  absl::Status Add(const JobSeam& seam, int64_t frame, Shape shape);
  // Merges the job with those before it, and pushes what no later job can meet.
  absl::Status FinishJob(const JobSeam& seam);

 private:
  // The objects of one frame that is held.
  struct Held {
    uint64_t job = 0;                         // that met it first
    std::vector<Shape> old_tags, old_shapes;  // merged
    std::vector<Shape> new_tags, new_shapes;  // of the present job, to be compared with them
  };

  absl::Status Hold(const JobSeam& seam, int64_t frame, Shape shape);
  void Merge(std::vector<Shape>& old_shapes, std::vector<Shape>& new_shapes);
  absl::Status PushAll(int64_t frame, std::vector<Shape> shapes);

  const bool is_3d_;
  HeldBytes& held_bytes_;
  const Push push_;
  const Report report_;
  uint64_t job_ = 0;
  std::map<int64_t, Held> held_;  // by frame
  bool is_full_ = false, is_cut_ = false;
  CompareBudget budget_;
};

}  // namespace annofs
