#include "formats/cvat_xml_writer_tasks.h"

#include <algorithm>
#include <utility>

#include "cache/base/status.h"
#include "formats/frame_step.h"

namespace annofs {
namespace {

// The first position from `begin` on whose frame is of `task` or one behind it.
absl::StatusOr<uint32_t> FirstOf(const Dataset& data, uint32_t task, uint32_t begin) {
  uint32_t end = data.frame_count();
  while (begin < end) {
    const uint32_t middle = begin + (end - begin) / 2;
    ASSIGN_OR_RETURN(const Rank rank, data.InOrder(middle));
    ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
    if (frame.task < task) {
      begin = middle + 1;
    } else {
      end = middle;
    }
  }
  return begin;
}

absl::StatusOr<uint64_t> NumberAt(const Dataset& data, uint32_t position) {
  ASSIGN_OR_RETURN(const Rank rank, data.InOrder(position));
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
  return frame.number;
}

// What the source does not say: from the first and last frame.
absl::Status FillRange(const Dataset& data, uint32_t task, const Task& meta,
                       CvatXmlWriterTasks::One& one) {
  ASSIGN_OR_RETURN(const uint32_t begin, FirstOf(data, task, 0));
  ASSIGN_OR_RETURN(const uint32_t end, FirstOf(data, task + 1, begin));
  if (begin < end && !meta.start_frame) {
    ASSIGN_OR_RETURN(one.start, NumberAt(data, begin));
  }
  one.stop = one.start;
  if (meta.size.value_or(0) > 0) {
    one.stop = one.start + one.step * (*meta.size - 1);
  } else if (begin < end) {
    ASSIGN_OR_RETURN(const uint64_t last, NumberAt(data, end - 1));
    one.stop = std::max(one.start, last);
  }
  one.size = begin == end ? 0 : (one.stop - one.start) / one.step + 1;
  return absl::OkStatus();
}

constexpr uint64_t kMaxNumber = UINT32_MAX;

// An absurd number of a source must not overflow.
std::optional<uint64_t> Bounded(std::optional<uint64_t> number) {
  return number ? std::optional(std::min(*number, kMaxNumber)) : std::nullopt;
}

using JobRanges = std::vector<std::vector<std::pair<uint64_t, uint64_t>>>;

// The first two jobs of each task by their first frames.
JobRanges FirstJobs(const DatasetInfo& info, size_t tasks) {
  JobRanges ranges(tasks);
  for (const Job& job : info.jobs) {
    if (job.kind != Job::Kind::kAnnotation || !job.start || !job.stop) continue;
    if (job.task >= tasks) continue;
    auto& firsts = ranges[job.task];
    firsts.emplace_back(*job.start, *job.stop);
    std::sort(firsts.begin(), firsts.end());
    if (firsts.size() > 2) firsts.pop_back();
  }
  return ranges;
}

uint64_t OverlapOf(const std::vector<std::pair<uint64_t, uint64_t>>& firsts) {
  if (firsts.size() < 2 || firsts[0].second < firsts[1].first) return 0;
  return firsts[0].second - firsts[1].first + 1;
}

}  // namespace

absl::string_view CvatXmlSubset(absl::string_view subset) {
  return subset.empty() ? absl::string_view("default") : subset;
}

const Task& CvatXmlWriterTasks::Meta(const DatasetInfo& info, uint32_t task) const {
  return task < info.tasks.size() ? info.tasks[task] : nameless_;
}

absl::StatusOr<std::shared_ptr<const CvatXmlWriterTasks>> CvatXmlWriterTasks::Of(
    const Dataset& data) {
  auto tasks = std::shared_ptr<CvatXmlWriterTasks>(new CvatXmlWriterTasks());
  RETURN_IF_ERROR(tasks->Fill(data));
  return std::shared_ptr<const CvatXmlWriterTasks>(std::move(tasks));
}

absl::Status CvatXmlWriterTasks::Fill(const Dataset& data) {
  const DatasetInfo& info = data.info();
  ASSIGN_OR_RETURN(const std::vector<std::string> subsets, data.Subsets());
  tasks_.resize(std::max<size_t>(info.tasks.size(), 1));
  is_project_ = tasks_.size() > 1 || subsets.size() > 1;
  const JobRanges jobs = FirstJobs(info, tasks_.size());
  for (uint32_t task = 0; task < tasks_.size(); ++task) {
    Task meta = Meta(info, task);
    meta.start_frame = Bounded(meta.start_frame);
    meta.stop_frame = Bounded(meta.stop_frame);
    meta.size = Bounded(meta.size);
    One& one = tasks_[task];
    one.id = meta.id;
    one.step = std::min(FrameStep(meta.frame_filter), kMaxNumber);
    one.start = meta.start_frame.value_or(0);
    one.stop = meta.stop_frame.value_or(0);
    one.size = meta.size.value_or(0);
    one.overlap = meta.overlap.value_or(OverlapOf(jobs[task]));
    if (meta.start_frame && meta.stop_frame && !meta.size && one.stop >= one.start) {
      one.size = (one.stop - one.start) / one.step + 1;
    } else if (!meta.start_frame || !meta.stop_frame) {
      RETURN_IF_ERROR(FillRange(data, task, meta, one));
    }
    if (!meta.is_3d) order_.push_back(task);
  }
  if (!is_project_) return absl::OkStatus();
  Number();
  SetOffsets(info);
  return absl::OkStatus();
}

void CvatXmlWriterTasks::Number() {
  int64_t last = 0;
  for (const One& one : tasks_) last = std::max(last, one.id);
  for (One& one : tasks_) {
    if (one.id < 0) one.id = last < INT64_MAX ? ++last : last;
  }
}

void CvatXmlWriterTasks::SetOffsets(const DatasetInfo& info) {
  std::stable_sort(order_.begin(), order_.end(), [&](uint32_t a, uint32_t b) {
    return std::pair(absl::string_view(Meta(info, a).subset), tasks_[a].id) <
           std::pair(absl::string_view(Meta(info, b).subset), tasks_[b].id);
  });
  uint64_t offset = 0;
  for (size_t i = 0; i < order_.size(); ++i) {
    One& one = tasks_[order_[i]];
    const bool is_other =
        i == 0 || Meta(info, order_[i]).subset != Meta(info, order_[i - 1]).subset;
    if (is_other) offset = 0;
    one.offset = offset;
    offset = std::min(offset + one.start + one.step * one.size, uint64_t{1} << 62);
  }
}

}  // namespace annofs
