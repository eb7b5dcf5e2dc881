// The head of a point cloud (`.pcd`, Point Cloud Library 0.7). Pure.
#pragma once

#include <cstdint>
#include <optional>

#include "absl/strings/string_view.h"

namespace annofs {

struct PointCloudHeader {
  uint32_t width = 0, height = 0;  // what CVAT keeps as the frame's size (reference/cvat.md §7)
  uint64_t points = 0;             // width * height where the file does not say
};

struct PointCloudProbe {
  std::optional<PointCloudHeader> header;
  bool is_cut = false;  // without a header: the head ends before the header does
};

// Names of point clouds: Velodyne's `.bin` (reference/cvat.md §7), and all kinds.
bool IsVelodyneName(absl::string_view name);
bool IsPointCloudName(absl::string_view name);

// The lines up to DATA. No header: no PCD, or one without WIDTH and HEIGHT.
PointCloudProbe ProbePointCloud(absl::string_view head);

}  // namespace annofs
