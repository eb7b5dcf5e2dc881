#include "formats/foreign_attributes.h"

#include <cstdint>
#include <optional>
#include <string>

#include "formats/json_labels.h"

namespace annofs {
namespace {

// True: the value is the shape's now.
bool SetMember(absl::string_view name, JsonValue value, Shape& shape) {
  if (name == "occluded" && value.is_bool()) {
    shape.occluded = *value.AsBool();
    return true;
  }
  if (name == "keyframe" && value.is_bool()) {
    shape.keyframe = *value.AsBool();
    return true;
  }
  if (name == "rotation" && value.is_number()) {
    shape.rotation = *value.AsDouble();
    return true;
  }
  if (name != "track_id") return false;
  const std::optional<int64_t> track = value.is_number() ? value.AsInt() : std::nullopt;
  if (!track || *track < 0 || *track > INT32_MAX) return false;
  shape.track = int32_t(*track);
  return true;
}

AttributeKind KindOf(JsonValue value) {
  if (value.is_bool()) return AttributeKind::kBool;
  return value.is_number() ? AttributeKind::kNumber : AttributeKind::kText;
}

}  // namespace

bool AddForeignAttribute(absl::string_view name, JsonValue value, Shape& shape,
                         AttributeTypes& types) {
  if (SetMember(name, value, shape)) return true;
  if (value.is_array() || value.is_object()) return false;
  shape.attributes.push_back({.name = std::string(name), .value = JsonText(value)});
  types.Add(name, KindOf(value), shape.attributes.back().value);
  return true;
}

}  // namespace annofs
