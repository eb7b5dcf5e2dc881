// What annotations are made of, in CVAT's own words (reference/cvat.md §1). Plain values.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "formats/view_options.h"

namespace annofs {

enum class ShapeType : uint8_t {
  kTag,
  kRectangle,
  kPolygon,
  kPolyline,
  kPoints,
  kEllipse,
  kCuboid,
  kMask,
  kSkeleton
};
inline constexpr int kShapeTypeCount = 9;
// Every type, in the order of the enumeration.
std::vector<ShapeType> AllShapeTypes();
// CVAT's own word: "rectangle"; "tag" for a tag.
absl::string_view ShapeTypeName(ShapeType type);

struct AttributeSpec {
  std::string name;
  bool is_mutable = false;
  std::string input_type;  // checkbox radio number text select
  std::string default_value;
  std::vector<std::string> values;
  friend bool operator==(const AttributeSpec&, const AttributeSpec&) = default;
};

struct Label {
  std::string name;
  std::string color;         // "#rrggbb" or empty
  std::string type = "any";  // §1.1
  int32_t parent = -1;       // index of the skeleton's label for a sublabel
  std::vector<AttributeSpec> attributes;
  std::string svg;  // skeleton templates only
};

struct Attribute {
  std::string name;
  std::string value;
  friend bool operator==(const Attribute&, const Attribute&) = default;
};

// One shape or tag on one frame; tracks are already resolved to frames. Coordinates are pixels,
// origin = top-left corner; the layout of `points` by type is §1.2 (rectangle: xtl, ytl, xbr, ybr;
// mask: runs, then left, top, right, bottom).
struct Shape {
  ShapeType type = ShapeType::kRectangle;
  uint32_t label = 0;  // index into DatasetInfo::labels
  int32_t z_order = 0;
  int32_t group = 0;   // 0 = none
  int32_t track = -1;  // index of the track in its task, -1 for a static shape
  bool occluded = false;
  bool outside = false;   // of a skeleton's element
  bool keyframe = false;  // of a tracked shape
  double rotation = 0;    // degrees, clockwise on screen; rectangles and ellipses
  double score = 1;
  std::string source;  // manual, auto, …; free text
  std::vector<double> points;
  std::vector<Attribute>
      attributes;               // as read: defaults are filled by the writers whose format does so
  std::vector<Shape> elements;  // of a skeleton
  friend bool operator==(const Shape&, const Shape&) = default;
};

// True for the keyframe from which on a track is outside: no shape of its frame (§9.2 step 3), but
// CVAT for video tells it (§3.1).
inline bool IsOutsideKeyframe(const Shape& shape) {
  return shape.outside && shape.track >= 0 && shape.type != ShapeType::kTag;
}

// The annotations of one frame: tags in source order; shapes sorted by z_order, stable (§4.5).
struct FrameShapes {
  std::vector<Shape> tags;
  std::vector<Shape> shapes;
  // Keyframes of tracks that are outside here, by track. Only CVAT for video has them: nothing
  // counts or lists them among the shapes.
  std::vector<Shape> outside;
  // The static shapes (indexes into `shapes`) as the source has them; empty where that is their
  // order in `shapes`, too.
  std::vector<uint32_t> source_order;
};

// Somebody of CVAT's; empty where the source does not say.
struct User {
  std::string name, email;
};

// The file that the frames of a task come from.
struct Video {
  std::string name;
  uint32_t width = 0, height = 0;  // 0 = not known
};

// One task of the source; a project has several.
struct Task {
  int64_t id = -1;  // CVAT's number; -1 where the source does not say
  std::string name;
  std::string subset;  // "" = none
  bool is_video = false;
  bool is_3d = false;  // frames are point clouds, cuboids have a position in space
  // What only CVAT's own XML repeats (§2.1); empty where the source does not say. Frames that are
  // deleted count for `size`; start and stop are absolute numbers of its first and last frame.
  std::optional<uint64_t> size, start_frame, stop_frame;
  std::string frame_filter;         // "step=5"; frame_step.h
  std::optional<uint64_t> overlap;  // frames that neighbouring jobs share
  std::string bug_tracker;
  std::string created, updated;  // as CVAT's exports write dates: "2024-01-02 00:00:00+00:00"
  User owner, assignee;
  Video video;
};

// A job of a task: its frames are told one by one (DatasetSink::AddToJob); jobs may share frames.
struct Job {
  enum class Kind : uint8_t { kAnnotation, kGroundTruth, kReplica };
  int64_t id = -1;    // CVAT's number; -1 where the source does not say
  uint32_t task = 0;  // index into DatasetInfo::tasks
  Kind kind = Kind::kAnnotation;
  std::string stage, state, assignee;  // §1.1; empty where the source does not say
  // First and last frame in its task, from 0; nothing where the source does not say.
  std::optional<uint64_t> start, stop;
};

// An image that lies, stored as it is, in the zip that the frame was read from.
struct InnerMedia {
  uint64_t header_offset = 0;  // of the entry's local header; its bytes follow that
  uint64_t size = 0;
  uint32_t crc32 = 0;
  uint32_t source = 0;  // of a dataset made of several: which of them (formats/dataset_copy.h)
  friend bool operator==(const InnerMedia&, const InnerMedia&) = default;
};

// The bucket object that is a frame's image, or one of its context images.
struct Media {
  std::string key;
  uint64_t size = 0;
  std::string digest;  // "sha1:<hex>" or "md5:<hex>", empty if the store gives none
};

// A context image of a frame that was found.
struct RelatedMedia {
  std::string name;  // as in Frame::related
  Media media;
};

struct Frame {
  std::string name;                  // as in the source: a path with '/'
  uint32_t number = 0;               // absolute frame number (§0.1)
  uint32_t task = 0;                 // index into DatasetInfo::tasks
  uint32_t width = 0, height = 0;    // 0 = not known
  std::string subset;                // of its task, or of the frame itself (project XML)
  std::vector<std::string> related;  // names of its context images, as in the source (§7)
  std::optional<InnerMedia> inner;   // its image, where the source itself holds it
  // The context images that the source itself holds: one for each of `related`, or none at all.
  std::vector<std::optional<InnerMedia>> related_inner;
};

// Something wrong or doubtful, with where it stands. A line of reports/problems.tsv.
struct Problem {
  enum class Severity : uint8_t { kWarning, kError } severity = Severity::kWarning;
  std::string source;    // key of the object, with "!entry" for a zip entry
  std::string position;  // "line 12", "byte 345", "job 2 shape 17"; may be empty
  std::string frame;     // frame name; may be empty
  std::string reason;
};

// What a dataset is made from. A line of about.json.
struct SourceVersion {
  std::string key;
  std::string version;
  std::string format;  // name of the reader
};

struct DatasetInfo {
  std::string name;
  std::string id;  // hex: hash of source versions, matched media, configuration
  std::vector<SourceVersion> sources;
  std::vector<SourceVersion> other_sources;  // of the same task, poorer: not read
  std::vector<Task> tasks;
  std::vector<Job> jobs;
  std::vector<Label> labels;  // every label, sublabels too, in CVAT's order (§9.2 step 2)
  uint64_t shape_counts[kShapeTypeCount] = {};
  // By label and type; tags and shapes, not the elements of skeletons.
  std::vector<std::array<uint64_t, kShapeTypeCount>> label_counts;
  ViewOptions options;  // not of the index: whoever opens the dataset adds them
  // What its configuration has left out of its sources: frames, tags and shapes.
  uint64_t left_out_frames = 0, left_out_shapes = 0;
};

}  // namespace annofs
