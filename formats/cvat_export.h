// What the writers of CVAT's own formats share (reference/cvat.md §9): the names of their trees,
// the subsets, and which frames they have. A writer of these is called "cvat/<display name>".
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/item.h"
#include "formats/layout.h"
#include "formats/writer.h"

namespace annofs {

// A subset as the exports name it.
struct ExportSubset {
  std::string name;  // "default" for frames without one, or what the format calls it ("train")
  // The name as a directory or as a part of a file's name: safe and unique without regard to case.
  std::string path;
  RankSet frames;
};

// The subsets of the frames that the format is for (3D: point clouds; else all others), in the
// order in which they first occur in CVAT's order of frames. One subset at least, also where there
// are no frames. `default_name`: of frames without subset; a subset of that name is the same one.
absl::StatusOr<std::vector<ExportSubset>> ExportSubsets(const Dataset& data,
                                                        absl::string_view default_name = "default");
absl::StatusOr<std::vector<ExportSubset>> ExportSubsets3d(const Dataset& data);

// The candidates whose frame answers true, each looked at once.
absl::StatusOr<RankSet> FramesWhere(
    const Dataset& data, const RankSet& candidates,
    const std::function<absl::StatusOr<bool>(const Dataset&, Rank)>& is_in);
// Frames with a tag or shape of one of the types.
absl::StatusOr<RankSet> FramesWithTypes(const Dataset& data, const std::vector<ShapeType>& types);

// The position of a label among those without parent, -1 for parts of skeletons: the class number
// of the YOLO family.
std::vector<int> TopLevelIndexes(const DatasetInfo& info);

// Reasons for WhyDropped, by type, that the formats share: the shape is drawn or written (""), or
// it has no place in the format.
inline constexpr absl::string_view kTypeNotInFormat = "the format has no place for this type";
inline constexpr absl::string_view kSizeNotKnown = "the size of the image is not known";
inline constexpr absl::string_view kRotationNotInFormat = "the format has no rotated boxes";

// WhyDropped for a format that keeps or loses each type as a whole (WriterInfo::keeps); masks are
// lost where the image's size is not known. A shape that is outside is a track's end, which no item
// shows: nothing is lost with it.
std::vector<absl::string_view> WhyDroppedByType(const WriterInfo& info, const Frame& frame,
                                                const FrameShapes& all);

}  // namespace annofs
