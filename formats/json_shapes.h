// Shapes, tags and tracks as the annotations.json of a backup has them: labels and attributes by
// name (reference/cvat.md §5.1, §6). Not thread safe.
#pragma once

#include "absl/status/statusor.h"
#include "cache/base/json.h"
#include "formats/label_table.h"
#include "formats/model.h"
#include "formats/reader.h"
#include "formats/track.h"

namespace annofs {

// A shape or tag on a frame of the task, or one keyframe of a track.
using FramedShape = Keyframe;

// Parses one item after the other. kInvalidArgument: the item is left out, the message says why.
// What is left out or mended inside an item becomes a problem with the item's place.
class JsonShapes {
 public:
  JsonShapes(LabelTable& labels, DatasetSink& sink) : labels_(labels), sink_(sink) {}

  // The place of the items that follow.
  void SetWhere(Problem where) { where_ = std::move(where); }

  absl::StatusOr<FramedShape> ParseTag(JsonValue json);
  absl::StatusOr<FramedShape> ParseShape(JsonValue json);
  absl::StatusOr<Track> ParseTrack(JsonValue json);

 private:
  absl::StatusOr<uint32_t> LabelOf(JsonValue json, int32_t parent);
  absl::StatusOr<FramedShape> ParseGeometry(JsonValue json);
  absl::StatusOr<Shape> ParseElement(JsonValue json, int32_t parent);
  absl::StatusOr<Track> ParseTrackOf(JsonValue json, int32_t parent);
  void AddKeyframes(JsonValue list, Track& track);
  absl::Status Check(Shape& shape);
  void Report(absl::string_view reason);

  LabelTable& labels_;
  DatasetSink& sink_;
  Problem where_;
};

}  // namespace annofs
