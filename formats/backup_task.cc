#include "formats/backup_task.h"

#include <algorithm>
#include <iterator>
#include <utility>

#include "formats/frame_step.h"
#include "formats/json_labels.h"
#include "formats/json_numbers.h"

namespace annofs {
namespace {

BackupJob::Kind KindOf(absl::string_view type) {
  if (type == "ground_truth") return BackupJob::Kind::kGroundTruth;
  if (type == "consensus_replica") return BackupJob::Kind::kReplica;
  return BackupJob::Kind::kAnnotation;
}

// The status of a job is older than stage and state, and says less: `validation` stands for any
// stage.
void ParseStatus(absl::string_view status, BackupJob& job) {
  if (status == "annotation") job.stage = "annotation";
  if (status == "completed") {
    job.stage = "acceptance";
    job.state = "completed";
  }
}

int64_t FrameOr0(JsonValue job, absl::string_view member) {
  return std::clamp<int64_t>(job.IntOr(member, 0), 0, kMaxBackupFrame);
}

std::vector<BackupJob> ParseJobs(JsonValue list) {
  std::vector<BackupJob> jobs;
  for (size_t i = 0; list.is_array() && i < list.size(); ++i) {
    BackupJob job{.kind = KindOf(list[i].StringOr("type", "annotation")),
                  .start = FrameOr0(list[i], "start_frame"),
                  .stop = FrameOr0(list[i], "stop_frame")};
    ParseStatus(list[i].StringOr("status", ""), job);
    const JsonValue frames = list[i]["frames"];
    for (size_t j = 0; frames.is_array() && j < frames.size(); ++j) {
      if (frames[j].AsInt()) job.frames.push_back(*frames[j].AsInt());
    }
    const JsonValue files = list[i]["files"];
    for (size_t j = 0; files.is_array() && j < files.size(); ++j) {
      job.files.emplace_back(files[j].AsString().value_or(""));
    }
    jobs.push_back(std::move(job));
  }
  return jobs;
}

std::vector<std::pair<int64_t, int64_t>> GroundTruthOf(const std::vector<BackupJob>& jobs) {
  std::vector<std::pair<int64_t, int64_t>> all, united;
  for (const BackupJob& job : jobs) {
    if (job.kind == BackupJob::Kind::kGroundTruth && job.start <= job.stop) {
      all.emplace_back(job.start, job.stop);
    }
  }
  std::sort(all.begin(), all.end());
  for (const auto& range : all) {
    if (united.empty() || range.first > united.back().second) {
      united.push_back(range);
    } else {
      united.back().second = std::max(united.back().second, range.second);
    }
  }
  return united;
}

void ParseValidation(JsonValue layout, BackupTask& task) {
  task.has_honeypots = layout.StringOr("mode", "") == "gt_pool";
  const JsonValue names = layout["frames"];
  for (size_t i = 0; names.is_array() && i < names.size(); ++i) {
    if (names[i].is_string()) task.pool.insert(std::string(*names[i].AsString()));
  }
}

// As a server that takes the backup has them. Where the manifest holds the task's frames only, the
// numbers of these begin at 0, and the jobs say how many there are.
void SetFrames(BackupTask& task) {
  task.task.overlap = uint64_t(task.Overlap());
  if (task.start_frame || task.stop_frame) {
    task.task.start_frame = task.start_frame.value_or(0);
    task.task.stop_frame = task.stop_frame;
    if (task.stop_frame && *task.stop_frame >= *task.task.start_frame) {
      task.task.size = (*task.stop_frame - *task.task.start_frame) / task.step + 1;
    }
    return;
  }
  int64_t last = -1;
  for (const BackupJob& job : task.jobs) last = std::max(last, job.stop);
  if (last < 0) return;
  task.task.start_frame = 0;
  task.task.stop_frame = uint64_t(last) * task.step;
  task.task.size = uint64_t(last) + 1;
}

void ParseData(JsonValue data, BackupTask& task) {
  task.start_frame = WholeNumber(data["start_frame"]);
  task.stop_frame = WholeNumber(data["stop_frame"]);
  task.task.frame_filter = std::string(data.StringOr("frame_filter", ""));
  task.step = FrameStep(task.task.frame_filter);
  const JsonValue deleted = data["deleted_frames"];
  for (size_t i = 0; deleted.is_array() && i < deleted.size(); ++i) {
    if (deleted[i].AsInt()) task.deleted_frames.insert(*deleted[i].AsInt());
  }
  ParseValidation(data["validation_layout"], task);
}

}  // namespace

bool BackupTask::Takes(size_t job) const {
  if (jobs.empty()) return true;
  if (job >= jobs.size()) return false;
  return jobs[job].kind == BackupJob::Kind::kAnnotation ||
         (has_honeypots && jobs[job].kind == BackupJob::Kind::kGroundTruth);
}

bool BackupTask::IsPlaceholder(int64_t frame, absl::string_view name) const {
  if (!has_honeypots || !pool.contains(std::string(name))) return false;
  const auto behind =
      std::upper_bound(ground_truth.begin(), ground_truth.end(), frame,
                       [](int64_t wanted, const auto& range) { return wanted < range.first; });
  return behind == ground_truth.begin() || std::prev(behind)->second < frame;
}

int64_t BackupTask::Overlap() const {
  const BackupJob* first = nullptr;
  for (const BackupJob& job : jobs) {
    if (job.kind != BackupJob::Kind::kAnnotation) continue;
    if (first != nullptr) {
      // Not more than the first one has, whatever they claim.
      return std::max<int64_t>(0, first->stop - std::max(job.start, first->start) + 1);
    }
    first = &job;
  }
  return 0;
}

std::vector<size_t> BackupTask::TakenJobs() const {
  std::vector<size_t> taken;
  for (size_t job = 0; job < jobs.size(); ++job) {
    if (Takes(job)) taken.push_back(job);
  }
  return taken;
}

BackupTask ParseBackupTask(JsonValue json) {
  BackupTask task;
  task.task.name = std::string(json.StringOr("name", ""));
  task.task.subset = std::string(json.StringOr("subset", ""));
  if (task.task.subset == "default") task.task.subset.clear();
  task.task.bug_tracker = std::string(json.StringOr("bug_tracker", ""));
  task.labels = ParseJsonLabels(json["labels"]);
  task.jobs = ParseJobs(json["jobs"]);
  task.ground_truth = GroundTruthOf(task.jobs);
  ParseData(json["data"], task);
  SetFrames(task);
  return task;
}

}  // namespace annofs
