#include "formats/backup_frames.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr uint32_t kNotShown = std::numeric_limits<uint32_t>::max();
constexpr uint32_t kNoName = kNotShown - 1;
constexpr uint64_t kMaxNumber = std::numeric_limits<uint32_t>::max();

bool IsPointCloud(absl::string_view name) {
  return absl::EndsWithIgnoreCase(name, ".pcd") || absl::EndsWithIgnoreCase(name, ".bin");
}

}  // namespace

absl::Status BackupFrames::Image(uint64_t number, ManifestImage image) {
  const uint64_t start = task_.start_frame.value_or(0);
  if (number < start || number > task_.stop_frame.value_or(kMaxNumber) ||
      (number - start) % task_.step != 0) {
    return absl::OkStatus();
  }
  if (!started_) is_3d_ = IsPointCloud(image.name);
  Start(false);
  return Add({.name = std::move(image.name),
              .number = uint32_t(number),
              .width = image.width,
              .height = image.height});
}

absl::Status BackupFrames::Video(ManifestVideo video) {
  Start(true);
  const uint64_t start = task_.start_frame.value_or(0);
  if (!task_.stop_frame && video.length == 0) {
    return absl::InvalidArgumentError("neither task nor manifest say how long the video is");
  }
  const uint64_t stop = task_.stop_frame.value_or(video.length - 1);
  if (stop > kMaxNumber || (stop >= start && (stop - start) / task_.step >= kMaxVideoFrames)) {
    return absl::InvalidArgumentError(
        absl::StrCat("a video of more than ", kMaxVideoFrames, " frames is not read"));
  }
  for (uint64_t number = start; number <= stop; number += task_.step) {
    RETURN_IF_ERROR(Add({.name = absl::StrFormat("frame_%06d", number),
                         .number = uint32_t(number),
                         .width = video.width,
                         .height = video.height}));
  }
  return absl::OkStatus();
}

void BackupFrames::Start(bool is_video) {
  if (std::exchange(started_, true)) return;
  Task task = task_.task;
  task.is_video = is_video;
  task.is_3d = is_3d_;
  task_number_ = sink_.AddTask(std::move(task));
  labels_.Add(task_.labels);
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
  if (!names_.insert(frame.name).second) {
    Report("", frame.name, absl::StrCat("frame ", size(), ": a second frame of this name"));
  }
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
  sink_.AddProblem({.source = source_,
                    .position = std::string(position),
                    .frame = std::string(frame),
                    .reason = std::move(reason)});
}

void BackupFrames::Finish() {
  Start(false);
  if (without_size_ > 0) {
    Report("", "", absl::StrCat("the size of ", without_size_, " frames is not given"));
  }
  const uint64_t start = task_.start_frame.value_or(0);
  const uint64_t stop = task_.stop_frame.value_or(0);
  const uint64_t wanted = !task_.stop_frame || stop < start ? 0 : (stop - start) / task_.step + 1;
  if (wanted > numbers_.size()) {
    Report("", "", absl::StrCat("the task has ", wanted, " frames, the manifest ", size()));
  }
}

BackupFrames::State BackupFrames::StateOf(int64_t frame) const {
  if (frame < 0 || frame >= size() || numbers_[size_t(frame)] == kNoName) return State::kUnknown;
  return numbers_[size_t(frame)] == kNotShown ? State::kLeftOut : State::kShown;
}

}  // namespace annofs
