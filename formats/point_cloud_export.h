// What CVAT's formats of point clouds share (reference/cvat.md §9.4): which frames they have, their
// names and numbers, and what they cannot hold.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/item.h"
#include "formats/layout.h"

namespace annofs {

// The point clouds of a dataset, in CVAT's order of frames. Immutable.
class PointClouds {
 public:
  static absl::StatusOr<PointClouds> Of(const Dataset& data);

  const RankSet& frames() const { return frames_; }
  bool empty() const { return frames_.empty(); }
  // The first of them. REQUIRES: !empty().
  absl::StatusOr<Rank> First(const Dataset& data) const;
  // How many of them stand before a frame, which is one.
  uint32_t IndexOf(uint32_t position, uint32_t task) const {
    return position - others_before_[task];
  }
  // A pass over those that have cuboids. Two of the formats begin with what only all of them tell:
  // how many there are, which objects.
  absl::Status ForEachItem(const Dataset& data, absl::FunctionRef<void(const Item&)> fn) const;

 private:
  RankSet frames_;
  std::vector<uint32_t> others_before_;  // by task: frames of tasks before it that are no clouds
};

// The name of a frame's files, without extension: its id (Item::id) as one component.
absl::StatusOr<std::string> PointCloudStem(const Dataset& data, Rank rank);
std::string PointCloudStem(absl::string_view id);

// The clouds themselves in a directory: "<stem>.pcd", or as the bucket's own file ends (".bin").
absl::Status AddPointClouds(const Dataset& data, const PointClouds& clouds,
                            absl::string_view directory, Layout& tree);

// WhyDropped of a format that has cuboids and nothing else.
std::vector<absl::string_view> WhyNoCuboid(const DatasetInfo& info, const Frame& frame,
                                           const FrameShapes& all);

}  // namespace annofs
