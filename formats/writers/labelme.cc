// labelme: a JSON file of the annotation tool labelme beside each image. Keeps every type: boxes
// that are turned, ellipses, cuboids and masks as polygons, skeletons as points that are described
// by the skeleton's label, several shapes of one object under one group_id, tags as flags. Only
// what becomes a polygon is cut at the image's edge: labelme shows the rest as it is.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "cache/base/json.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/drawable.h"
#include "formats/media_path.h"
#include "formats/train_objects.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kIsInSpace = "a 3D cuboid has no outline in an image";
constexpr absl::string_view kNoPoints = "none of its points is there";

class ShapeWriter {
 public:
  ShapeWriter(const DatasetInfo& info, const Frame& frame, JsonWriter& json)
      : info_(info), frame_(frame), json_(json) {}

  // Why nothing was written; "" if something was.
  absl::string_view Write(const FrameShapes& all, uint32_t index) {
    const Shape& shape = all.shapes[index];
    group_ = shape.group;
    if (shape.type != ShapeType::kSkeleton && shape.points.size() < 2) return kNoPoints;
    switch (shape.type) {
      case ShapeType::kPolyline:
        Add(shape, shape.points.size() == 4 ? "line" : "linestrip", shape.points);
        return "";
      case ShapeType::kPoints:
        if (shape.points.size() > 2) GroupAs(index);
        AddPoints(shape);
        return "";
      case ShapeType::kSkeleton:
        return AddElements(shape, index);
      case ShapeType::kRectangle:
        if (shape.rotation != 0) return AddOutlines(all, index);
        Add(shape, "rectangle", shape.points);
        return "";
      case ShapeType::kPolygon:
        Add(shape, "polygon", shape.points);
        return "";
      default:
        return AddOutlines(all, index);
    }
  }

 private:
  // As a part of an object that is not a group: a number that no group of CVAT has.
  void GroupAs(uint32_t index) {
    if (group_ == 0) group_ = -1 - int64_t{index};
  }

  void Add(const Shape& shape, absl::string_view type, const std::vector<double>& points,
           absl::string_view description = "") {
    json_.BeginObject().Key("label").String(info_.labels[shape.label].name).Key("points");
    json_.BeginArray();
    for (size_t i = 0; i + 1 < points.size(); i += 2)
      json_.BeginArray().Double(points[i]).Double(points[i + 1]).EndArray();
    json_.EndArray().Key("group_id");
    if (group_ == 0) {
      json_.Null();
    } else {
      json_.Int(group_);
    }
    json_.Key("description").String(description).Key("shape_type").String(type).Key("flags");
    json_.BeginObject();
    if (shape.occluded) json_.Key("occluded").Bool(true);
    json_.EndObject().Key("attributes").BeginObject();
    for (size_t i = 0; i < shape.attributes.size(); ++i) {
      const Attribute& attribute = shape.attributes[i];
      const bool is_taken = std::any_of(
          shape.attributes.begin(), shape.attributes.begin() + long(i),
          [&attribute](const Attribute& other) { return other.name == attribute.name; });
      if (!is_taken) json_.Key(attribute.name).String(attribute.value);
    }
    json_.EndObject().EndObject();
  }

  void AddPoints(const Shape& shape, absl::string_view description = "") {
    for (size_t i = 0; i + 1 < shape.points.size(); i += 2)
      Add(shape, "point", {shape.points[i], shape.points[i + 1]}, description);
  }

  absl::string_view AddElements(const Shape& skeleton, uint32_t index) {
    GroupAs(index);
    bool is_any = false;
    for (const Shape& element : skeleton.elements) {
      if (element.outside || element.points.size() < 2) continue;
      is_any = true;
      AddPoints(element, info_.labels[skeleton.label].name);
    }
    return is_any ? "" : kNoPoints;
  }

  absl::string_view AddOutlines(const FrameShapes& all, uint32_t index) {
    if (frame_.width == 0 || frame_.height == 0) return kSizeNotKnown;
    const auto outlines = OutlinesOf(frame_, all, {.parts = {index}});
    if (!outlines.ok()) return kTooIntricate;
    if (outlines->empty()) return kNotInsideImage;
    if (outlines->size() > 1) GroupAs(index);
    for (const Ring& ring : *outlines) Add(all.shapes[index], "polygon", ring);
    return "";
  }

  const DatasetInfo& info_;
  const Frame& frame_;
  JsonWriter& json_;
  int64_t group_ = 0;
};

absl::StatusOr<std::string> RenderLabelme(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const TrainFrame on, TrainFrameOf(data, rank));
  ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
  ASSIGN_OR_RETURN(const std::string path, MediaPath(data, rank, on.frame, names));
  JsonWriter json(JsonWriter::Style::kPretty);
  json.BeginObject().Key("version").String("5.0.1").Key("flags").BeginObject();
  std::vector<absl::string_view> tags;
  for (const Shape& tag : on.all.tags) tags.push_back(data.info().labels[tag.label].name);
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  for (absl::string_view tag : tags) json.Key(tag).Bool(true);
  json.EndObject().Key("shapes").BeginArray();
  ShapeWriter writer(data.info(), on.frame, json);
  if (!IsPointCloud(data.info(), on.frame)) {
    for (uint32_t i = 0; i < on.all.shapes.size(); ++i) writer.Write(on.all, i);
  }
  json.EndArray().Key("imagePath").String(BaseName(path)).Key("imageData").Null();
  // labelme refuses a size that is not the image's.
  for (const auto& [key, side] :
       {std::pair("imageHeight", on.frame.height), std::pair("imageWidth", on.frame.width)}) {
    json.Key(key);
    if (on.frame.height == 0 || on.frame.width == 0) {
      json.Null();
    } else {
      json.Int(side);
    }
  }
  return json.EndObject().Take() + "\n";
}

// Written for nobody: whether there would be something.
absl::string_view WhyNot(const DatasetInfo& info, const Frame& frame, const FrameShapes& all,
                         uint32_t index) {
  JsonWriter json;
  json.BeginArray();
  return ShapeWriter(info, frame, json).Write(all, index);
}

class Labelme : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "labelme",
            .revision = 2,
            .summary = "labelme's JSON beside each image; every type of shape",
            .keeps = AllShapeTypes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    tree.Media("{path}", media);
    tree.PerFrame("{sidecar}.json", data.All(), RenderLabelme);
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    std::vector<absl::string_view> why(all.tags.size(), "");
    const bool is_cloud = IsPointCloud(data.info(), frame);
    for (uint32_t i = 0; i < all.shapes.size(); ++i) {
      why.push_back(is_cloud ? kIsInSpace : WhyNot(data.info(), frame, all, i));
    }
    return why;
  }
};

}  // namespace

std::unique_ptr<Writer> NewLabelmeWriter() { return std::make_unique<Labelme>(); }

}  // namespace annofs
