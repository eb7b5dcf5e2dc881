// mot: MOTChallenge's directories (reference/training-tools.md §7), a sequence for each task:
// <part>/<task>/img1/000001.jpg, gt/gt.txt, gt/labels.txt, seqinfo.ini. Rows are `frame, id, x, y,
// w, h, 1, class, visibility`. Frames have CVAT's numbers, from 1; numbers of tracks are unique
// over all sequences; visibility is 0.5 where CVAT says occluded.
#include <algorithm>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/cvat_export.h"
#include "formats/media_path.h"
#include "formats/python_text.h"
#include "formats/split.h"
#include "formats/track_numbers.h"
#include "formats/train_objects.h"
#include "formats/writer.h"

namespace annofs {
namespace {

// The sources do not say it, and the loaders want it.
constexpr int kFramesPerSecond = 30;

absl::string_view WhyNot(const DatasetInfo& info, const Frame& frame, const FrameShapes& all,
                         const TrainObject& object) {
  if (all.shapes[object.parts[0]].track < 0) return "it is in no track";
  return WhyNoBox(info, frame, all, object);
}

// Each tracked shape is a row: what a track shows on a frame is one thing.
TrainObject Alone(const FrameShapes& all, uint32_t index) {
  return {.label = all.shapes[index].label, .parts = {index}};
}

absl::StatusOr<std::string> RowsOf(const Dataset& data, Rank rank, const TrackNumbers& tracks,
                                   const std::vector<int>& classes) {
  ASSIGN_OR_RETURN(const TrainFrame on, TrainFrameOf(data, rank));
  std::string rows;
  for (uint32_t i = 0; i < on.all.shapes.size(); ++i) {
    const TrainObject object = Alone(on.all, i);
    if (!WhyNot(data.info(), on.frame, on.all, object).empty()) continue;
    const Shape& shape = on.all.shapes[i];
    const Box box = *BoxInImage(on.frame, on.all, object);
    absl::StrAppend(&rows, uint64_t{on.frame.number} + 1, ",",
                    tracks.Of(on.frame.task, shape.track));
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

absl::StatusOr<std::string> ImageName(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(const std::string extension, ExtensionOf(data, rank, frame));
  return absl::StrFormat("%06d%s", uint64_t{frame.number} + 1, extension);
}

// `frames`: of the sequence, not empty.
absl::StatusOr<std::string> RenderSequence(const Dataset& data, absl::string_view name,
                                           const RankSet& frames) {
  std::vector<uint32_t> positions;
  RETURN_IF_ERROR(data.PositionsOf(frames, positions));
  ASSIGN_OR_RETURN(const Rank last,
                   data.InOrder(*std::max_element(positions.begin(), positions.end())));
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(last));
  ASSIGN_OR_RETURN(const std::string extension, ExtensionOf(data, last, frame));
  return absl::StrCat("[Sequence]\nname=", name, "\nimDir=img1\nframeRate=", kFramesPerSecond,
                      "\nseqLength=", uint64_t{frame.number} + 1, "\nimWidth=", frame.width,
                      "\nimHeight=", frame.height, "\nimExt=", extension, "\n");
}

class Mot : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "mot",
            .summary = "MOTChallenge sequences, ready to train: a directory for each task",
            .keeps = TypesWithBoxes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<SplitPart> parts, Split(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(const TrackNumbers tracks, TrackNumbers::Of(data));
    auto classes = std::make_shared<const std::vector<int>>(TopLevelIndexes(data.info()));
    for (const SplitPart& part : parts) {
      for (uint32_t task = 0; task < data.info().tasks.size(); ++task) {
        ASSIGN_OR_RETURN(const RankSet of_task, data.OfTask(task));
        const RankSet frames = Intersect(part.frames, of_task);
        if (frames.empty()) continue;
        const std::string place = tree.Directory(part.name, data.info().tasks[task].name);
        tree.File(place + "/seqinfo.ini",
                  [frames, name = std::string(BaseName(place))](const Dataset& data) {
                    return RenderSequence(data, name, frames);
                  });
        tree.Segmented(place + "/gt/gt.txt",
                       Lines("", frames, [tracks, classes](const Dataset& data, Rank rank) {
                         return RowsOf(data, rank, tracks, *classes);
                       }));
        tree.File(place + "/gt/labels.txt", [](const Dataset& data) -> absl::StatusOr<std::string> {
          return ClassNames(data.info());
        });
        tree.Named(place + "/img1", Intersect(frames, media), FamilyKind::kMedia, ImageName);
      }
    }
    return absl::OkStatus();
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
