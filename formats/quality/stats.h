// What a dataset holds, in numbers: for `annofs stats`. Plain values, and the pass that fills them.
//
// Tags and shapes are "annotations"; shapes without tags are "objects". A skeleton is one object of
// its own label; its elements are counted under their labels alone, and add to no sum.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "formats/dataset.h"
#include "formats/quality/stats_boxes.h"
#include "formats/quality/stats_values.h"

namespace annofs {

// A set of frames that has a name: a subset, a part.
struct FrameGroup {
  std::string name;
  uint64_t frames = 0;
  uint64_t with_image = 0;
  uint64_t annotated = 0;  // with a tag or shape
};

// The jobs of one kind, stage and state, and the frames that any of them covers.
struct JobGroup {
  Job::Kind kind = Job::Kind::kAnnotation;
  std::string stage, state;  // empty where the source does not say
  uint64_t jobs = 0;
  uint64_t frames = 0;
};
// "annotation", "ground truth", "replica".
absl::string_view JobKindName(Job::Kind kind);

struct AttributeStats {
  std::string name;
  std::string input_type;  // as specified; empty: the label does not specify it
  ValueCounts values;
};

// How annotations are marked.
struct ShapeFlags {
  uint64_t occluded = 0;
  uint64_t outside = 0;  // keyframes from which on a track is outside; elements that are absent
  uint64_t rotated = 0;
  uint64_t tracked = 0;  // shapes of tracks
  uint64_t keyframes = 0;
  uint64_t grouped = 0;

  void Add(const Shape& shape);
  void AddAll(const ShapeFlags& other);
};

struct ClassStats {
  std::string name;   // of a skeleton's part "person/nose"
  std::string color;  // "#rrggbb"
  bool is_part = false;
  uint64_t frames = 0;  // with any of it
  uint64_t tracks = 0;
  std::array<uint64_t, kShapeTypeCount> by_type = {};
  std::vector<uint64_t> by_part;  // annotations: one for each DatasetStats::stacked
  ShapeFlags flags;
  std::unique_ptr<BoxStats> boxes;         // nullptr: it has none
  std::vector<AttributeStats> attributes;  // specified ones in their order, then others by name

  uint64_t annotations() const;
  uint64_t tags() const { return by_type[size_t(ShapeType::kTag)]; }
  uint64_t objects() const { return annotations() - tags(); }
};

struct DatasetStats {
  std::string name;  // empty: of several
  std::string id;    // DatasetInfo::id
  uint64_t datasets = 1;

  uint64_t frames = 0, with_image = 0, with_shapes = 0, with_tags = 0, without_annotations = 0;
  uint64_t without_size = 0;  // frames whose width and height are not known
  uint64_t tasks = 0, video_tasks = 0, point_cloud_tasks = 0;
  uint64_t jobs = 0;
  std::vector<JobGroup> job_groups;  // by kind, stage, state
  std::vector<FrameGroup> subsets;   // by name; "" = none
  std::string split;                 // DescribeSplit()
  std::vector<FrameGroup> parts;     // Split(): what trees for trainers have
  // Names of the first parts, that classes are counted by; the last one is "others" where there are
  // more than kMaxStacked.
  static constexpr size_t kMaxStacked = 8;
  std::vector<std::string> stacked;

  std::array<uint64_t, kShapeTypeCount> by_type = {};
  ShapeFlags flags;
  uint64_t tracks = 0;
  ValueCounts sources;              // Shape::source of annotations; "" where it is not said
  std::vector<ClassStats> classes;  // in CVAT's order, all of them
  NumberCounts objects_per_frame;
  NumberCounts track_lengths;  // frames on which a track is seen
  BoxStats boxes;
  ValueCounts image_sizes;           // "1920x1080"
  uint64_t attributes_left_out = 0;  // values of attributes that are too many to be told apart
  uint64_t problems = 0;             // lines of reports/problems.tsv
  uint64_t errors = 0;               // of these: something of a source is not there
  std::string first_error;           // "KEY: reason"

  uint64_t annotations() const;
  uint64_t tags() const { return by_type[size_t(ShapeType::kTag)]; }
  uint64_t objects() const { return annotations() - tags(); }
};

// Told how many frames are counted; an error of it ends the pass.
using CountProgress = absl::FunctionRef<absl::Status(uint32_t frames)>;

// One pass over the frames. Memory grows with labels, attributes and their values (ValueRoom), and
// by one byte for each frame. Groups of which there are too many (kMaxGroups) are one, "others".
inline constexpr size_t kMaxGroups = 1000;
absl::StatusOr<DatasetStats> CountDataset(const Dataset& data, CountProgress progress);

// The sum of several: classes, attributes, groups of one name are one. What it says of frames per
// name is a sum, too. Progress is not told: it takes moments.
DatasetStats SumOf(const std::vector<const DatasetStats*>& all);

}  // namespace annofs
