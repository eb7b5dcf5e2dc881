// What frames have in common: the terms of the posting lists, the same for every Dataset. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "formats/model.h"

namespace annofs {

// A thing that a frame has or has not. A skeleton counts for its own label; its elements count for
// nothing. Made by the functions below.
struct FrameTerm {
  enum class Kind : uint8_t {
    kLabel,      // a tag or shape of the label
    kNoLabel,    // neither tag nor shape
    kShapeType,  // a shape of the type, or a tag
    kTask,       // it is of the task
    kJob,        // the job covers it
    kSubset,     // Frame::subset; "" = none
    kSource,     // a tag or shape with that Shape::source
    kTrack,      // a shape of the track, while it has the label: a track is in one task
    kAttribute,  // a tag or shape of the label has the attribute with the value
    kTag,        // a tag of the label
    kOutside,    // a keyframe of the track, of the label, that is outside (FrameShapes::outside)
    kPart        // a list of the configuration says that it is of that part (formats/split.h)
  };

  Kind kind = Kind::kNoLabel;
  uint32_t number = 0;  // label, type, task, job; of a track: its task
  uint32_t label = 0;   // of a track: its label
  int32_t track = 0;    // Shape::track
  std::string text;     // subset, source, part; the attribute's name
  std::string value;    // the attribute's

  static FrameTerm OfLabel(uint32_t label) { return {.kind = Kind::kLabel, .number = label}; }
  static FrameTerm OfTag(uint32_t label) { return {.kind = Kind::kTag, .number = label}; }
  static FrameTerm WithoutLabel() { return {.kind = Kind::kNoLabel}; }
  static FrameTerm OfType(ShapeType type) {
    return {.kind = Kind::kShapeType, .number = uint32_t(type)};
  }
  static FrameTerm OfTask(uint32_t task) { return {.kind = Kind::kTask, .number = task}; }
  static FrameTerm OfJob(uint32_t job) { return {.kind = Kind::kJob, .number = job}; }
  static FrameTerm OfSubset(absl::string_view subset) {
    return {.kind = Kind::kSubset, .text = std::string(subset)};
  }
  static FrameTerm OfSource(absl::string_view source) {
    return {.kind = Kind::kSource, .text = std::string(source)};
  }
  static FrameTerm OfTrack(uint32_t label, uint32_t task, int32_t track) {
    return {.kind = Kind::kTrack, .number = task, .label = label, .track = track};
  }
  static FrameTerm OfOutside(uint32_t label, uint32_t task, int32_t track) {
    return {.kind = Kind::kOutside, .number = task, .label = label, .track = track};
  }
  static FrameTerm OfAttribute(uint32_t label, absl::string_view name, absl::string_view value) {
    return {.kind = Kind::kAttribute,
            .number = label,
            .text = std::string(name),
            .value = std::string(value)};
  }
  static FrameTerm OfPart(absl::string_view part) {
    return {.kind = Kind::kPart, .text = std::string(part)};
  }
  // The term before all others of a kind.
  static FrameTerm FirstOf(Kind kind) { return {.kind = kind, .track = INT32_MIN}; }

  friend bool operator==(const FrameTerm&, const FrameTerm&) = default;
};

inline constexpr size_t kTermKindCount = size_t(FrameTerm::Kind::kPart) + 1;

// A value of more bytes is no term.
inline constexpr size_t kMaxTermValue = 255;
// Attributes with too many values are left out too: formats/attribute_terms.h.

// A key of at most 486 bytes whose byte order is the order of terms: kind, numbers, bytes of the
// texts (only their first 200 bytes, then a hash). REQUIRES: value of at most kMaxTermValue bytes.
std::string TermKey(const FrameTerm& term);

// The terms that a tag or shape brings to a frame of that task, values of any length too; texts are
// the shape's own. Not all different. REQUIRES: !IsOutsideKeyframe(shape), which brings kOutside
// alone.
struct ShapeTerm {
  FrameTerm::Kind kind;
  uint32_t number = 0, label = 0;
  int32_t track = 0;
  absl::string_view text, value;
  FrameTerm Copy() const;
};
void TermsOfShape(uint32_t task, const Shape& shape, absl::FunctionRef<void(const ShapeTerm&)> fn);

}  // namespace annofs
