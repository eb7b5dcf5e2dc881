// wds: shards of a WebDataset (reference/training-tools.md §1.2): <part>-000000.tar and so on, flat
// as its brace notation wants them, and classes.txt. A shard is a tar archive whose images are
// those of the bucket, read when the archive is.
//
// A sample is what has one key, the frame's stem without dots (WebDataset cuts a key at the first):
// KEY.json, all annotations as by-frame has them; KEY.cls, if the frame's tags have one class among
// them, its number in classes.txt; KEY.jpg, .png and so on, the image, its extension in lower case
// as WebDataset's decoders are asked for; .bin where the name tells no kind of image. The image is
// last.
#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/annotation_text.h"
#include "formats/cvat_export.h"
#include "formats/media_names.h"
#include "formats/media_path.h"
#include "formats/split.h"
#include "formats/tar.h"
#include "formats/train_frames.h"
#include "formats/train_objects.h"
#include "formats/writer.h"

namespace annofs {
namespace {

// Shards of a part at most: where there would be more, each has more frames.
constexpr size_t kMostShards = 16384;

using Classes = std::shared_ptr<const std::vector<int>>;  // by label

// The class that all tags with a class have; nothing: they have none, or several.
std::optional<int> ClassOf(const std::vector<Shape>& tags, const std::vector<int>& classes) {
  std::optional<int> found;
  for (const Shape& tag : tags) {
    const int number = tag.label < classes.size() ? classes[tag.label] : -1;
    if (number < 0 || found == number) continue;
    if (found) return std::nullopt;
    found = number;
  }
  return found;
}

// Stems have dots where the dataset keeps the original names.
std::string KeyOf(const std::string& stem) {
  if (!absl::StrContains(stem, '.')) return stem;
  return absl::StrCat(absl::StrReplaceAll(stem, {{".", "_"}}), "-", Hash8Hex(stem));
}

// Of the image's member: ".jpg".
std::string ImageExtension(absl::string_view path) {
  return IsMediaName(path) ? absl::AsciiStrToLower(Extension(path)) : ".bin";
}

// All of a sample up to the bytes of its image.
absl::Status AppendSample(const Dataset& data, Rank rank, const std::vector<int>& classes,
                          std::string& out) {
  ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
  ASSIGN_OR_RETURN(const std::optional<Media> media, data.GetMedia(rank));
  if (!media) return absl::InternalError("a frame of a shard has no image");
  const std::string key = KeyOf(names.stem);
  ASSIGN_OR_RETURN(const std::string json, RenderJson(data, rank));
  AppendTarMember(key + ".json", json, out);
  ASSIGN_OR_RETURN(const FrameShapes all, data.Shapes(rank));
  if (const std::optional<int> number = ClassOf(all.tags, classes)) {
    AppendTarMember(key + ".cls", absl::StrCat(*number), out);
  }
  ASSIGN_OR_RETURN(const std::string path, MediaPath(data, rank, names));
  AppendTarHeader(key + ImageExtension(path), media->size, out);
  return absl::OkStatus();
}

Segments Shard(RankSet frames, Classes classes) {
  Section samples{.frames = std::move(frames), .order = SegmentOrder::kRank};
  samples.segment = [classes = std::move(classes)](const Dataset& data, const SegmentAt& at,
                                                   Running&, std::string& out) {
    return AppendSample(data, at.rank, *classes, out);
  };
  samples.image_unit = kTarBlock;
  Segments shard;
  shard.sections.push_back(std::move(samples));
  shard.tail = TarEnd();
  return shard;
}

// The part's shards: so many frames in each, by rank.
void AddShards(const std::string& part, const RankSet& frames, size_t most, const Classes& classes,
               Layout& tree) {
  most = std::max({most, size_t{1}, (frames.size() + kMostShards - 1) / kMostShards});
  for (size_t begin = 0; begin < frames.size(); begin += most) {
    const size_t last = std::min(begin + most, frames.size()) - 1;
    RankSet some = Intersect(frames, RankSet::Range(frames[begin], frames[last] + 1));
    tree.Segmented(absl::StrFormat("%s-%06d.tar", part, begin / most),
                   Shard(std::move(some), classes));
  }
}

class Wds : public Writer {
 public:
  WriterInfo Info() const override {
    return {.name = "wds",
            .summary = "WebDataset: tar shards of images with their annotations, ready to train",
            .keeps = AllShapeTypes()};
  }

  absl::Status Describe(const Dataset& data, Layout& tree) const override {
    ASSIGN_OR_RETURN(const std::vector<SplitPart> parts, Split(data));
    ASSIGN_OR_RETURN(const RankSet media, data.WithMedia());
    const Classes classes = std::make_shared<const std::vector<int>>(TopLevelIndexes(data.info()));
    for (const SplitPart& part : parts) {
      AddShards(part.name, Intersect(part.frames, media), data.info().options.shard_frames, classes,
                tree);
    }
    tree.File("classes.txt", [](const Dataset& data) -> absl::StatusOr<std::string> {
      return ClassNames(data.info());
    });
    return absl::OkStatus();
  }

  absl::StatusOr<absl::string_view> WhyFrameDropped(const Dataset& data, Rank rank) const override {
    return WhyNoImage(data, rank);
  }

  std::vector<absl::string_view> WhyDropped(const Dataset&, const Frame&,
                                            const FrameShapes&) const override {
    return {};
  }
};

}  // namespace

std::unique_ptr<Writer> NewWdsWriter() { return std::make_unique<Wds>(); }

}  // namespace annofs
