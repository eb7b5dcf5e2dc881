#include "formats/backup_frames.h"

#include <algorithm>
#include <limits>
#include <map>
#include <optional>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/status.h"
#include "formats/content_error.h"
#include "formats/numbered_frames.h"
#include "formats/pcd_header.h"

namespace annofs {
namespace {

constexpr uint32_t kNotShown = std::numeric_limits<uint32_t>::max();
constexpr uint32_t kNoName = kNotShown - 1;
constexpr uint64_t kMaxNumber = std::numeric_limits<uint32_t>::max();

// Looks at the first rows that say something.
class KindFinder : public ManifestHandler {
 public:
  explicit KindFinder(Task& task) : task_(task) {}
  absl::Status Image(uint64_t, ManifestImage image) override {
    if (image.name.empty()) return absl::OkStatus();
    task_.is_3d = IsPointCloudName(image.name);
    return Found();
  }
  absl::Status Video(ManifestVideo video) override {
    task_.is_video = true;
    task_.video = {.name = std::move(video.name), .width = video.width, .height = video.height};
    return Found();
  }
  void Problem(uint64_t, absl::string_view) override {}

 private:
  static absl::Status Found() { return absl::CancelledError("that is enough"); }

  Task& task_;
};

}  // namespace

absl::Status FindKind(const BackupFolder& folder, Task& task) {
  absl::StatusOr<std::unique_ptr<ChunkSource>> text = folder.Open(kBackupManifest);
  absl::Status status = text.status();
  if (status.ok()) {
    KindFinder finder(task);
    status = ReadManifest(**text, finder);
  }
  return IsContentError(status) || absl::IsCancelled(status) ? absl::OkStatus() : status;
}

absl::Status BackupFrames::Read() {
  absl::StatusOr<std::unique_ptr<ChunkSource>> text = folder_.Open(kBackupManifest);
  const absl::Status status = text.ok() ? ReadManifest(**text, *this) : text.status();
  if (!status.ok()) {
    if (!IsContentError(status)) return status;
    sink_.AddProblem(ContentProblem(folder_.PathOf(kBackupManifest), status));
    RETURN_IF_ERROR(AddNamedByJobs());
  }
  Finish();
  return absl::OkStatus();
}

// The names that jobs give to the frames behind those of a manifest that is missing or breaks off.
absl::Status BackupFrames::AddNamedByJobs() {
  if (task_.task.is_video) return absl::OkStatus();
  std::map<int64_t, const std::string*> names;
  for (const BackupJob& job : task_.jobs) {
    // Those of ground truth may be some of its frames only.
    if (!job.frames.empty() || int64_t(job.files.size()) != job.stop - job.start + 1) continue;
    for (size_t i = 0; i < job.files.size(); ++i) names[job.start + int64_t(i)] = &job.files[i];
  }
  const uint64_t start = task_.start_frame.value_or(0);
  for (auto name = names.find(size()); name != names.end() && name->first == size(); ++name) {
    const uint64_t number = start + uint64_t(size()) * task_.step;
    if (number > kMaxNumber) break;
    Frame frame{.name = *name->second, .number = uint32_t(number)};
    frame.inner = folder_.MediaOf(frame.name);
    RETURN_IF_ERROR(Add(std::move(frame)));
  }
  return absl::OkStatus();
}

absl::Status BackupFrames::Image(uint64_t number, ManifestImage image) {
  const uint64_t start = task_.start_frame.value_or(0);
  if (number < start || number > task_.stop_frame.value_or(kMaxNumber) ||
      (number - start) % task_.step != 0) {
    return absl::OkStatus();
  }
  Frame frame{.name = image.name,
              .number = uint32_t(number),
              .width = image.width,
              .height = image.height,
              .related = std::move(image.related)};
  // CVAT turned it into the .pcd of the manifest; the source holds what it was.
  if (IsVelodyneName(image.original_name)) frame.name = std::move(image.original_name);
  frame.inner = folder_.MediaOf(frame.name);
  if (!frame.inner) frame.inner = folder_.MediaOf(image.name);
  return Add(std::move(frame));
}

absl::Status BackupFrames::Video(ManifestVideo video) {
  const uint64_t start = task_.start_frame.value_or(0);
  if (!task_.stop_frame && video.length == 0) {
    return absl::InvalidArgumentError("neither task nor manifest say how long the video is");
  }
  const uint64_t stop = task_.stop_frame.value_or(video.length - 1);
  if (stop < start) return absl::OkStatus();
  if (stop > kMaxNumber || (stop - start) / task_.step >= numbered_left_) {
    return absl::InvalidArgumentError(absl::StrCat(
        "a video is not read: those of the backup have more than ", kMaxNumberedFrames, " frames"));
  }
  numbered_left_ -= (stop - start) / task_.step + 1;
  for (uint64_t number = start; number <= stop; number += task_.step) {
    RETURN_IF_ERROR(Add({.name = absl::StrFormat("frame_%06d", number),
                         .number = uint32_t(number),
                         .width = video.width,
                         .height = video.height}));
  }
  return absl::OkStatus();
}

absl::Status BackupFrames::Add(Frame frame) {
  const int64_t position = size();
  if (task_.deleted_frames.contains(position) || task_.IsPlaceholder(position, frame.name)) {
    numbers_.push_back(kNotShown);
    return absl::OkStatus();
  }
  if (frame.name.empty()) {
    Report("", "", absl::StrCat("frame ", position, " has no name in the manifest: left out"));
    numbers_.push_back(kNoName);
    return absl::OkStatus();
  }
  return PushFrame(std::move(frame));
}

absl::Status BackupFrames::PushFrame(Frame frame) {
  if (frame.width == 0 || frame.height == 0) ++without_size_;
  if (!names_.insert(absl::Hash<std::string>()(frame.name)).second) {
    Report("", frame.name, absl::StrCat("frame ", size(), ": a second frame of this name"));
  }
  if (!task_.task.is_video) {
    for (std::string& name : folder_.RelatedOf(frame.name, task_.task.is_3d)) {
      std::vector<std::string>& known = frame.related;
      if (std::find(known.begin(), known.end(), name) == known.end()) {
        known.push_back(std::move(name));
      }
    }
  }
  AddInnerRelated(frame);
  frame.task = task_number_;
  frame.subset = task_.task.subset;
  ASSIGN_OR_RETURN(const uint32_t number, sink_.AddFrame(std::move(frame)));
  numbers_.push_back(number);
  return absl::OkStatus();
}

void BackupFrames::Problem(uint64_t line, absl::string_view reason) {
  Report(absl::StrCat("line ", line), "", std::string(reason));
}

void BackupFrames::Report(absl::string_view position, absl::string_view frame, std::string reason) {
  sink_.AddProblem({.source = folder_.PathOf(kBackupManifest),
                    .position = std::string(position),
                    .frame = std::string(frame),
                    .reason = std::move(reason)});
}

void BackupFrames::AddInnerRelated(Frame& frame) const {
  std::vector<std::optional<InnerMedia>> inner;
  for (const std::string& name : frame.related) inner.push_back(folder_.MediaOf(name));
  const bool has_some =
      std::any_of(inner.begin(), inner.end(), [](const auto& one) { return one.has_value(); });
  if (has_some) frame.related_inner = std::move(inner);
}

void BackupFrames::Finish() {
  if (without_size_ > 0) {
    Report("", "", absl::StrCat("the size of ", without_size_, " frames is not given"));
  }
  if (wanted() > numbers_.size()) {
    Report("", "", absl::StrCat("the task has ", wanted(), " frames, the manifest ", size()));
  }
}

uint64_t BackupFrames::wanted() const {
  const uint64_t start = task_.start_frame.value_or(0);
  const uint64_t stop = task_.stop_frame.value_or(0);
  return !task_.stop_frame || stop < start ? 0 : (stop - start) / task_.step + 1;
}

BackupFrames::State BackupFrames::StateOf(int64_t frame) const {
  if (frame < 0 || frame >= size() || numbers_[size_t(frame)] == kNoName) return State::kUnknown;
  return numbers_[size_t(frame)] == kNotShown ? State::kLeftOut : State::kShown;
}

}  // namespace annofs
