#include "formats/cvat_xml_writer_shape.h"

#include <algorithm>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "cache/base/text.h"
#include "formats/cvat_xml_writer_text.h"

namespace annofs {
namespace {

constexpr int kShapeLevel = 2;

absl::string_view ElementOf(ShapeType type) {
  return type == ShapeType::kRectangle ? "box" : ShapeTypeName(type);
}

bool HasItsNumbers(const Shape& shape) {
  const size_t count = shape.points.size();
  switch (shape.type) {
    case ShapeType::kRectangle:
    case ShapeType::kEllipse:
      return count == 4;
    case ShapeType::kCuboid:
      return count == 16;
    case ShapeType::kMask:
      return count >= 4;
    case ShapeType::kPolygon:
    case ShapeType::kPolyline:
    case ShapeType::kPoints:
    case ShapeType::kTag:
    case ShapeType::kSkeleton:
      break;
  }
  return true;
}

void AppendPoints(const std::vector<double>& points, std::string& out) {
  out += " points=\"";
  for (size_t i = 0; i + 1 < points.size(); i += 2) {
    if (i > 0) out.push_back(';');
    AppendFixed(points[i], 2, &out);
    out.push_back(',');
    AppendFixed(points[i + 1], 2, &out);
  }
  out.push_back('"');
}

// Numbers are cut, as Python's int() does.
int64_t Whole(double value) { return std::llround(std::trunc(value)); }

void AppendMask(const std::vector<double>& points, std::string& out) {
  const size_t runs = points.size() - 4;
  const double* ends = points.data() + runs;
  out += " rle=\"";
  for (size_t i = 0; i < runs; ++i) {
    if (i > 0) out += ", ";
    absl::StrAppend(&out, Whole(points[i]));
  }
  out.push_back('"');
  AppendXmlAttribute("left", Whole(ends[0]), out);
  AppendXmlAttribute("top", Whole(ends[1]), out);
  AppendXmlAttribute("width", Whole(ends[2] - ends[0]) + 1, out);
  AppendXmlAttribute("height", Whole(ends[3] - ends[1]) + 1, out);
}

void AppendRotation(const Shape& shape, std::string& out) {
  if (shape.rotation != 0) AppendXmlAttribute2("rotation", shape.rotation, out);
}

void AppendGeometry(const Shape& shape, std::string& out) {
  const std::vector<double>& p = shape.points;
  switch (shape.type) {
    case ShapeType::kRectangle: {
      constexpr absl::string_view kNames[] = {"xtl", "ytl", "xbr", "ybr"};
      for (size_t i = 0; i < 4; ++i) AppendXmlAttribute2(kNames[i], p[i], out);
      return AppendRotation(shape, out);
    }
    case ShapeType::kEllipse:
      AppendXmlAttribute2("cx", p[0], out);
      AppendXmlAttribute2("cy", p[1], out);
      AppendXmlAttribute2("rx", p[2] - p[0], out);
      AppendXmlAttribute2("ry", p[1] - p[3], out);
      return AppendRotation(shape, out);
    case ShapeType::kCuboid: {
      constexpr absl::string_view kNames[] = {"xtl1", "ytl1", "xbl1", "ybl1", "xtr1", "ytr1",
                                              "xbr1", "ybr1", "xtl2", "ytl2", "xbl2", "ybl2",
                                              "xtr2", "ytr2", "xbr2", "ybr2"};
      for (size_t i = 0; i < 16; ++i) AppendXmlAttribute2(kNames[i], p[i], out);
      return;
    }
    case ShapeType::kMask:
      return AppendMask(p, out);
    case ShapeType::kPolygon:
    case ShapeType::kPolyline:
    case ShapeType::kPoints:
      return AppendPoints(p, out);
    case ShapeType::kTag:
    case ShapeType::kSkeleton:
      return;
  }
}

void AppendAttributes(const Shape& shape, int level, std::string& out) {
  for (const Attribute& attribute : shape.attributes) {
    AppendXmlIndent(level, out);
    out += "<attribute";
    AppendXmlAttribute("name", attribute.name, out);
    out.push_back('>');
    AppendXmlText(attribute.value, out);
    out += "</attribute>";
  }
}

void AppendStart(absl::string_view element, int level, std::string& out) {
  AppendXmlIndent(level, out);
  out.push_back('<');
  out.append(element.data(), element.size());
}

void AppendFlag(absl::string_view name, bool value, std::string& out) {
  out.push_back(' ');
  out.append(name.data(), name.size());
  out += value ? "=\"1\"" : "=\"0\"";
}

enum class Of { kImage, kSkeleton };

void AppendOfImage(const DatasetInfo& info, const Shape& shape, Of of, int level,
                   std::string& out) {
  const absl::string_view element = ElementOf(shape.type);
  AppendStart(element, level, out);
  AppendXmlAttribute("label", info.labels[shape.label].name, out);
  AppendXmlAttribute("source", shape.source, out);
  if (of == Of::kSkeleton) AppendFlag("outside", shape.outside, out);
  if (shape.type != ShapeType::kSkeleton) AppendFlag("occluded", shape.occluded, out);
  AppendGeometry(shape, out);
  if (of == Of::kImage) AppendXmlAttribute("z_order", shape.z_order, out);
  if (shape.group != 0) AppendXmlAttribute("group_id", shape.group, out);
  out.push_back('>');
  for (const Shape& one : shape.elements) {
    AppendOfImage(info, one, Of::kSkeleton, level + 1, out);
  }
  AppendAttributes(shape, level + 1, out);
  AppendXmlClose(level, element, out);
}

// What a shape of a track is there; its elements each for themselves.
struct State {
  bool keyframe = false, outside = false;
};

State StateOf(const Shape& shape) { return {.keyframe = shape.keyframe, .outside = shape.outside}; }
State StateOfStatic(const Shape& shape, StaticPart part) {
  return {.keyframe = true, .outside = part == StaticPart::kEnd || shape.outside};
}

// From the keyframe on.
template <typename StateOfShape>
void AppendOfTrack(const DatasetInfo& info, const Shape& shape, Of of, int level,
                   StateOfShape state_of, std::string& out) {
  const State state = state_of(shape);
  AppendFlag("keyframe", state.keyframe, out);
  if (shape.type != ShapeType::kSkeleton) {
    AppendFlag("outside", state.outside, out);
    AppendFlag("occluded", shape.occluded, out);
  }
  AppendGeometry(shape, out);
  if (of == Of::kImage) AppendXmlAttribute("z_order", shape.z_order, out);
  out.push_back('>');
  for (const Shape& one : shape.elements) {
    const State its = state_of(one);
    if (!its.keyframe && its.outside) continue;
    AppendStart(ElementOf(one.type), level + 1, out);
    AppendXmlAttribute("label", info.labels[one.label].name, out);
    AppendOfTrack(info, one, Of::kSkeleton, level + 1, state_of, out);
  }
  AppendAttributes(shape, level + 1, out);
  AppendXmlClose(level, ElementOf(shape.type), out);
}

template <typename StateOfShape>
void AppendOnFrame(const DatasetInfo& info, const Shape& shape, uint64_t frame,
                   StateOfShape state_of, std::string& out) {
  if (shape.type == ShapeType::kSkeleton) {
    const bool is_there =
        std::any_of(shape.elements.begin(), shape.elements.end(), [&](const Shape& one) {
          const State state = state_of(one);
          return state.keyframe || !state.outside;
        });
    if (!is_there) return;
  }
  AppendStart(ElementOf(shape.type), kShapeLevel, out);
  AppendXmlAttribute("frame", int64_t(frame), out);
  AppendOfTrack(info, shape, Of::kImage, kShapeLevel, state_of, out);
}

}  // namespace

absl::string_view WhyNotInCvatXml(const Shape& shape) {
  if (!HasItsNumbers(shape)) return "it has not the numbers of its type";
  for (const Shape& one : shape.elements) {
    if (!WhyNotInCvatXml(one).empty()) return "an element has not the numbers of its type";
  }
  return "";
}

void AppendImageShape(const DatasetInfo& info, const Shape& shape, std::string& out) {
  AppendOfImage(info, shape, Of::kImage, kShapeLevel, out);
}

void AppendImageTag(const DatasetInfo& info, const Shape& tag, std::string& out) {
  AppendStart("tag", kShapeLevel, out);
  AppendXmlAttribute("label", info.labels[tag.label].name, out);
  AppendXmlAttribute("source", tag.source, out);
  if (tag.group != 0) AppendXmlAttribute("group_id", tag.group, out);
  out.push_back('>');
  AppendAttributes(tag, kShapeLevel + 1, out);
  AppendXmlClose(kShapeLevel, "tag", out);
}

void AppendTrackShape(const DatasetInfo& info, const Shape& shape, uint64_t frame,
                      std::string& out) {
  AppendOnFrame(info, shape, frame, StateOf, out);
}

void AppendStaticShape(const DatasetInfo& info, const Shape& shape, StaticPart part, uint64_t frame,
                       std::string& out) {
  // CVAT takes the shape itself as visible, whatever it says.
  const Shape* own = &shape;
  AppendOnFrame(
      info, shape, frame,
      [own, part](const Shape& one) {
        if (&one == own) return State{.keyframe = true, .outside = part == StaticPart::kEnd};
        return StateOfStatic(one, part);
      },
      out);
}

}  // namespace annofs
