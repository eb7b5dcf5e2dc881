// cvat/MOTS PNG 1.0 (reference/cvat.md §9.4): the tracked shapes with an area as masks, one picture
// per frame whose values are 1000 * class + track.
#include <algorithm>
#include <memory>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cache/base/status.h"
#include "formats/mask_export.h"
#include "formats/writer.h"

namespace annofs {
namespace {

constexpr uint64_t kMaxInstances = 1000;

// A static shape may have an attribute of its own that is called track_id.
bool IsStatic(const ItemAnnotation& annotation) { return annotation.track < 0; }

// Classes count from 1, tracks from 0. Larger numbers than 65535 lose their upper bits, as in CVAT.
absl::StatusOr<std::string> RenderInstances(const Dataset& data, Rank rank) {
  ASSIGN_OR_RETURN(Item item, ItemOf(data, rank));
  KeepTracks(item);
  std::erase_if(item.annotations, IsStatic);
  EverythingToMasks(item);
  ASSIGN_OR_RETURN(
      PixelMap pixels, DrawItem(item, [](const PlacedMask& placed) {
        const ItemAnnotation& mask = placed.mask;
        return uint16_t(kMaxInstances * (1 + uint64_t{mask.label}) + uint64_t(mask.track));
      }));
  return PngGray16(pixels);
}

absl::StatusOr<std::string> RenderLabels(const Dataset& data) {
  return absl::StrJoin(data.info().labels, "\n", [](std::string* out, const Label& label) {
    absl::StrAppend(out, label.name);
  });
}

bool IsKept(const Shape& shape) {
  return shape.track >= 0 && !shape.outside && BecomesMask(shape.type);
}

// Frames with a picture. Whether a shape is tracked no posting list tells: the shapes of the frames
// are looked at once, where there are tracks at all.
absl::StatusOr<RankSet> TrackedFrames(const Dataset& data, const RankSet& frames) {
  bool has_tracks = false;
  RETURN_IF_ERROR(
      data.Terms(FrameTerm::FirstOf(FrameTerm::Kind::kTrack), [&has_tracks](const FrameTerm& term) {
        has_tracks = term.kind == FrameTerm::Kind::kTrack;
        return false;
      }));
  if (!has_tracks) return RankSet();
  ASSIGN_OR_RETURN(RankSet drawn, DrawnFrames(data, frames, TypesThatBecomeMasks()));
  return FramesWhere(data, drawn, [](const Dataset& data, Rank rank) -> absl::StatusOr<bool> {
    ASSIGN_OR_RETURN(FrameShapes all, data.Shapes(rank));
    return std::any_of(all.shapes.begin(), all.shapes.end(), IsKept);
  });
}

class MotsPng : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "cvat/MOTS PNG 1.0",
            .summary = "CVAT's export MOTS PNG 1.0: tracked shapes as PNG of class and track",
            .keeps = TypesThatBecomeMasks()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(std::vector<ExportSubset> subsets, FilledSubsets(data));
    ASSIGN_OR_RETURN(RankSet media, data.WithMedia());
    ASSIGN_OR_RETURN(RankSet masks, TrackedFrames(data, FramesOf(subsets)));
    for (const ExportSubset& subset : subsets) {
      const std::string directory = tree.Directory("", subset.path);
      tree.File(directory + "/instances/labels.txt", RenderLabels);
      tree.Pixels(directory + "/instances/{item}.png", Intersect(subset.frames, masks),
                  RenderInstances);
      tree.Media(directory + "/images/{item_path}", Intersect(subset.frames, media));
    }
    return absl::OkStatus();
  }

  std::vector<absl::string_view> WhyDropped(const Dataset& data, const Frame& frame,
                                            const FrameShapes& all) const override {
    return WhyNot(data.info(), frame, all, [&](const Shape& shape) -> absl::string_view {
      if (!BecomesMask(shape.type)) return kTypeNotInFormat;
      if (shape.track < 0) return "the format holds only tracks";
      return WhyNotDrawable(frame, shape);
    });
  }
};

}  // namespace

std::unique_ptr<Writer> NewCvatMotsPngWriter() { return std::make_unique<MotsPng>(); }

}  // namespace annofs
