// mot: MOTChallenge's directories (reference/training-tools.md §7), a sequence for each task:
// <part>/<task>/img1/000001.jpg, gt/gt.txt, gt/labels.txt, seqinfo.ini, which also tells the task's
// name where that of the directory had to be made safe. Rows are `frame, id, x, y,
// w, h, 1, class, visibility`. Frames of a sequence are numbered from 1 without gaps, since loaders
// count up to seqLength or to the number of images; numbers of tracks are unique over all
// sequences; visibility is 0.5 where CVAT says occluded.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/names.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/cvat_export.h"
#include "formats/media_path.h"
#include "formats/python_text.h"
#include "formats/split.h"
#include "formats/track_numbers.h"
#include "formats/train_frames.h"
#include "formats/train_objects.h"
#include "formats/writer.h"

namespace annofs {
namespace {

// The sources do not say it, and the loaders want it.
constexpr int kFramesPerSecond = 30;

absl::string_view WhyNot(const DatasetInfo& info, const Frame& frame, const FrameShapes& all,
                         const TrainObject& object) {
  if (all.shapes[object.parts[0]].track < 0) return "it is in no track";
  return WhyNoRoundedBox(info, frame, all, object);
}

// Each tracked shape is a row: what a track shows on a frame is one thing.
TrainObject Alone(const FrameShapes& all, uint32_t index) {
  return {.label = all.shapes[index].label, .parts = {index}};
}

// The frames of one task that are in one part, in CVAT's order. Immutable.
class Sequence {
 public:
  // `frames`: not empty.
  static absl::StatusOr<Sequence> Of(const Dataset& data, RankSet frames) {
    std::vector<uint32_t> positions;
    RETURN_IF_ERROR(data.PositionsOf(frames, positions));
    std::sort(positions.begin(), positions.end());
    return Sequence(std::move(frames), RankSet::Of(positions));
  }

  const RankSet& frames() const { return frames_; }
  // From 1. REQUIRES: one of the frames.
  absl::StatusOr<uint64_t> NumberOf(const Dataset& data, Rank rank) const {
    ASSIGN_OR_RETURN(const uint32_t position, data.PositionOf(rank));
    return positions_.LowerBound(position) + 1;
  }
  absl::StatusOr<Rank> First(const Dataset& data) const { return data.InOrder(positions_[0]); }

 private:
  Sequence(RankSet frames, RankSet positions)
      : frames_(std::move(frames)), positions_(std::move(positions)) {}
  RankSet frames_;
  RankSet positions_;  // of the frames in CVAT's order
};

absl::StatusOr<std::string> RowsOf(const Dataset& data, Rank rank, const Sequence& sequence,
                                   const TrackNumbers& tracks, const std::vector<int>& classes) {
  ASSIGN_OR_RETURN(const TrainFrame on, TrainFrameOf(data, rank));
  ASSIGN_OR_RETURN(const uint64_t number, sequence.NumberOf(data, rank));
  std::string rows;
  for (uint32_t i = 0; i < on.all.shapes.size(); ++i) {
    const TrainObject object = Alone(on.all, i);
    if (!WhyNot(data.info(), on.frame, on.all, object).empty()) continue;
    const Shape& shape = on.all.shapes[i];
    const Box box = *RoundedBoxInImage(on.frame, on.all, object);
    absl::StrAppend(&rows, number, ",", tracks.Of(on.frame.task, shape.track));
    for (double side : {box.left, box.top, box.width(), box.height()}) {
      rows.push_back(',');
      AppendFixed(side, 2, &rows);
    }
    absl::StrAppend(&rows, ",1,", classes[shape.label] + 1, ",", shape.occluded ? "0.5" : "1",
                    "\n");
  }
  return rows;
}

absl::StatusOr<std::string> ExtensionOf(const Dataset& data, Rank rank, const Frame& frame) {
  ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
  ASSIGN_OR_RETURN(const std::string path, MediaPath(data, rank, frame, names));
  return std::string(Extension(path));
}

absl::StatusOr<std::string> ImageName(const Dataset& data, Rank rank, const Sequence& sequence) {
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(const std::string extension, ExtensionOf(data, rank, frame));
  ASSIGN_OR_RETURN(const uint64_t number, sequence.NumberOf(data, rank));
  return absl::StrFormat("%06d%s", number, extension);
}

absl::StatusOr<std::string> RenderInfo(const Dataset& data, uint32_t task, absl::string_view name,
                                       const Sequence& sequence) {
  ASSIGN_OR_RETURN(const Rank first, sequence.First(data));
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(first));
  ASSIGN_OR_RETURN(const std::string extension, ExtensionOf(data, first, frame));
  return absl::StrCat("[Sequence]\nname=", name, "\nimDir=img1\nframeRate=", kFramesPerSecond,
                      "\nseqLength=", sequence.frames().size(), "\nimWidth=", frame.width,
                      "\nimHeight=", frame.height, "\nimExt=", extension,
                      "\n; CVAT's task: ", TsvEscape(data.info().tasks[task].name), "\n");
}

void AddSequence(uint32_t task, const std::string& place, Sequence sequence, const RankSet& media,
                 const TrackNumbers& tracks, std::shared_ptr<const std::vector<int>> classes,
                 Layout& tree) {
  const auto shared = std::make_shared<const Sequence>(std::move(sequence));
  tree.File(place + "/seqinfo.ini",
            [shared, task, name = std::string(BaseName(place))](const Dataset& data) {
              return RenderInfo(data, task, name, *shared);
            });
  tree.Segmented(place + "/gt/gt.txt", Lines("", shared->frames(),
                                             [shared, tracks, classes = std::move(classes)](
                                                 const Dataset& data, Rank rank) {
                                               return RowsOf(data, rank, *shared, tracks, *classes);
                                             }));
  tree.File(place + "/gt/labels.txt", [](const Dataset& data) -> absl::StatusOr<std::string> {
    return ClassNames(data.info());
  });
  tree.Named(place + "/img1", Intersect(shared->frames(), media), FamilyKind::kMedia,
             [shared](const Dataset& data, Rank rank) { return ImageName(data, rank, *shared); });
}

class Mot : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "mot",
            .revision = 2,
            .summary = "MOTChallenge sequences, ready to train: a directory for each task",
            .keeps = TypesWithBoxes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<SplitPart> parts, Split(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const RankSet shown, FramesToTrain(data));
    ASSIGN_OR_RETURN(const TrackNumbers tracks, TrackNumbers::Of(data));
    auto classes = std::make_shared<const std::vector<int>>(TopLevelIndexes(data.info()));
    for (const SplitPart& part : parts) {
      for (uint32_t task = 0; task < data.info().tasks.size(); ++task) {
        ASSIGN_OR_RETURN(const RankSet of_task, data.OfTask(task));
        RankSet frames = Intersect(Intersect(part.frames, of_task), shown);
        if (frames.empty()) continue;
        ASSIGN_OR_RETURN(Sequence sequence, Sequence::Of(data, std::move(frames)));
        const std::string place = tree.Directory(part.name, SafeStem(data.info().tasks[task].name));
        AddSequence(task, place, std::move(sequence), media, tracks, classes, tree);
      }
    }
    return absl::OkStatus();
  }

  absl::StatusOr<absl::string_view> WhyFrameDropped(const Dataset& data, Rank rank) const override {
    return WhyNotToTrain(data, rank);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    std::vector<absl::string_view> why(all.tags.size(), kTagHasNoArea);
    for (uint32_t i = 0; i < all.shapes.size(); ++i)
      why.push_back(WhyNot(data.info(), frame, all, Alone(all, i)));
    return why;
  }
};

}  // namespace

std::unique_ptr<Writer> NewMotWriter() { return std::make_unique<Mot>(); }

}  // namespace annofs
