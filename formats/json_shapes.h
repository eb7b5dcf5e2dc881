// Shapes, tags and tracks as CVAT writes them in JSON: in a backup with labels and attributes by
// name, in an answer of its server by number (reference/cvat.md §5.1, §6). Not thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "cache/base/json.h"
#include "formats/label_table.h"
#include "formats/model.h"
#include "formats/reader.h"
#include "formats/track.h"

namespace annofs {

// A shape or tag on a frame of the task, or one keyframe of a track.
using FramedShape = Keyframe;

// How items name their labels and attributes.
class JsonNames {
 public:
  virtual ~JsonNames() = default;
  // The sink's index of the item's label; `parent`: of the skeleton's label for an element, else
  // -1. kInvalidArgument: it has none, or one that is not known.
  virtual absl::StatusOr<uint32_t> LabelOf(JsonValue item, int32_t parent,
                                           const Problem& where) = 0;
  // What is left out of them becomes a problem.
  virtual std::vector<Attribute> AttributesOf(JsonValue item, const Problem& where) = 0;
};

// As backups have it: `label`, and attributes of `name` and `value`. `labels` outlives it.
std::unique_ptr<JsonNames> NewJsonNamesOf(LabelTable& labels);

// Parses one item after the other. kInvalidArgument: the item is left out, the message says why.
// What is left out or mended inside an item becomes a problem with the item's place.
class JsonShapes {
 public:
  JsonShapes(LabelTable& labels, DatasetSink& sink)
      : owned_names_(NewJsonNamesOf(labels)), names_(*owned_names_), sink_(sink) {}
  JsonShapes(JsonNames& names, DatasetSink& sink) : names_(names), sink_(sink) {}

  // The place of the items that follow.
  void SetWhere(Problem where) { where_ = std::move(where); }

  absl::StatusOr<FramedShape> ParseTag(JsonValue json);
  absl::StatusOr<FramedShape> ParseShape(JsonValue json);
  absl::StatusOr<Track> ParseTrack(JsonValue json);

 private:
  absl::StatusOr<FramedShape> ParseGeometry(JsonValue json);
  absl::StatusOr<Shape> ParseElement(JsonValue json, int32_t parent);
  absl::StatusOr<Track> ParseTrackOf(JsonValue json, int32_t parent);
  void AddKeyframes(JsonValue list, Track& track);
  absl::Status Check(Shape& shape);
  void Report(absl::string_view reason);

  std::unique_ptr<JsonNames> owned_names_;
  JsonNames& names_;
  DatasetSink& sink_;
  Problem where_;
};

}  // namespace annofs
