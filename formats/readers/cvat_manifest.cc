// A dataset manifest alone: the frames of a task without annotations (reference/cvat.md §7).
// Versions 1.0 and 1.1; images, a video, or point clouds.
#include <algorithm>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/chunk_source.h"
#include "cache/base/status.h"
#include "formats/manifest.h"
#include "formats/numbered_frames.h"
#include "formats/pcd_header.h"
#include "formats/reader.h"
#include "formats/source_chunks.h"

namespace annofs {
namespace {

constexpr uint64_t kHeadBytes = 1 << 10;
constexpr uint64_t kMaxNumber = std::numeric_limits<uint32_t>::max();

// Pushes what the manifest says to a sink.
class ManifestFrames : public ManifestHandler {
 public:
  ManifestFrames(std::string source, DatasetSink& sink) : source_(std::move(source)), sink_(sink) {}

  absl::Status Image(uint64_t number, ManifestImage image) override {
    if (number > kMaxNumber) return absl::InvalidArgumentError("more frames than have a number");
    // Of frames outside of a part of a task the rows are empty.
    if (image.name.empty()) return absl::OkStatus();
    Start({.is_3d = IsPointCloudName(image.name)});
    // CVAT made a .pcd of it; the bucket has what it was made from.
    if (IsVelodyneName(image.original_name)) {
      image.name = std::move(image.original_name);
    }
    if (!names_.insert(absl::Hash<std::string>()(image.name)).second) {
      Report("", image.name, absl::StrCat("frame ", number, ": a second frame of this name"));
    }
    return Push({.name = std::move(image.name),
                 .number = uint32_t(number),
                 .width = image.width,
                 .height = image.height,
                 .related = std::move(image.related)});
  }

  absl::Status Video(ManifestVideo video) override {
    Start({.name = video.name, .is_video = true});
    if (video.length > kMaxNumberedFrames) {
      return absl::InvalidArgumentError(
          absl::StrCat("a video of more than ", kMaxNumberedFrames, " frames is not read"));
    }
    if (video.length == 0) Report("", "", "the length of the video is not given");
    for (uint64_t number = 0; number < video.length; ++number) {
      RETURN_IF_ERROR(Push({.name = absl::StrFormat("frame_%06d", number),
                            .number = uint32_t(number),
                            .width = video.width,
                            .height = video.height}));
    }
    return absl::OkStatus();
  }

  void Problem(uint64_t line, absl::string_view reason) override {
    Report(absl::StrCat("line ", line), "", std::string(reason));
  }

  // After the last row.
  void Finish() {
    if (without_size_ == 0) return;
    Report("", "", absl::StrCat("the size of ", without_size_, " frames is not given"));
  }

 private:
  void Start(Task task) {
    if (!std::exchange(started_, true)) task_ = sink_.AddTask(std::move(task));
  }

  absl::Status Push(Frame frame) {
    if (frame.width == 0 || frame.height == 0) ++without_size_;
    frame.task = task_;
    return sink_.AddFrame(std::move(frame)).status();
  }

  void Report(std::string position, absl::string_view frame, std::string reason) {
    sink_.AddProblem({.source = source_,
                      .position = std::move(position),
                      .frame = std::string(frame),
                      .reason = std::move(reason)});
  }

  const std::string source_;
  DatasetSink& sink_;
  bool started_ = false;
  uint32_t task_ = 0;
  uint64_t without_size_ = 0;
  absl::flat_hash_set<uint64_t> names_;  // hashes: a million names would be much
};

// Of a head: looks at its first rows only.
class FirstRows : public ManifestHandler {
 public:
  absl::Status Image(uint64_t, ManifestImage) override { return absl::CancelledError("seen"); }
  absl::Status Video(ManifestVideo) override { return absl::CancelledError("seen"); }
  void Problem(uint64_t, absl::string_view) override {}
};

class CvatManifest : public Reader {
 public:
  ReaderInfo Info() const override {
    return {.name = "cvat_manifest",
            .summary = "CVAT dataset manifest (.jsonl): frames without annotations",
            .richness = 5};
  }

  absl::StatusOr<std::optional<ProbeResult>> Probe(Source& source) const override {
    if (!absl::EndsWithIgnoreCase(source.name(), ".jsonl")) return std::optional<ProbeResult>();
    ASSIGN_OR_RETURN(const std::string head,
                     source.Read(0, std::min<uint64_t>(source.size(), kHeadBytes)));
    TextChunks text(head);
    FirstRows rows;
    const absl::Status status = ReadManifest(text, rows);
    if (!status.ok() && !absl::IsCancelled(status)) return std::optional<ProbeResult>();
    return std::optional<ProbeResult>(ProbeResult{});
  }

  absl::Status Read(Source& source, DatasetSink& sink) const override {
    ManifestFrames frames(std::string(source.name()), sink);
    const std::unique_ptr<ChunkSource> text = NewSourceChunks(source);
    RETURN_IF_ERROR(ReadManifest(*text, frames));
    frames.Finish();
    return absl::OkStatus();
  }
};

}  // namespace

std::unique_ptr<Reader> NewCvatManifestReader() { return std::make_unique<CvatManifest>(); }

}  // namespace annofs
