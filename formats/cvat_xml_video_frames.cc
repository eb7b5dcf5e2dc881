#include "formats/cvat_xml_video_frames.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cache/base/status.h"
#include "formats/track.h"

namespace annofs {
namespace {

// Tracks pass over the same deleted frames: different spans are few but in a hostile file.
constexpr size_t kMaxPassedOver = 1 << 18;

// Of keyframes outside that wait for their frames. Mostly those of one frame: the next one.
constexpr uint64_t kMaxWaitingBytes = uint64_t{64} << 20;

struct Group {
  void Add(int64_t frame) {
    if (count++ == 0) first = frame;
  }
  uint64_t count = 0;
  int64_t first = 0;
};

}  // namespace

CvatXmlVideoFrames::CvatXmlVideoFrames(CvatXmlTasks& tasks, uint32_t task,
                                       const CvatXmlMedia& media, std::string source,
                                       DatasetSink& sink, uint64_t& range_left)
    : tasks_(tasks),
      task_(task),
      media_(media),
      source_(std::move(source)),
      sink_(sink),
      step_(tasks.HasRange(task) ? int64_t(tasks[task].step) : 1),
      first_(tasks.HasRange(task) ? int64_t(tasks[task].start.value_or(0) + tasks.OffsetOf(task))
                                  : 0),
      is_listed_(tasks.HasRange(task) && TakeRange(first_, last(), range_left)) {}

bool CvatXmlVideoFrames::TakeRange(int64_t first, int64_t last, uint64_t& left) const {
  const auto count = uint64_t((last - first) / step_) + 1;
  if (count > left) return false;
  left -= count;
  return true;
}

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

uint32_t CvatXmlVideoFrames::IndexOrNone(int64_t frame) const {
  if (is_listed_) {
    const auto place = size_t((frame - first_) / step_);
    return place < listed_.size() ? listed_[place] : kNone;
  }
  const auto found = others_.find(frame);
  return found == others_.end() ? kNone : found->second;
}

void CvatXmlVideoFrames::Remember(int64_t frame, uint32_t index) {
  if (!is_listed_) {
    others_.emplace(frame, index);
    return;
  }
  const auto place = size_t((frame - first_) / step_);
  if (place >= listed_.size()) listed_.resize(place + 1, kNone);
  listed_[place] = index;
}

absl::StatusOr<uint32_t> CvatXmlVideoFrames::IndexOf(int64_t frame) {
  if (const uint32_t known = IndexOrNone(frame); known != kNone) return known;
  const CvatXmlTask& task = tasks_[task_];
  Frame added{.name = NameOf(frame),
              .number = tasks_.NumberOf(task_, frame).value_or(0),
              .task = task_,
              .width = task.width,
              .height = task.height,
              .subset = task.task.subset};
  added.inner = media_.Find(tasks_.MediaFolder(task.subset_name), added.name);
  ASSIGN_OR_RETURN(const uint32_t index, tasks_.AddFrame(std::move(added), true));
  Remember(frame, index);
  ++added_;
  RETURN_IF_ERROR(PushWaiting(frame, index));
  return index;
}

absl::Status CvatXmlVideoFrames::AddOutside(int64_t frame, Shape shape) {
  if (const uint32_t known = IndexOrNone(frame); known != kNone) {
    return sink_.AddShape(known, std::move(shape));
  }
  waiting_bytes_ += BytesOf(shape);
  if (waiting_bytes_ > kMaxWaitingBytes) {  // more than wait in a file of CVAT's
    ASSIGN_OR_RETURN(const uint32_t index, IndexOf(frame));
    waiting_bytes_ -= BytesOf(shape);
    return sink_.AddShape(index, std::move(shape));
  }
  waiting_[frame].push_back(std::move(shape));
  return absl::OkStatus();
}

absl::Status CvatXmlVideoFrames::PushWaiting(int64_t frame, uint32_t index) {
  const auto found = waiting_.find(frame);
  if (found == waiting_.end()) return absl::OkStatus();
  for (Shape& shape : std::exchange(found->second, {})) {
    waiting_bytes_ -= BytesOf(shape);
    RETURN_IF_ERROR(sink_.AddShape(index, std::move(shape)));
  }
  waiting_.erase(found);
  return absl::OkStatus();
}

void CvatXmlVideoFrames::PassOver(int64_t first, int64_t last) {
  if (passed_over_.size() < kMaxPassedOver) {
    passed_over_.emplace(first, last);
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

absl::Status CvatXmlVideoFrames::Finish(uint64_t& range_left) {
  int64_t first = first_, last = this->last();
  bool is_short = is_listed_;
  if (!tasks_.HasRange(task_)) {
    if (others_.empty()) return absl::OkStatus();
    const auto [low, high] = std::minmax_element(others_.begin(), others_.end());
    first = low->first, last = high->first;
    is_short = TakeRange(first, last, range_left);
  }
  if (last < first) return absl::OkStatus();
  if (is_short) {
    RETURN_IF_ERROR(AddRange(first, last));
  } else {
    Report(first, absl::StrCat("videos of more than ", kMaxNumberedFrames,
                               " frames: those without shapes are not listed"));
  }
  const CvatXmlTask& task = tasks_[task_];
  if (added_ > 0 && (task.width == 0 || task.height == 0)) {
    Report(first, "the size of the frames is not given");
  }
  return absl::OkStatus();
}

absl::Status CvatXmlVideoFrames::AddRange(int64_t first, int64_t last) {
  const std::vector<std::pair<int64_t, int64_t>> passed_over = PassedOver();
  auto gap = passed_over.begin();
  Group deleted, contradicted;
  for (int64_t frame = first; frame <= last; frame += step_) {
    while (gap != passed_over.end() && gap->second < frame) ++gap;
    const bool is_passed_over = gap != passed_over.end() && gap->first <= frame;
    if (is_passed_over) (IsAdded(frame) ? contradicted : deleted).Add(frame);
    if (!is_passed_over) RETURN_IF_ERROR(IndexOf(frame).status());
  }
  if (deleted.count > 0) {
    Report(deleted.first, absl::StrCat("tracks pass over ", deleted.count,
                                       " frames without a shape: taken as deleted"));
  }
  if (contradicted.count > 0) {
    Report(contradicted.first,
           absl::StrCat("on ", contradicted.count,
                        " frames a track without a shape there is visible before and after"));
  }
  return absl::OkStatus();
}

}  // namespace annofs
