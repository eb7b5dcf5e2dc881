#include "formats/cvat_xml_video_frames.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/status.h"

namespace annofs {
namespace {

// Tracks pass over the same deleted frames: different spans are few but in a hostile file.
constexpr size_t kMaxPassedOver = 1 << 18;

}  // namespace

CvatXmlVideoFrames::CvatXmlVideoFrames(CvatXmlTasks& tasks, uint32_t task,
                                       const CvatXmlMedia& media, std::string source,
                                       DatasetSink& sink)
    : tasks_(tasks),
      task_(task),
      media_(media),
      source_(std::move(source)),
      sink_(sink),
      step_(tasks.HasRange(task) ? int64_t(tasks[task].step) : 1) {}

std::string CvatXmlVideoFrames::NameOf(int64_t frame) {
  return absl::StrFormat("frame_%06d", frame);
}

int64_t CvatXmlVideoFrames::phase() const {
  if (step_ == 1) return 0;
  return int64_t((tasks_[task_].start.value_or(0) % uint64_t(step_) + tasks_.OffsetOf(task_)) %
                 uint64_t(step_));
}

int64_t CvatXmlVideoFrames::last() const {
  if (!tasks_.HasRange(task_)) return -1;
  const uint64_t start = tasks_[task_].start.value_or(0), stop = *tasks_[task_].stop;
  return int64_t(stop - (stop - start) % uint64_t(step_) + tasks_.OffsetOf(task_));
}

absl::StatusOr<uint32_t> CvatXmlVideoFrames::IndexOf(int64_t frame) {
  const auto found = indexes_.find(uint32_t(frame));
  if (found != indexes_.end()) return found->second;
  const CvatXmlTask& task = tasks_[task_];
  Frame added{.name = NameOf(frame),
              .number = tasks_.NumberOf(task_, frame).value_or(0),
              .task = task_,
              .width = task.width,
              .height = task.height,
              .subset = task.task.subset};
  const bool has_name = task.subset_name.empty() && tasks_.is_project();
  added.inner = media_.Find(has_name              ? "default"
                            : tasks_.is_project() ? task.subset_name
                                                  : std::string(),
                            added.name);
  ASSIGN_OR_RETURN(const uint32_t index, tasks_.AddFrame(std::move(added), true));
  indexes_.emplace(uint32_t(frame), index);
  return index;
}

void CvatXmlVideoFrames::PassOver(int64_t first, int64_t last) {
  if (passed_over_.size() < kMaxPassedOver) {
    passed_over_.emplace(uint32_t(first), uint32_t(last));
  }
}

// Sorted, without those that lie in others.
std::vector<std::pair<int64_t, int64_t>> CvatXmlVideoFrames::PassedOver() const {
  std::vector<std::pair<int64_t, int64_t>> all(passed_over_.begin(), passed_over_.end());
  std::sort(all.begin(), all.end());
  std::vector<std::pair<int64_t, int64_t>> united;
  for (const auto& [first, last] : all) {
    if (united.empty() || first > united.back().second) {
      united.emplace_back(first, last);
    } else {
      united.back().second = std::max(united.back().second, last);
    }
  }
  return united;
}

void CvatXmlVideoFrames::Report(int64_t frame, std::string reason) {
  sink_.AddProblem({.source = source_, .frame = NameOf(frame), .reason = std::move(reason)});
}

absl::Status CvatXmlVideoFrames::Finish() {
  int64_t first = 0, last = -1;
  if (tasks_.HasRange(task_)) {
    first = int64_t(tasks_[task_].start.value_or(0) + tasks_.OffsetOf(task_));
    last = this->last();
  } else if (!indexes_.empty()) {
    const auto [low, high] = std::minmax_element(indexes_.begin(), indexes_.end());
    first = low->first, last = high->first;
  }
  if (last < first) return absl::OkStatus();
  if ((last - first) / step_ >= int64_t{kMaxXmlVideoFrames}) {
    Report(first, absl::StrCat("a video of more than ", kMaxXmlVideoFrames,
                               " frames: those without shapes are not listed"));
  } else {
    RETURN_IF_ERROR(AddRange(first, last));
  }
  const CvatXmlTask& task = tasks_[task_];
  if (!indexes_.empty() && (task.width == 0 || task.height == 0)) {
    Report(first, "the size of the frames is not given");
  }
  return absl::OkStatus();
}

absl::Status CvatXmlVideoFrames::AddRange(int64_t first, int64_t last) {
  const std::vector<std::pair<int64_t, int64_t>> passed_over = PassedOver();
  auto gap = passed_over.begin();
  std::vector<int64_t> deleted, contradicted;  // how many, and the first
  for (int64_t frame = first; frame <= last; frame += step_) {
    while (gap != passed_over.end() && gap->second < frame) ++gap;
    const bool is_passed_over = gap != passed_over.end() && gap->first <= frame;
    if (is_passed_over) (IsAdded(frame) ? contradicted : deleted).push_back(frame);
    if (!is_passed_over) RETURN_IF_ERROR(IndexOf(frame).status());
  }
  if (!deleted.empty()) {
    Report(deleted.front(), absl::StrCat("tracks pass over ", deleted.size(),
                                         " frames without a shape: taken as deleted"));
  }
  if (!contradicted.empty()) {
    Report(contradicted.front(),
           absl::StrCat("on ", contradicted.size(),
                        " frames a track without a shape there is visible before and after"));
  }
  return absl::OkStatus();
}

}  // namespace annofs
