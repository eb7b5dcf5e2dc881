#include "formats/rest_frames.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "absl/hash/hash.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr uint32_t kNotShown = std::numeric_limits<uint32_t>::max();
constexpr uint32_t kNoName = kNotShown - 1;
constexpr uint64_t kMaxNumber = std::numeric_limits<uint32_t>::max();
constexpr size_t kMaxJobsOfFrame = 64;

}  // namespace

RestFrames::RestFrames(const RestTask& task, const RestMeta& meta, int64_t first,
                       std::string source, DatasetSink& sink)
    : task_(task),
      meta_(meta),
      first_(first),
      source_(std::move(source)),
      sink_(sink),
      pool_frames_(task.Pool()) {
  Task pushed = task_.task;
  pushed.size = meta_.FrameCount();
  if (!pushed.size) pushed.size = task_.size;
  pushed.start_frame = meta_.start;
  pushed.stop_frame = meta_.stop;
  pushed.frame_filter = meta_.frame_filter;
  task_number_ = sink_.AddTask(std::move(pushed));
  for (const RestJob& job : task_.jobs) {
    if (!task_.Takes(job)) continue;
    Job pushed = job.job;
    pushed.task = task_number_;
    jobs_.push_back({.job = &job, .number = sink_.AddJob(std::move(pushed))});
  }
  std::stable_sort(jobs_.begin(), jobs_.end(), [](const PushedJob& a, const PushedJob& b) {
    return a.job->start < b.job->start;
  });
}

// Frames come in order: each job begins once and ends once.
void RestFrames::StartJobs(int64_t frame) {
  std::erase_if(present_, [frame](const PushedJob& job) { return job.job->stop < frame; });
  for (; next_job_ < jobs_.size() && jobs_[next_job_].job->start <= frame; ++next_job_) {
    if (jobs_[next_job_].job->stop < frame) continue;
    if (present_.size() < kMaxJobsOfFrame) {
      present_.push_back(jobs_[next_job_]);
    } else if (!std::exchange(has_too_many_jobs_, true)) {
      Report("", absl::StrCat("frame ", frame, " is of more than ", kMaxJobsOfFrame,
                              " jobs: frames of the others are not told"));
    }
  }
}

bool RestFrames::IsLeftOut(int64_t frame, uint64_t number, absl::string_view name) const {
  if (meta_.deleted.contains(frame)) return true;
  if (meta_.included && !meta_.included->contains(int64_t(number))) return true;
  return pool_.contains(std::string(name)) && !pool_frames_.Contains(frame);
}

absl::Status RestFrames::Add(RestFrame frame) {
  const int64_t position = end();
  const uint64_t number = meta_.start.value_or(uint64_t(first_)) + (numbers_.size()) * meta_.step;
  if (number > kMaxNumber) {
    return absl::InvalidArgumentError(
        absl::StrCat("frame ", position, ": its number ", number, " in the source is absurd"));
  }
  if (IsLeftOut(position, number, frame.name)) {
    numbers_.push_back(kNotShown);
    return absl::OkStatus();
  }
  if (frame.name.empty()) {
    Report("", absl::StrCat("frame ", position, " has no name: left out"));
    numbers_.push_back(kNoName);
    return absl::OkStatus();
  }
  if (!names_.insert(absl::Hash<std::string>()(frame.name)).second) {
    Report(frame.name, absl::StrCat("frame ", position, ": a second frame of this name"));
  }
  if (frame.width == 0 || frame.height == 0) ++without_size_;
  return Push(position, {.name = std::move(frame.name),
                         .number = uint32_t(number),
                         .width = frame.width,
                         .height = frame.height});
}

absl::Status RestFrames::Push(int64_t frame, Frame pushed) {
  pushed.task = task_number_;
  pushed.subset = task_.task.subset;
  ASSIGN_OR_RETURN(const uint32_t number, sink_.AddFrame(std::move(pushed)));
  numbers_.push_back(number);
  StartJobs(frame);
  for (const PushedJob& job : present_) RETURN_IF_ERROR(sink_.AddToJob(job.number, number));
  return absl::OkStatus();
}

absl::Status RestFrames::AddNumbered(uint64_t count, uint32_t width, uint32_t height,
                                     absl::string_view directory) {
  if (count > kMaxNumberedFrames) {
    return absl::InvalidArgumentError(
        absl::StrCat("a task of more than ", kMaxNumberedFrames, " frames without names"));
  }
  for (uint64_t i = 0; i < count; ++i) {
    const uint64_t number = meta_.start.value_or(uint64_t(first_)) + numbers_.size() * meta_.step;
    RETURN_IF_ERROR(Add({.name = JoinPath(directory, absl::StrFormat("frame_%06d", number)),
                         .width = width,
                         .height = height}));
  }
  return absl::OkStatus();
}

void RestFrames::Report(absl::string_view frame, std::string reason) {
  sink_.AddProblem({.source = source_, .frame = std::string(frame), .reason = std::move(reason)});
}

void RestFrames::Finish() {
  if (without_size_ > 0) {
    Report("", absl::StrCat("the size of ", without_size_, " frames is not given"));
  }
  const uint64_t wanted = meta_.FrameCount().value_or(0);
  if (wanted > numbers_.size()) {
    Report("", absl::StrCat("there should be ", wanted, " frames, the list has ", numbers_.size()));
  }
}

RestFrames::State RestFrames::StateOf(int64_t frame) const {
  if (frame < first_ || frame >= end() || numbers_[size_t(frame - first_)] == kNoName) {
    return State::kUnknown;
  }
  return numbers_[size_t(frame - first_)] == kNotShown ? State::kLeftOut : State::kShown;
}

}  // namespace annofs
