// COCO files for trainers (reference/training-tools.md §1.2, §5): whole ids from 1, categories in
// CVAT's order of labels without gaps, `iscrowd` 0, names of images relative to their directory.
// Boxes and outlines are cut at the image's edge. Pure.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "formats/layout.h"
#include "formats/track_numbers.h"
#include "formats/train_objects.h"
#include "formats/view_options.h"

namespace annofs {

// What an annotation file holds. Immutable, thread safe; holds no pointer to the dataset.
class CocoTrainTask {
 public:
  virtual ~CocoTrainTask() = default;
  // A JSON array.
  virtual std::string Categories(const DatasetInfo& info) const = 0;
  // Why there is no annotation for an object; "" if there is one. WhyNoRoundedBox() at least.
  virtual absl::string_view WhyNot(const DatasetInfo& info, const Frame& frame,
                                   const FrameShapes& all, const TrainObject& object) const = 0;
  // Appends the members of the annotation that are the task's own, each behind a comma.
  virtual void AppendMembers(const Frame&, const FrameShapes&, const TrainObject&,
                             std::string&) const {}
  // The category of each label, 0 for those that have none.
  const std::vector<uint32_t>& categories() const { return categories_; }

 protected:
  explicit CocoTrainTask(std::vector<uint32_t> categories) : categories_(std::move(categories)) {}

 private:
  const std::vector<uint32_t> categories_;
};

// Instances: everything that has an area, a skeleton as its box.
std::shared_ptr<const CocoTrainTask> NewCocoTrainInstances(const DatasetInfo& info);

// For WhyDropped.
std::vector<absl::string_view> WhyDroppedOfCoco(const CocoTrainTask& task, const DatasetInfo& info,
                                                const Frame& frame, const FrameShapes& all);

// Images and annotations of these frames as one file.
Segments CocoTrainFile(const DatasetInfo& info, std::shared_ptr<const CocoTrainTask> task,
                       TrackNumbers tracks, RankSet frames, CocoMasks masks = CocoMasks::kAuto);

}  // namespace annofs
