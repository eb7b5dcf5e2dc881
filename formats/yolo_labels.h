// Label files of the YOLO family (reference/cvat.md §9.4): one object per line, relative to the
// size of its image. YOLO 1.1: boxes. Ultralytics: boxes with or without a track id, polygons,
// oriented boxes, key points.
#pragma once

#include <array>
#include <map>
#include <optional>
#include <vector>

#include "formats/class_list.h"
#include "formats/export_frames.h"

namespace annofs {

// "a/b.txt" of "x/a/b.txt": the path below its first directory, or the path itself.
absl::string_view BelowFirst(absl::string_view path);

struct YoloRules {
  bool boxes_only = false;  // five fields, nothing else: YOLO 1.1
  // Nine fields are an oriented box or a polygon of four points: the lines do not tell.
  bool nine_is_box = false;
  // Key points: how many and of how many numbers each (2: without visibility); 0 = other formats.
  size_t points = 0, point_values = 3;
  std::map<uint32_t, std::vector<uint32_t>> point_labels;  // of a skeleton's label
};

// Reads every label file of the frames, which are pushed already. Bad lines become problems; so
// do classes that the list does not have, and shapes of frames without a size (one problem for
// all).
absl::Status ReadYoloLabels(const ExportTree& tree, const YoloRules& rules,
                            const ClassList& classes, ExportFrames& frames, DatasetSink& sink);

// The four corners of a line of nine fields, in pixels; nothing if it is another line.
std::optional<std::array<double, 8>> YoloCorners(const std::vector<absl::string_view>& fields,
                                                 const ExportFrame& frame);

}  // namespace annofs
