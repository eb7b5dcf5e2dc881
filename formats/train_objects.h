// What trees for trainers make of a frame (reference/training-tools.md §5): objects, with their
// boxes, outlines and masks cut at the image's edge. Pure; coordinates are pixels. A format then
// only writes numbers.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/box.h"
#include "formats/dataset.h"
#include "formats/rle.h"

namespace annofs {

// A frame with what is on it.
struct TrainFrame {
  Frame frame;
  FrameShapes all;
};
absl::StatusOr<TrainFrame> TrainFrameOf(const Dataset& data, Rank rank);

// One instance. Shapes of one group and label are parts of one object where one of them is an
// outline (polygon, ellipse, mask): so CVAT's users draw things that something hides in part.
// Grouped rectangles without an outline are objects of their own.
struct TrainObject {
  uint32_t label = 0;
  std::vector<uint32_t> parts;  // indexes into FrameShapes::shapes, ascending
};

// Every shape of `all.shapes` is in exactly one object; objects are in the order of their first
// parts, which is by z order. Skeletons, polylines and points are alone.
std::vector<TrainObject> ObjectsOf(const FrameShapes& all);

// Why the object has no place in a tree of things with an area in images: its type, its label (a
// part of a skeleton), a point cloud, an image of unknown size. "" otherwise.
absl::string_view WhyNoArea(const DatasetInfo& info, const Frame& frame, const FrameShapes& all,
                            const TrainObject& object);

inline constexpr absl::string_view kTagHasNoArea = "a tag is of the whole image";
inline constexpr absl::string_view kNotInsideImage = "no area of it lies inside the image";
inline constexpr absl::string_view kTooSmallForTwoDecimals = "too small for two decimals";
inline constexpr absl::string_view kSkeletonHasNoOutline = "a skeleton has no outline";

// For Writer::WhyDropped: `why_tag` for each tag, then for each shape what `why_not` answers of its
// object; asked once for each object, in order.
std::vector<absl::string_view> WhyNotObjects(
    const FrameShapes& all, absl::string_view why_tag,
    absl::FunctionRef<absl::string_view(const TrainObject&)> why_not);

// REQUIRES of the functions below, but for the next two: WhyNoArea() is "".

// Why the object has no BoxInImage(): WhyNoArea(), or nothing of it is inside. "" if it has. Of any
// object.
absl::string_view WhyNoBox(const DatasetInfo& info, const Frame& frame, const FrameShapes& all,
                           const TrainObject& object);
// WhyDropped of the views whose every object is its box; and the types that they keep.
std::vector<absl::string_view> WhyNoBoxes(const DatasetInfo& info, const Frame& frame,
                                          const FrameShapes& all);
std::vector<ShapeType> TypesWithBoxes();

// The upright box around all parts; nothing if no area of it is inside the image.
std::optional<Box> BoxInImage(const Frame& frame, const FrameShapes& all,
                              const TrainObject& object);
// The same with sides of two digits behind the point, as many formats write them; nothing if two of
// them are one then. And as WhyNoBox().
std::optional<Box> RoundedBoxInImage(const Frame& frame, const FrameShapes& all,
                                     const TrainObject& object);
absl::string_view WhyNoRoundedBox(const DatasetInfo& info, const Frame& frame,
                                  const FrameShapes& all, const TrainObject& object);

// x, y, x, y, …: at least three points, not repeated at the end.
using Ring = std::vector<double>;

// The outlines of all parts, whose even-odd fill is not empty; none if nothing is inside the image.
// Those of masks go along the edges of pixels (formats/mask_outlines.h); holes are spliced into
// their ring by a line there and back, so that an even-odd fill leaves them out. kUnimplemented,
// kInvalidArgument: too intricate, or the image too large (formats/raster.h); so MaskOf(), too.
// REQUIRES: no skeleton.
absl::StatusOr<std::vector<Ring>> OutlinesOf(const Frame& frame, const FrameShapes& all,
                                             const TrainObject& object);

// The pixels of all parts on the whole image; may be empty.
absl::StatusOr<CocoMask> MaskOf(const Frame& frame, const FrameShapes& all,
                                const TrainObject& object);

// Corners x0, y0, … x3, y3 in order around the object: of one rectangle or ellipse those of its own
// box, turned as it is; else those of the rectangle of least area around the outlines and the whole
// pixels of masks. Where that leaves the image: of what is inside, and no corner beyond the edge.
// Nothing if no area is inside.
absl::StatusOr<std::optional<std::array<double, 8>>> CornersOf(const Frame& frame,
                                                               const FrameShapes& all,
                                                               const TrainObject& object);

// The names of the classes (TopLevelIndexes of formats/cvat_export.h), one a line, as TsvEscape()
// writes them.
std::string ClassNames(const DatasetInfo& info);

// Gauss's formula; positive whatever the direction.
double AreaOf(const Ring& ring);
// One ring that goes through all, by lines there and back between points that are near (of very
// many points, any): for formats with one polygon per object. REQUIRES: not empty.
Ring Joined(const std::vector<Ring>& rings);
// True if the mask encloses pixels that are not of it. kUnimplemented: too intricate to tell.
absl::StatusOr<bool> HasHoles(const CocoMask& mask);

}  // namespace annofs
