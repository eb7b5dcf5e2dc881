#include "tools/stats_samples.h"

#include <algorithm>
#include <map>
#include <utility>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/box.h"
#include "formats/image_header.h"
#include "formats/label_colors.h"
#include "formats/quality/stats_samples.h"
#include "tools/people.h"
#include "tools/stats_page_drawing.h"

namespace annofs {
namespace {

constexpr size_t kMaxChips = 12;

// By its name; its bytes decide when they are there.
bool MayBeShown(absl::string_view path) {
  const std::string extension = absl::AsciiStrToLower(Extension(path));
  return extension == ".jpg" || extension == ".jpeg" || extension == ".png" || extension == ".webp";
}

// Why the image is not asked for; empty: it may be.
std::string WhyNotAsked(const DatasetInfo& info, const Frame& frame, const FrameNames& names,
                        const std::optional<Media>& media) {
  if (IsPointCloud(info, frame)) return "a point cloud";
  if (!media) return "its image was not found";
  if (!MayBeShown(names.path)) return "no JPEG, PNG or WebP";
  if (media->size > kMaxImageBytes) {
    return absl::StrCat("its image is not in the report: ", Grouped(media->size),
                        " bytes, more than ", Grouped(kMaxImageBytes));
  }
  return "";
}

class Collecting {
 public:
  Collecting(const Dataset& data, size_t images, ImageReader read)
      : data_(data), read_(read), images_(images) {}

  absl::StatusOr<std::vector<SampleFrame>> Run(size_t frames) {
    auto can_show = [this](Rank rank) -> absl::StatusOr<bool> {
      ASSIGN_OR_RETURN(const Frame frame, data_.GetFrame(rank));
      ASSIGN_OR_RETURN(const FrameNames names, data_.Names(rank));
      ASSIGN_OR_RETURN(const std::optional<Media> media, data_.GetMedia(rank));
      return WhyNotAsked(data_.info(), frame, names, media).empty();
    };
    const SampleOptions options{.most = frames, .least = std::min(frames, kMaxSampleImages)};
    ASSIGN_OR_RETURN(const std::vector<Rank> ranks, ChooseSamples(data_, can_show, options));
    std::vector<SampleFrame> samples;
    for (Rank rank : ranks) {
      ASSIGN_OR_RETURN(SampleFrame sample, One(rank));
      samples.push_back(std::move(sample));
    }
    std::stable_partition(samples.begin(), samples.end(),
                          [](const SampleFrame& sample) { return !sample.image.empty(); });
    return samples;
  }

 private:
  absl::StatusOr<SampleFrame> One(Rank rank) {
    ASSIGN_OR_RETURN(const Frame frame, data_.GetFrame(rank));
    ASSIGN_OR_RETURN(const FrameNames names, data_.Names(rank));
    ASSIGN_OR_RETURN(const FrameShapes all, data_.Shapes(rank));
    ASSIGN_OR_RETURN(const std::optional<Media> media, data_.GetMedia(rank));
    SampleFrame sample{.name = names.path, .width = frame.width, .height = frame.height};
    sample.why_empty = WhyNotAsked(data_.info(), frame, names, media);
    if (sample.why_empty.empty()) TakeImage(names, sample);
    Drawing drawing = DrawShapes(data_.info(), frame, all);
    sample.drawing = std::move(drawing.svg);
    sample.not_drawn = drawing.left_out;
    sample.chips = ChipsOf(all);
    return sample;
  }

  void TakeImage(const FrameNames& names, SampleFrame& sample) {
    if (images_ == 0) {
      sample.why_empty = "its image is not in the report: it has enough";
      return;
    }
    absl::StatusOr<std::string> bytes = read_(names);
    if (!bytes.ok()) {
      sample.why_empty = absl::StrCat("its image cannot be read: ", bytes.status().message());
      return;
    }
    sample.mime = std::string(MimeOf(*bytes));
    if (sample.mime.empty()) {
      sample.why_empty = "its image is no JPEG, PNG or WebP, whatever its name says";
      return;
    }
    const ImageProbe probe = ProbeImage(*bytes);
    if ((sample.width == 0 || sample.height == 0) && probe.header) {
      const ImageSize size = DisplaySize(*probe.header);
      sample.width = size.width;
      sample.height = size.height;
    }
    sample.image = *std::move(bytes);
    --images_;
  }

  std::vector<SampleFrame::Chip> ChipsOf(const FrameShapes& all) const {
    std::map<uint32_t, uint64_t> counts;
    for (const Shape& tag : all.tags) ++counts[tag.label];
    for (const Shape& shape : all.shapes) ++counts[shape.label];
    std::vector<SampleFrame::Chip> chips;
    for (const auto& [label, count] : counts) {
      const Label& one = data_.info().labels[label];
      chips.push_back({.color = HexColorOf(one), .name = one.name, .count = count});
    }
    std::stable_sort(chips.begin(), chips.end(),
                     [](const auto& a, const auto& b) { return a.count > b.count; });
    if (chips.size() > kMaxChips) chips.resize(kMaxChips);
    return chips;
  }

  const Dataset& data_;
  ImageReader read_;
  size_t images_;  // that may still be shown
};

absl::StatusOr<std::string> ReadAll(Filesystem& tree, const NodeAttr& attr,
                                    const CallContext& context) {
  if (attr.is_directory) return absl::InvalidArgumentError("it is a directory");
  if (attr.size > kMaxImageBytes) return absl::InvalidArgumentError("it is too large");
  std::string bytes;
  RETURN_IF_ERROR(tree.Read(
      attr.id, {0, attr.size},
      [&bytes](Pieces data) {
        for (absl::string_view piece : data) bytes.append(piece.data(), piece.size());
      },
      context));
  return bytes;
}

}  // namespace

absl::string_view MimeOf(absl::string_view image) {
  if (absl::StartsWith(image, "\xff\xd8\xff")) return "image/jpeg";
  if (absl::StartsWith(image, "\x89PNG\r\n\x1a\n")) return "image/png";
  if (absl::StartsWith(image, "RIFF") && image.size() > 12 && image.substr(8, 4) == "WEBP")
    return "image/webp";
  return "";
}

absl::StatusOr<std::vector<SampleFrame>> CollectSamples(const Dataset& data, size_t frames,
                                                        size_t images, ImageReader read) {
  return Collecting(data, images, read).Run(frames);
}

absl::StatusOr<std::string> ReadSampleImage(Filesystem& tree, absl::string_view views,
                                            const Dataset& data, const FrameNames& names,
                                            const CallContext& context) {
  const std::string path = absl::StrCat(views, "/by-frame/", names.path);
  absl::StatusOr<NodeAttr> attr = Resolve(tree, path, context);
  if (absl::IsNotFound(attr.status())) {
    // A configuration may leave that view out.
    ASSIGN_OR_RETURN(const std::optional<Rank> rank, data.FindPath(names.path));
    if (!rank) return attr.status();
    ASSIGN_OR_RETURN(const std::optional<Media> media, data.GetMedia(*rank));
    if (media) attr = Resolve(tree, media->key, context);
  }
  RETURN_IF_ERROR(attr.status());
  return ReadAll(tree, *attr, context);
}

}  // namespace annofs
