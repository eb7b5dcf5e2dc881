// COCO Keypoints 1.0: annotations/person_keypoints_<subset>.json, images/<subset>/
// (reference/cvat.md §9.4; Datumaro: _KeypointsExporter). Skeletons; boxes, polygons and masks only
// as the body of a skeleton of their group.
#include <algorithm>
#include <memory>
#include <vector>

#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "formats/box.h"
#include "formats/coco_export.h"
#include "formats/coco_export_dropped.h"
#include "formats/coco_export_instances.h"
#include "formats/cvat_export.h"
#include "formats/datumaro_export.h"
#include "formats/datumaro_export_json.h"
#include "formats/python_text.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr JsonDialect kDialect = JsonDialect::kCompact;

// ,"keypoints":["nose"],"skeleton":[[1,2]]
void AppendTemplate(const DatasetInfo& info, uint32_t label, std::string& out) {
  const SkeletonTemplate skeleton = SkeletonTemplateOf(info, label);
  out += ",\"keypoints\":[";
  for (size_t i = 0; i < skeleton.sublabels.size(); ++i) {
    if (i > 0) out.push_back(',');
    AppendJsonString(kDialect, info.labels[skeleton.sublabels[i]].name, out);
  }
  out += "],\"skeleton\":[";
  for (size_t i = 0; i < skeleton.joints.size(); ++i) {
    const auto [from, to] = skeleton.joints[i];
    absl::StrAppend(&out, i > 0 ? ",[" : "[", from, ",", to, "]");
  }
  out += "]";
}

// Labels without parent; ids are those of COCO 1.0.
std::string CategoriesOf(const DatasetInfo& info) {
  const std::vector<uint32_t> skeletons = SkeletonLabels(info);
  std::string text = "[";
  for (uint32_t label = 0; label < info.labels.size(); ++label) {
    if (info.labels[label].parent >= 0) continue;
    text += text.size() > 1 ? ",{" : "{";
    AppendCocoCategory(info, label, text);
    if (absl::c_binary_search(skeletons, label)) {
      AppendTemplate(info, label, text);
    } else {
      text += ",\"keypoints\":[],\"skeleton\":[]";
    }
    text += "}";
  }
  return absl::StrCat(text, "]");
}

// The parts that the skeleton itself has; an item has an element for each sublabel.
absl::flat_hash_set<uint32_t> PartsOf(const Item& item, const ItemAnnotation& skeleton) {
  absl::flat_hash_set<uint32_t> labels;
  for (const Shape& part : item.source->shapes[skeleton.origin].elements) labels.insert(part.label);
  return labels;
}

// Parts that are missing at the end are left out, as in CVAT's exports (tracks of several jobs have
// such); any other has whole zeros.
void AppendPoints(const Item& item, const ItemAnnotation& skeleton, std::string& out) {
  const absl::flat_hash_set<uint32_t> parts = PartsOf(item, skeleton);
  size_t count = skeleton.elements.size();
  while (count > 0 && !parts.contains(skeleton.elements[count - 1].label)) --count;
  for (size_t i = 0; i < count; ++i) {
    const ItemAnnotation& element = skeleton.elements[i];
    if (i > 0) out.push_back(',');
    if (!parts.contains(element.label)) {
      out += "0,0,0";
      continue;
    }
    for (double coordinate : element.points) {
      AppendJsonNumber(coordinate, out);
      out.push_back(',');
    }
    AppendJsonInt(int64_t(element.visibility), out);
  }
}

// ,"keypoints":[1.0,2.0,2],"num_keypoints":1} — the end of an annotation.
void AppendKeypoints(const Item& item, const ItemAnnotation& skeleton, std::string& out) {
  out += ",\"keypoints\":[";
  AppendPoints(item, skeleton, out);
  out += "],\"num_keypoints\":";
  AppendJsonInt(absl::c_count_if(skeleton.elements,
                                 [](const ItemAnnotation& element) {
                                   return element.visibility != Visibility::kAbsent;
                                 }),
                out);
  out.push_back('}');
}

// The groups of an item that have both skeletons and what COCO calls instances: the first skeleton
// of each.
using Bodies = absl::flat_hash_map<int32_t, const ItemAnnotation*>;

Bodies BodiesOf(const Item& item) {
  Bodies first, bodies;
  for (const ItemAnnotation& annotation : item.annotations) {
    if (annotation.type == ItemType::kSkeleton && annotation.group != 0)
      first.try_emplace(annotation.group, &annotation);
  }
  for (const ItemAnnotation& annotation : item.annotations) {
    if (!IsCocoPart(annotation)) continue;
    if (const auto found = first.find(annotation.group); found != first.end())
      bodies.insert(*found);
  }
  return bodies;
}

// Skeletons without a body, by group.
std::vector<const ItemAnnotation*> AloneIn(const Item& item, const Bodies& bodies) {
  std::vector<const ItemAnnotation*> alone;
  for (const ItemAnnotation& annotation : item.annotations) {
    if (annotation.type == ItemType::kSkeleton && !bodies.contains(annotation.group))
      alone.push_back(&annotation);
  }
  absl::c_stable_sort(
      alone, [](const ItemAnnotation* a, const ItemAnnotation* b) { return a->group < b->group; });
  return alone;
}

void AppendPeople(const DatasetInfo&, const Item& item, CocoAnnotations& to) {
  const Bodies bodies = BodiesOf(item);
  for (const ItemAnnotation* skeleton : AloneIn(item, bodies)) {
    CocoObject object{.leader = skeleton, .bbox = BboxOf(*skeleton)};
    object.area = object.bbox[2] * object.bbox[3];
    AppendCocoObject(object, to.Next(), to.image(), to.out());
    AppendKeypoints(item, *skeleton, to.out());
  }
  if (bodies.empty()) return;
  ForEachCocoObject(item, [&](CocoParts parts) {
    const auto found = bodies.find(parts[0]->group);
    if (found == bodies.end()) return;
    AppendCocoObject(CocoObjectOf(item, parts), to.Next(), to.image(), to.out());
    AppendKeypoints(item, *found->second, to.out());
  });
}

class CvatCocoKeypoints : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/COCO Keypoints 1.0",
            .revision = 2,
            .summary = "CVAT's export: skeletons as COCO keypoints",
            .keeps = {ShapeType::kRectangle, ShapeType::kPolygon, ShapeType::kEllipse,
                      ShapeType::kMask, ShapeType::kSkeleton}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    return DescribeCoco(data, {"person_keypoints", CategoriesOf(data.info()), AppendPeople}, tree);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    if (IsPointCloud(data.info(), frame)) {
      return {all.tags.size() + all.shapes.size(), kNotForPointClouds};
    }
    std::vector<absl::string_view> why = WhyNotInItem(data.info(), frame, all);
    std::fill_n(why.begin(), all.tags.size(), kTypeNotInFormat);
    // By group: has it a part of a body; has its skeleton been met.
    absl::flat_hash_map<int32_t, bool> has_part;
    absl::flat_hash_map<int32_t, bool> has_skeleton;
    for (size_t i = 0; i < all.shapes.size(); ++i) {
      const Shape& shape = all.shapes[i];
      absl::string_view& reason = why[all.tags.size() + i];
      const bool is_skeleton = shape.type == ShapeType::kSkeleton;
      if (!is_skeleton) reason = WhyNoCocoPart(data.info(), frame, shape);
      if (shape.group == 0 || shape.outside || !reason.empty()) continue;
      if (is_skeleton) {
        has_skeleton[shape.group] = false;
      } else {
        has_part[shape.group] = true;
      }
    }
    for (size_t i = 0; i < all.shapes.size(); ++i) {
      const Shape& shape = all.shapes[i];
      absl::string_view& reason = why[all.tags.size() + i];
      if (!reason.empty() || shape.outside) continue;
      const auto skeleton = has_skeleton.find(shape.group);
      if (shape.type != ShapeType::kSkeleton) {
        if (skeleton == has_skeleton.end()) reason = kNoSkeleton;
      } else if (skeleton != has_skeleton.end() && has_part.contains(shape.group)) {
        if (skeleton->second) reason = kSecondSkeleton;
        skeleton->second = true;
      }
    }
    for (uint32_t mask : MasksWithoutOutline(data.info(), frame, all)) {
      absl::string_view& reason = why[all.tags.size() + mask];
      if (reason.empty()) reason = kNoOutline;
    }
    return why;
  }

 private:
  static constexpr absl::string_view kNoSkeleton =
      "only skeletons have a place in the format, and what is in one group with one";
  static constexpr absl::string_view kSecondSkeleton =
      "of a group with boxes, polygons or masks only the first skeleton is written";
};

}  // namespace

std::unique_ptr<Writer> NewCvatCocoKeypointsWriter() {
  return std::make_unique<CvatCocoKeypoints>();
}

}  // namespace annofs
