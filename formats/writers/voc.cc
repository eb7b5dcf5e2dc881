// voc: VOCdevkit/VOC2012 as torchvision, Detectron2 and MMDetection read it
// (reference/training-tools.md §1.2): JPEGImages/<stem>.jpg whatever the bytes are (that name is
// written down in the loaders), Annotations/, ImageSets/Main/ and ImageSets/Segmentation/,
// SegmentationClass/, SegmentationObject/, labelmap.txt. Boxes are whole pixels from 1, as VOC's
// are.
#include <algorithm>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "cache/base/status.h"
#include "formats/drawable.h"
#include "formats/indented_xml.h"
#include "formats/label_colors.h"
#include "formats/split.h"
#include "formats/train_frames.h"
#include "formats/train_masks.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr absl::string_view kRoot = "VOCdevkit/VOC2012/";

// The first and the last pixel of a side, from 1.
std::string First(double from) { return absl::StrCat(int64_t(std::floor(from)) + 1); }
std::string Last(double from, double to) {
  return absl::StrCat(std::max(int64_t(std::ceil(to)), int64_t(std::floor(from)) + 1));
}

void WriteObject(const DatasetInfo& info, const TrainFrame& on, const TrainObject& object,
                 IndentedXml& xml) {
  const Box box = *BoxInImage(on.frame, on.all, object);
  const bool is_occluded =
      std::any_of(object.parts.begin(), object.parts.end(),
                  [&on](uint32_t part) { return on.all.shapes[part].occluded; });
  xml.Open("object");
  xml.Leaf("name", info.labels[object.label].name);
  xml.Leaf("pose", "Unspecified");
  xml.Leaf("truncated", "0");
  xml.Leaf("difficult", "0");
  xml.Leaf("occluded", is_occluded ? "1" : "0");
  xml.Open("bndbox");
  xml.Leaf("xmin", First(box.left));
  xml.Leaf("ymin", First(box.top));
  xml.Leaf("xmax", Last(box.left, box.right));
  xml.Leaf("ymax", Last(box.top, box.bottom));
  xml.Close();
  xml.Close();
}

absl::StatusOr<std::string> RenderAnnotation(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const TrainFrame on, TrainFrameOf(data, rank));
  ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
  const bool is_segmented =
      CanBeDrawn(on.frame) &&
      std::any_of(on.all.shapes.begin(), on.all.shapes.end(), [](const Shape& shape) {
        const std::vector<ShapeType>& types = TypesWithOutlines();
        return std::find(types.begin(), types.end(), shape.type) != types.end();
      });
  IndentedXml xml;
  xml.Open("annotation");
  xml.Leaf("folder", "VOC2012");
  xml.Leaf("filename", absl::StrCat(names.stem, ".jpg"));
  xml.Open("source");
  xml.Leaf("database", data.info().name);
  xml.Close();
  xml.Open("size");
  xml.Leaf("width", absl::StrCat(on.frame.width));
  xml.Leaf("height", absl::StrCat(on.frame.height));
  xml.Leaf("depth", "3");
  xml.Close();
  xml.Leaf("segmented", is_segmented ? "1" : "0");
  for (const TrainObject& object : ObjectsOf(on.all)) {
    if (WhyNoBox(data.info(), on.frame, on.all, object).empty())
      WriteObject(data.info(), on, object, xml);
  }
  xml.Close();
  return xml.Take();
}

Segments StemList(RankSet frames) {
  return Lines(
      "", std::move(frames),
      [](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
        return absl::StrCat(names.stem, "\n");
      },
      SegmentOrder::kRank);
}

// VOC's lists of one class: 1 where an image has it, -1 where it has not.
Segments ClassList(RankSet frames, RankSet with) {
  return Lines(
      "", std::move(frames),
      [with = std::move(with)](const Dataset& data, Rank rank) -> absl::StatusOr<std::string> {
        ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
        return absl::StrCat(names.stem, with.Contains(rank) ? "  1\n" : " -1\n");
      },
      SegmentOrder::kRank);
}

constexpr absl::string_view kMain = "VOCdevkit/VOC2012/ImageSets/Main";
constexpr absl::string_view kSegmentation = "VOCdevkit/VOC2012/ImageSets/Segmentation";

// Lists of classes are the product of labels and parts: not of absurdly many.
constexpr size_t kMostClassLists = 10000;

// VOC's own name for train and val together, then the parts. None of these is called so: it would
// be train.
std::vector<SplitPart> WithTrainval(std::vector<SplitPart> parts) {
  SplitPart trainval{.name = "trainval"};
  for (const SplitPart& part : parts) {
    if (part.name == "train" || part.name == "val")
      trainval.frames = UnionOf(trainval.frames, part.frames);
  }
  parts.insert(parts.begin(), std::move(trainval));
  return parts;
}

absl::Status AddClassLists(const Dataset& data, const std::vector<SplitPart>& parts, Layout& tree) {
  const std::vector<Label>& labels = data.info().labels;
  if (labels.size() * parts.size() > kMostClassLists) return absl::OkStatus();
  for (uint32_t label = 0; label < labels.size(); ++label) {
    if (labels[label].parent >= 0) continue;
    ASSIGN_OR_RETURN(const RankSet with, data.WithLabel(label));
    for (const SplitPart& part : parts) {
      tree.Segmented(tree.FileName(kMain, absl::StrCat(labels[label].name, "_", part.name, ".txt")),
                     ClassList(part.frames, with));
    }
  }
  return absl::OkStatus();
}

// `shown`: what is listed; `segmented`: the frames with pictures.
absl::Status AddLists(const Dataset& data, const RankSet& shown, const RankSet& segmented,
                      Layout& tree) {
  ASSIGN_OR_RETURN(std::vector<SplitPart> parts, Split(data));
  for (SplitPart& part : parts) part.frames = Intersect(part.frames, shown);
  parts = WithTrainval(std::move(parts));
  for (const SplitPart& part : parts) {
    const std::string file = absl::StrCat(part.name, ".txt");
    tree.Segmented(tree.FileName(kMain, file), StemList(part.frames));
    tree.Segmented(tree.FileName(kSegmentation, file), StemList(Intersect(part.frames, segmented)));
  }
  return AddClassLists(data, parts, tree);
}

// labelmap.txt of Datumaro and CVAT, "name:R,G,B:parts:actions": without it they take the classes
// to be VOC's own twenty. The colours are the pictures'. What divides fields and lines is `_` in
// it.
std::string LabelMapText(const DatasetInfo& info) {
  const std::vector<uint16_t> values = ClassValues(info);
  std::string text = "# label:color_rgb:parts:actions\nbackground:0,0,0::\n";
  absl::flat_hash_set<std::string> seen = {"background"};  // a name may be there once
  for (size_t i = 0; i < values.size(); ++i) {
    if (info.labels[i].parent >= 0) continue;
    const std::string name =
        absl::StrReplaceAll(info.labels[i].name, {{":", "_"}, {"\n", "_"}, {"\r", "_"}});
    if (!seen.insert(name).second) continue;
    const Rgb color = VocColor(values[i]);
    absl::StrAppend(&text, name, ":", absl::StrJoin(color, ","), "::\n");
  }
  return text;
}

class Voc : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "voc",
            .revision = 2,
            .summary = "VOCdevkit/VOC2012, ready to train: boxes, and pictures of masks",
            .keeps = TypesWithBoxes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const RankSet shown, FramesToTrain(data));
    ASSIGN_OR_RETURN(const RankSet outlined, FramesWithOutlines(data));
    ASSIGN_OR_RETURN(const RankSet drawn, FramesToDraw(data, Intersect(outlined, shown)));
    RETURN_IF_ERROR(AddLists(data, shown, drawn, tree));
    tree.File(absl::StrCat(kRoot, "labelmap.txt"), [](const Dataset& data) {
      return absl::StatusOr<std::string>(LabelMapText(data.info()));
    });
    tree.Media(absl::StrCat(kRoot, "JPEGImages/{stem}.jpg"), media);
    tree.PerFrame(absl::StrCat(kRoot, "Annotations/{stem}.xml"), shown, RenderAnnotation);
    auto values = std::make_shared<const std::vector<uint16_t>>(ClassValues(data.info()));
    tree.Pixels(absl::StrCat(kRoot, "SegmentationClass/{stem}.png"), drawn,
                [values](const Dataset& data, Rank rank) {
                  return ClassPng(data, rank, *values, VocColors(256));
                });
    tree.Pixels(absl::StrCat(kRoot, "SegmentationObject/{stem}.png"), drawn, InstancePng);
    return absl::OkStatus();
  }

  absl::StatusOr<absl::string_view> WhyFrameDropped(const Dataset& data, Rank rank) const override {
    return WhyNotToTrain(data, rank);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyNoBoxes(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewVocWriter() { return std::make_unique<Voc>(); }

}  // namespace annofs
