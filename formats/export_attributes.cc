#include "formats/export_attributes.h"

#include <limits>

#include "absl/strings/match.h"
#include "cache/base/text.h"
#include "formats/python_text.h"
#include "formats/text_table.h"

namespace annofs {
namespace {

bool IsTrue(absl::string_view value) { return CvatValue(value) == "true"; }
bool IsBool(absl::string_view value) { return IsTrue(value) || CvatValue(value) == "false"; }

bool SetPart(absl::string_view name, absl::string_view value, Shape& shape) {
  if (name == "occluded" && IsBool(value)) {
    shape.occluded = IsTrue(value);
    return true;
  }
  if (name == "keyframe" && IsBool(value)) {
    shape.keyframe = IsTrue(value);
    return true;
  }
  if (name == "rotation" && shape.type == ShapeType::kRectangle) {
    std::optional<double> rotation = Number(value);
    if (rotation) shape.rotation = *rotation;
    return rotation.has_value();
  }
  if (name == "track_id") {
    std::optional<int64_t> track = Integer(value);
    if (!track || *track < 0 || *track > std::numeric_limits<int32_t>::max()) return false;
    shape.track = int32_t(*track);
    return true;
  }
  return false;
}

}  // namespace

absl::string_view CvatValue(absl::string_view value) {
  if (value == "True") return "true";
  if (value == "False") return "false";
  return value;
}

bool AddExportAttribute(absl::string_view name, absl::string_view value, Shape& shape) {
  if (SetPart(name, value, shape)) return false;
  shape.attributes.push_back({.name = std::string(name), .value = std::string(CvatValue(value))});
  return true;
}

void AddExportAttribute(absl::string_view name, absl::string_view value, AttributeKind kind,
                        Shape& shape, std::vector<AttributeKind>& kinds) {
  if (AddExportAttribute(name, value, shape)) kinds.push_back(kind);
}

AttributeKind KindOfExported(absl::string_view value) {
  if (value == "True" || value == "False") return AttributeKind::kBool;
  const std::optional<double> number = ParsePythonFloat(value);
  return number && PythonFloat(*number) == value ? AttributeKind::kNumber : AttributeKind::kText;
}

}  // namespace annofs
