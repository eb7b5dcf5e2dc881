// Which tags and shapes a configuration keeps (Where), as far as they are not told by their labels.
// Not thread safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/status/statusor.h"
#include "formats/dataset.h"
#include "formats/dataset_config.h"

namespace annofs {

// Frames of a job that is in one of the states and stages; where either is empty, in any. The jobs
// that annotate a frame count; others (ground truth, replicas), whose annotations are no part of
// the dataset then, count for the frames that none of those covers.
absl::StatusOr<RankSet> FramesOfJobs(const Dataset& data, const std::vector<std::string>& states,
                                     const std::vector<std::string>& stages);

// In pixels, also where it reaches out of the image: of a rectangle or ellipse itself, inside a
// polygon's outline, of a mask's foreground; of a cuboid and of a skeleton the box around it.
// Nothing for tags, points, polylines, and what has no points. REQUIRES: no point cloud.
std::optional<double> AreaInPixels(const Shape& shape);

class CopyFilter {
 public:
  // `where` outlives it.
  explicit CopyFilter(const Where& where);

  // From now on shapes are of that dataset, which outlives them.
  absl::Status Begin(const Dataset& data);
  // From now on they are on that frame.
  void BeginFrame(Rank rank, const Frame& frame);

  // An attribute that the shape does not say has the label's default. A keyframe outside is where
  // its track ends: whether it is hidden, and its area, do not count.
  bool Keeps(const Shape& shape);

  // What is named and none of the shapes that came had, nor a job of the datasets.
  std::vector<Problem> Unused() const;

 private:
  // One of the values that are asked for, if a shape has it.
  struct Values {
    absl::flat_hash_map<std::string, uint32_t> places;
    std::vector<bool> seen;
    explicit Values(const std::vector<std::string>& values);
    bool Has(absl::string_view value);
  };
  struct WantedAttribute {
    std::string name;
    Values values;
    bool seen = false;
    std::vector<const std::string*> defaults;  // by label; null: it has no such attribute
  };
  bool HasAttributes(const Shape& shape);
  static void AddUnused(absl::string_view key, absl::string_view what, const Values& values,
                        std::vector<Problem>& problems);

  const Where& where_;
  const bool is_all_;  // it asks for nothing
  uint32_t types_ = 0;
  Values sources_, states_, stages_;
  std::vector<WantedAttribute> attributes_;

  const DatasetInfo* info_ = nullptr;
  RankSet frames_;  // of the jobs
  bool is_in_job_ = true, is_in_space_ = false;
};

}  // namespace annofs
