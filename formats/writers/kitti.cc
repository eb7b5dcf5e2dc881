// kitti: 15 columns, as torchvision, TAO, OpenPCDet and MMDetection3D read them
// (reference/training-tools.md §1.2): training/image_2/, training/label_2/, ImageSets/<part>.txt;
// torchvision looks for the same below Kitti/raw/. Boxes are upright and cut at the image's edge;
// what is in space is not known and stands as 0.
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/split.h"
#include "formats/train_objects.h"
#include "formats/writer.h"

namespace annofs {
namespace {

// Fields are told apart by spaces.
std::string TypeOf(const Label& label) {
  const std::string type = absl::StrReplaceAll(
      label.name, {{" ", "_"}, {"\t", "_"}, {"\n", "_"}, {"\r", "_"}, {"\v", "_"}, {"\f", "_"}});
  return type.empty() ? "_" : type;
}

bool IsOccluded(const FrameShapes& all, const TrainObject& object) {
  for (uint32_t part : object.parts) {
    if (all.shapes[part].occluded) return true;
  }
  return false;
}

absl::StatusOr<std::string> RenderLabels(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const TrainFrame on, TrainFrameOf(data, rank));
  std::string text;
  for (const TrainObject& object : ObjectsOf(on.all)) {
    if (!WhyNoBox(data.info(), on.frame, on.all, object).empty()) continue;
    const Box box = *BoxInImage(on.frame, on.all, object);
    absl::StrAppend(&text, TypeOf(data.info().labels[object.label]), " 0.00 ",
                    IsOccluded(on.all, object) ? 1 : 0, " 0.00");
    for (double side : {box.left, box.top, box.right, box.bottom}) {
      text.push_back(' ');
      AppendFixed(side, 2, &text);
    }
    text += " 0.00 0.00 0.00 0.00 0.00 0.00 0.00\n";
  }
  return text;
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

class Kitti : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "kitti",
            .summary = "KITTI object detection of 15 columns, ready to train",
            .keeps = TypesWithBoxes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<SplitPart> parts, Split(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    for (const SplitPart& part : parts)
      tree.Segmented(absl::StrCat("ImageSets/", part.name, ".txt"), StemList(part.frames));
    for (absl::string_view training : {"training", "Kitti/raw/training"}) {
      tree.Media(absl::StrCat(training, "/image_2/{stem}{ext}"), media);
      tree.PerFrame(absl::StrCat(training, "/label_2/{stem}.txt"), data.All(), RenderLabels);
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyNoBoxes(data.info(), frame, all);
  }
};

}  // namespace

std::unique_ptr<Writer> NewKittiWriter() { return std::make_unique<Kitti>(); }

}  // namespace annofs
