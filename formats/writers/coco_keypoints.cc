// coco-keypoints: skeletons as pycocotools, torchvision and Detectron2 read them
// (reference/training-tools.md §1.2): annotations/person_keypoints_<part>.json, and the images in
// <part>/. A category for each skeleton's label, with its key points and joints in the order of the
// template. Visibility: 2 seen, 1 hidden, 0 (with x = y = 0) absent or not inside the image.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/coco_train.h"
#include "formats/datumaro_export_json.h"
#include "formats/item.h"
#include "formats/python_text.h"
#include "formats/split.h"
#include "formats/writer.h"

namespace annofs {
namespace {

std::vector<uint32_t> SkeletonCategories(const DatasetInfo& info) {
  std::vector<bool> has_parts(info.labels.size());
  for (const Label& label : info.labels) {
    if (label.parent >= 0) has_parts[size_t(label.parent)] = true;
  }
  std::vector<uint32_t> categories;
  uint32_t next = 1;
  for (bool has : has_parts) categories.push_back(has ? next++ : 0);
  return categories;
}

class KeyPoints : public CocoTrainTask {
 public:
  explicit KeyPoints(const DatasetInfo& info) : CocoTrainTask(SkeletonCategories(info)) {}

  // Reads the templates: needed for AppendMembers() and Categories(), not for WhyNot().
  void ReadTemplates(const DatasetInfo& info) {
    templates_.resize(info.labels.size());
    for (uint32_t label = 0; label < info.labels.size(); ++label) {
      if (categories()[label] > 0) templates_[label] = SkeletonTemplateOf(info, label);
    }
  }

  std::string Categories(const DatasetInfo& info) const override {
    std::string text = "[";
    for (uint32_t label = 0; label < info.labels.size(); ++label) {
      if (categories()[label] == 0) continue;
      absl::StrAppend(&text, text.size() > 1 ? "," : "", "{\"id\":", categories()[label],
                      ",\"name\":");
      AppendJsonString(JsonDialect::kCompact, info.labels[label].name, text);
      text += ",\"supercategory\":\"\",\"keypoints\":[";
      for (size_t i = 0; i < templates_[label].sublabels.size(); ++i) {
        if (i > 0) text += ",";
        const Label& part = info.labels[templates_[label].sublabels[i]];
        AppendJsonString(JsonDialect::kCompact, part.name, text);
      }
      text += "],\"skeleton\":[";
      for (size_t i = 0; i < templates_[label].joints.size(); ++i) {
        const auto& [from, to] = templates_[label].joints[i];
        absl::StrAppend(&text, i > 0 ? ",[" : "[", from, ",", to, "]");
      }
      text += "]}";
    }
    return text + "]";
  }

  absl::string_view WhyNot(const DatasetInfo& info, const Frame& frame, const FrameShapes& all,
                           const TrainObject& object) const override {
    if (absl::string_view why = WhyNoArea(info, frame, all, object); !why.empty()) return why;
    if (all.shapes[object.parts[0]].type != ShapeType::kSkeleton)
      return "only skeletons have key points";
    if (categories()[object.label] == 0) return "its label has no key points";
    return BoxInImage(frame, all, object) ? "" : kNotInsideImage;
  }

  void AppendMembers(const Frame& frame, const FrameShapes& all, const TrainObject& object,
                     std::string& out) const override {
    const Shape& skeleton = all.shapes[object.parts[0]];
    int seen = 0;
    out += ",\"keypoints\":[";
    const std::vector<uint32_t>& sublabels = templates_[object.label].sublabels;
    for (size_t i = 0; i < sublabels.size(); ++i) {
      if (i > 0) out.push_back(',');
      seen += AppendPoint(frame, PointOf(skeleton, sublabels[i]), out) ? 1 : 0;
    }
    absl::StrAppend(&out, "],\"num_keypoints\":", seen);
  }

 private:
  static const Shape* PointOf(const Shape& skeleton, uint32_t label) {
    for (const Shape& element : skeleton.elements) {
      if (element.label == label) return &element;
    }
    return nullptr;
  }

  // True if it is labelled.
  static bool AppendPoint(const Frame& frame, const Shape* point, std::string& out) {
    const bool is_there = point && !point->outside && point->points.size() >= 2 &&
                          point->points[0] >= 0 && point->points[0] <= frame.width &&
                          point->points[1] >= 0 && point->points[1] <= frame.height;
    if (!is_there) {
      out += "0.0,0.0,0";
      return false;
    }
    AppendJsonNumber(Round2(point->points[0]), out);
    out.push_back(',');
    AppendJsonNumber(Round2(point->points[1]), out);
    out += point->occluded ? ",1" : ",2";
    return true;
  }

  std::vector<SkeletonTemplate> templates_;  // by label
};

class CocoKeypoints : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "coco-keypoints",
            .summary = "COCO key points, ready to train: skeletons with their boxes",
            .keeps = {ShapeType::kSkeleton}};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<SplitPart> parts, Split(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const TrackNumbers tracks, TrackNumbers::Of(data));
    auto task = std::make_shared<KeyPoints>(data.info());
    task->ReadTemplates(data.info());
    for (const SplitPart& part : parts) {
      tree.Segmented(
          absl::StrCat("annotations/person_keypoints_", part.name, ".json"),
          CocoTrainFile(data.info(), task, tracks, part.frames, data.info().options.coco_masks));
      tree.Media(absl::StrCat(part.name, "/{stem}{ext}"), Intersect(part.frames, media));
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyDroppedOfCoco(KeyPoints(data.info()), data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewCocoKeypointsWriter() { return std::make_unique<CocoKeypoints>(); }

}  // namespace annofs
