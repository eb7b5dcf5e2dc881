// kitti: 15 columns, as torchvision, TAO, OpenPCDet and MMDetection3D read them
// (reference/training-tools.md §1.2): training/image_2/, training/label_2/, ImageSets/<part>.txt;
// torchvision looks for the same below Kitti/raw/. Boxes are upright and cut at the image's edge;
// what is in space is not known and stands as 0.
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/python_parse.h"
#include "formats/split.h"
#include "formats/text_table.h"
#include "formats/train_frames.h"
#include "formats/train_objects.h"
#include "formats/writer.h"

namespace annofs {
namespace {

// Fields are told apart by white space of any kind (str.split), and torchvision reads them as CSV
// with quotes.
std::string TypeOf(absl::string_view label) {
  std::string type;
  while (!label.empty()) {
    const absl::string_view before = label;
    const char32_t character = TakeCharacter(label);
    const absl::string_view bytes = before.substr(0, before.size() - label.size());
    const bool is_part = IsPythonSpace(character) || character == U'"' || character == 0;
    absl::StrAppend(&type, is_part ? "_" : bytes);
  }
  return type.empty() ? "_" : MendUtf8(type);
}

// By label. Two of one type would be one class: those after the first end in `-` and a hash.
std::vector<std::string> TypesOf(const DatasetInfo& info) {
  std::vector<std::string> types;
  absl::flat_hash_set<std::string> taken;
  for (const Label& label : info.labels) {
    const std::string plain = label.parent < 0 ? TypeOf(label.name) : "";
    std::string type = plain;
    for (uint64_t nth = 0; label.parent < 0 && !taken.insert(type).second; ++nth)
      type = absl::StrCat(plain, "-", Hash8Hex(absl::StrCat(label.name, "#", nth)));
    types.push_back(std::move(type));
  }
  return types;
}

bool IsOccluded(const FrameShapes& all, const TrainObject& object) {
  for (uint32_t part : object.parts) {
    if (all.shapes[part].occluded) return true;
  }
  return false;
}

// " left top right bottom".
std::string Sides(const Box& box) {
  std::string text;
  for (double side : {box.left, box.top, box.right, box.bottom}) {
    text.push_back(' ');
    AppendFixed(side, 2, &text);
  }
  return text;
}

absl::StatusOr<std::string> RenderLabels(const Dataset& data, Rank rank,
                                         const std::vector<std::string>& types) {
  ASSIGN_OR_RETURN(const TrainFrame on, TrainFrameOf(data, rank));
  std::string text;
  for (const TrainObject& object : ObjectsOf(on.all)) {
    if (!WhyNoRoundedBox(data.info(), on.frame, on.all, object).empty()) continue;
    absl::StrAppend(&text, types[object.label], " 0.00 ", IsOccluded(on.all, object) ? 1 : 0,
                    " 0.00", Sides(*RoundedBoxInImage(on.frame, on.all, object)),
                    " 0.00 0.00 0.00 0.00 0.00 0.00 0.00\n");
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
            .revision = 2,
            .summary = "KITTI object detection of 15 columns, ready to train",
            .keeps = TypesWithBoxes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<SplitPart> parts, Split(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const RankSet shown, FramesToTrain(data));
    auto types = std::make_shared<const std::vector<std::string>>(TypesOf(data.info()));
    for (const SplitPart& part : parts)
      tree.Segmented(absl::StrCat("ImageSets/", part.name, ".txt"),
                     StemList(Intersect(part.frames, shown)));
    for (absl::string_view training : {"training", "Kitti/raw/training"}) {
      tree.Media(absl::StrCat(training, "/image_2/{stem}{ext}"), media);
      tree.PerFrame(
          absl::StrCat(training, "/label_2/{stem}.txt"), shown,
          [types](const Dataset& data, Rank rank) { return RenderLabels(data, rank, *types); });
    }
    return absl::OkStatus();
  }

  absl::StatusOr<absl::string_view> WhyFrameDropped(const Dataset& data, Rank rank) const override {
    return WhyNotToTrain(data, rank);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyNotObjects(all, kTagHasNoArea, [&](const TrainObject& object) {
      return WhyNoRoundedBox(data.info(), frame, all, object);
    });
  }
};

}  // namespace

std::unique_ptr<Writer> NewKittiWriter() { return std::make_unique<Kitti>(); }

}  // namespace annofs
