#include "formats/cvat_xml_tasks.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr uint64_t kMaxNumber = std::numeric_limits<uint32_t>::max();
// Jobs overlap with their neighbours only; a hostile file may say otherwise of every frame.
constexpr size_t kMaxJobsOfFrame = 64;

}  // namespace

CvatXmlTasks::CvatXmlTasks(CvatXmlMeta& meta, DatasetSink& sink) : kind_(meta.kind()), sink_(sink) {
  const int64_t id = meta.id();
  for (CvatXmlTask& task : meta.TakeTasks()) {
    const auto number = uint32_t(tasks_.size());
    if (task.task.id >= 0) by_id_.emplace(task.task.id, number);
    const auto [subset, is_first] = by_subset_.emplace(task.task.subset, number);
    if (!is_first) subset->second.reset();
    if (!task.stop && task.size.value_or(0) > 0 && *task.size <= kMaxNumber) {
      task.stop = std::min(task.start.value_or(0), kMaxNumber) + task.step * (*task.size - 1);
    }
    task.task.video.width = task.width;
    task.task.video.height = task.height;
    const uint32_t index = sink_.AddTask(task.task);
    tasks_.push_back({.meta = std::move(task), .index = index});
  }
  if (is_project()) SetOffsets();
  if (kind_ == CvatXmlMeta::Kind::kJob) {
    only_job_ = sink_.AddJob(
        {.id = id, .task = tasks_[0].index, .assignee = tasks_[0].meta.task.assignee.name});
    return;
  }
  for (Entry& entry : tasks_) AddJobs(entry);
}

void CvatXmlTasks::AddJobs(Entry& entry) {
  for (const CvatXmlSegment& segment : entry.meta.segments) {
    entry.jobs.push_back({.start = segment.start,
                          .stop = segment.stop,
                          .job = sink_.AddJob({.id = segment.job,
                                               .task = entry.index,
                                               .start = segment.start,
                                               .stop = segment.stop})});
  }
  entry.meta.segments = {};
  std::stable_sort(entry.jobs.begin(), entry.jobs.end(),
                   [](const JobRange& a, const JobRange& b) { return a.start < b.start; });
  uint64_t max_stop = 0;
  for (JobRange& job : entry.jobs) job.max_stop = max_stop = std::max(max_stop, job.stop);
}

// Tasks in order of subset and id; a subset begins at 0 again.
void CvatXmlTasks::SetOffsets() {
  std::vector<Entry*> order;
  for (Entry& entry : tasks_) order.push_back(&entry);
  std::stable_sort(order.begin(), order.end(), [](const Entry* a, const Entry* b) {
    return std::pair(a->meta.task.subset, a->meta.task.id) <
           std::pair(b->meta.task.subset, b->meta.task.id);
  });
  uint64_t offset = 0;
  for (size_t i = 0; i < order.size(); ++i) {
    const CvatXmlTask& task = order[i]->meta;
    if (i == 0 || task.task.subset != order[i - 1]->meta.task.subset) offset = 0;
    order[i]->offset = offset;
    // The sizes are only what the text says: an absurd one must not overflow.
    const uint64_t frames = std::min(task.size.value_or(0), kMaxNumber);
    offset +=
        std::min(task.start.value_or(0), kMaxNumber) + std::min(task.step, kMaxNumber) * frames;
    offset = std::min<uint64_t>(offset, uint64_t{1} << 62);
  }
}

std::optional<uint32_t> CvatXmlTasks::Find(std::optional<int64_t> task_id,
                                           absl::string_view subset) const {
  if (!is_project()) return 0;
  if (task_id) {
    const auto found = by_id_.find(*task_id);
    if (found != by_id_.end()) return found->second;
    return std::nullopt;
  }
  if (tasks_.size() == 1) return 0;
  const auto found = by_subset_.find(subset == "default" ? "" : std::string(subset));
  return found == by_subset_.end() ? std::nullopt : found->second;
}

bool CvatXmlTasks::HasRange(uint32_t task) const {
  const CvatXmlTask& meta = tasks_[task].meta;
  return meta.stop && *meta.stop <= kMaxNumber && meta.start.value_or(0) <= *meta.stop;
}

bool CvatXmlTasks::IsFrameOf(const CvatXmlTask& task, uint64_t number) const {
  const uint64_t start = task.start.value_or(0);
  return number >= start && number <= *task.stop && (number - start) % task.step == 0;
}

std::optional<uint32_t> CvatXmlTasks::NumberOf(uint32_t task, int64_t id) const {
  const Entry& entry = tasks_[task];
  if (id < 0 || uint64_t(id) > kMaxNumber + entry.offset) return std::nullopt;
  const auto number = uint64_t(id);
  if (!HasRange(task)) {
    if (number > kMaxNumber) return std::nullopt;
    return uint32_t(number);
  }
  if (number >= entry.offset && IsFrameOf(entry.meta, number - entry.offset)) {
    return uint32_t(number - entry.offset);
  }
  return std::nullopt;
}

absl::StatusOr<uint32_t> CvatXmlTasks::AddFrame(Frame frame, bool in_range) {
  const Entry& entry = tasks_[frame.task];
  const uint64_t number = frame.number;
  frame.task = entry.index;
  ASSIGN_OR_RETURN(const uint32_t index, sink_.AddFrame(std::move(frame)));
  if (only_job_) RETURN_IF_ERROR(sink_.AddToJob(*only_job_, index));
  const uint64_t start = entry.meta.start.value_or(0);
  if (!in_range || entry.jobs.empty() || number < start) return index;
  const uint64_t relative = (number - start) / entry.meta.step;
  auto after =
      std::upper_bound(entry.jobs.begin(), entry.jobs.end(), relative,
                       [](uint64_t wanted, const JobRange& job) { return wanted < job.start; });
  for (size_t tried = 0; tried < kMaxJobsOfFrame && after != entry.jobs.begin(); ++tried) {
    --after;
    if (after->max_stop < relative) break;
    if (after->stop >= relative) RETURN_IF_ERROR(sink_.AddToJob(after->job, index));
  }
  return index;
}

}  // namespace annofs
