#include "formats/backup_jobs.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// A frame is of a job or two, of ground truth, and of at most 10 replicas of each job.
constexpr uint64_t kMaxJobsPerFrame = 32;

class JobPushing {
 public:
  JobPushing(const BackupFrames& frames, const BackupFolder& folder, DatasetSink& sink)
      : frames_(frames),
        folder_(folder),
        sink_(sink),
        left_(uint64_t(frames.size()) * kMaxJobsPerFrame) {}

  absl::Status Push(size_t index, const BackupJob& job, uint32_t task_number) {
    const uint32_t number = sink_.AddJob({.task = task_number,
                                          .kind = job.kind,
                                          .stage = job.stage,
                                          .state = job.state,
                                          .start = uint64_t(job.start),
                                          .stop = uint64_t(job.stop)});
    if (job.start > job.stop) {
      Report(index,
             absl::StrCat("it ends on frame ", job.stop, " before it starts on ", job.start));
    } else if (job.stop >= frames_.size() && frames_.size() > 0) {
      Report(index, absl::StrCat("it ends on frame ", job.stop, ", the task has ", frames_.size(),
                                 " frames"));
    }
    if (!job.frames.empty()) {
      for (int64_t frame : job.frames) RETURN_IF_ERROR(AddFrame(index, number, frame));
      return absl::OkStatus();
    }
    const int64_t end = std::min(job.stop + 1, frames_.size());
    for (int64_t frame = job.start; frame < end; ++frame) {
      RETURN_IF_ERROR(AddFrame(index, number, frame));
    }
    return absl::OkStatus();
  }

 private:
  absl::Status AddFrame(size_t index, uint32_t number, int64_t frame) {
    if (frames_.StateOf(frame) != BackupFrames::State::kShown) return absl::OkStatus();
    if (left_ == 0) {
      if (!is_cut_) Report(index, "it and those behind it have more frames than jobs can have");
      is_cut_ = true;
      return absl::OkStatus();
    }
    --left_;
    return sink_.AddToJob(number, frames_.NumberOf(frame));
  }

  void Report(size_t index, std::string reason) {
    sink_.AddProblem({.source = folder_.PathOf("task.json"),
                      .position = absl::StrCat("job ", index),
                      .reason = std::move(reason)});
  }

  const BackupFrames& frames_;
  const BackupFolder& folder_;
  DatasetSink& sink_;
  uint64_t left_;
  bool is_cut_ = false;
};

}  // namespace

absl::Status PushBackupJobs(const BackupTask& task, uint32_t task_number,
                            const BackupFrames& frames, const BackupFolder& folder,
                            DatasetSink& sink) {
  JobPushing pushing(frames, folder, sink);
  for (size_t i = 0; i < task.jobs.size(); ++i) {
    RETURN_IF_ERROR(pushing.Push(i, task.jobs[i], task_number));
  }
  return absl::OkStatus();
}

}  // namespace annofs
