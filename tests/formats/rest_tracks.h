// Tracks in CVAT's REST form, as the golden files have them: attributes by the number of their
// spec.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/json.h"
#include "formats/track.h"
#include "gtest/gtest.h"
#include "tests/testing/files.h"

namespace annofs::testing {

inline JsonDocument ReadJsonFixture(absl::string_view name) {
  absl::StatusOr<std::string> text = ReadFile(Fixture(name));
  EXPECT_TRUE(text.ok()) << text.status();
  absl::StatusOr<JsonDocument> document = JsonDocument::Parse(text.value_or("null"));
  EXPECT_TRUE(document.ok()) << document.status();
  return *std::move(document);
}

inline ShapeType TypeOf(JsonValue json) {
  for (ShapeType type : AllShapeTypes()) {
    if (ShapeTypeName(type) == json.StringOr("type", "")) return type;
  }
  ADD_FAILURE() << "unknown type";
  return ShapeType::kTag;
}

// REST form: attributes by the number of their spec.
inline std::vector<Attribute> AttributesOf(JsonValue json) {
  std::vector<Attribute> attributes;
  for (size_t i = 0; i < json["attributes"].size(); ++i) {
    const JsonValue attribute = json["attributes"][i];
    attributes.push_back({.name = absl::StrCat(attribute.IntOr("spec_id", -1)),
                          .value = std::string(attribute.StringOr("value", ""))});
  }
  return attributes;
}

inline Keyframe KeyframeOf(JsonValue json) {
  Keyframe keyframe{.frame = json.IntOr("frame", -1)};
  Shape& shape = keyframe.shape;
  shape.type = TypeOf(json);
  shape.z_order = int32_t(json.IntOr("z_order", -1));
  shape.occluded = json.BoolOr("occluded", false);
  shape.outside = json.BoolOr("outside", false);
  shape.keyframe = json.BoolOr("keyframe", false);
  shape.rotation = json.DoubleOr("rotation", -1);
  for (size_t i = 0; i < json["points"].size(); ++i) {
    shape.points.push_back(json["points"][i].AsDouble().value());
  }
  shape.attributes = AttributesOf(json);
  return keyframe;
}

inline Track TrackOf(JsonValue json) {
  Track track{.frame = json.IntOr("frame", -1),
              .label = uint32_t(json.IntOr("label_id", 0)),
              .group = int32_t(json.IntOr("group", 0)),
              .source = std::string(json.StringOr("source", "")),
              .attributes = AttributesOf(json)};
  for (size_t i = 0; i < json["shapes"].size(); ++i) {
    track.keyframes.push_back(KeyframeOf(json["shapes"][i]));
  }
  for (size_t i = 0; i < json["elements"].size(); ++i) {
    track.elements.push_back(TrackOf(json["elements"][i]));
  }
  return track;
}

}  // namespace annofs::testing
