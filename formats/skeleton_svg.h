// The drawing of a skeleton's template (reference/cvat.md §1.4): its circles are the keypoints in
// the order of every export, its lines the joints. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace annofs {

// The server's drawing names sublabels by number (data-label-id), XML and backups by name
// (data-label-name): so does the result. A number that is not in `names` stays.
std::string NameSkeletonNodes(absl::string_view svg,
                              const absl::flat_hash_map<int64_t, absl::string_view>& names);

// A drawing for a skeleton that comes without one: its keypoints in a circle, in their order.
// `joints`: pairs of keypoints, from 0; those that name none are left out.
std::string DrawSkeleton(const std::vector<std::string>& keypoints,
                         const std::vector<std::pair<int64_t, int64_t>>& joints);

}  // namespace annofs
