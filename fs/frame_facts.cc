#include "fs/frame_facts.h"

#include <algorithm>
#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/frame_labels.h"

namespace annofs {
namespace {

constexpr std::array<absl::string_view, 4> kNames = {"user.cvat.frame", "user.cvat.job",
                                                     "user.cvat.labels", "user.cvat.task"};
constexpr size_t kMostBytes = 65536;  // XATTR_SIZE_MAX
constexpr absl::string_view kCut = "...";
using Texts = std::array<std::string, kNames.size()>;

absl::StatusOr<Texts> TextsOf(const IndexedDataset& data, FrameJobs& frame_jobs, Rank rank) {
  ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
  ASSIGN_OR_RETURN(const std::string jobs, frame_jobs.Columns(data, rank));
  ASSIGN_OR_RETURN(std::string labels, LabelsOf(data, rank));
  const std::vector<Task>& tasks = data.info().tasks;
  return Texts{absl::StrCat(frame.number), jobs.substr(0, jobs.find('\t')), std::move(labels),
               TsvEscape(frame.task < tasks.size() ? tasks[frame.task].name : "")};
}

std::string ValueOf(const std::vector<std::string>& lines) {
  std::string value = absl::StrJoin(lines, "\n");
  if (value.size() <= kMostBytes) return value;
  size_t end = kMostBytes - kCut.size();
  while (end > 0 && (value[end] & 0xc0) == 0x80) --end;  // at a character of UTF-8
  value.resize(end);
  return value.append(kCut.data(), kCut.size());
}

}  // namespace

absl::StatusOr<std::vector<Fact>> FrameFacts::Of(const std::vector<FrameAt>& frames) {
  std::array<std::vector<std::string>, kNames.size()> lines;
  for (const FrameAt& frame : frames) {
    ASSIGN_OR_RETURN(Texts texts, TextsOf(*frame.dataset, *JobsOf(frame.dataset), frame.rank));
    for (size_t i = 0; i < texts.size(); ++i) lines[i].push_back(std::move(texts[i]));
  }
  std::vector<Fact> facts;
  for (size_t i = 0; i < kNames.size(); ++i) {
    const bool is_empty = std::all_of(lines[i].begin(), lines[i].end(),
                                      [](const std::string& line) { return line.empty(); });
    if (!is_empty) facts.push_back({std::string(kNames[i]), ValueOf(lines[i])});
  }
  return facts;
}

std::shared_ptr<FrameJobs> FrameFacts::JobsOf(
    const std::shared_ptr<const IndexedDataset>& dataset) {
  absl::MutexLock lock(&mutex_);
  auto known = std::find_if(recent_.begin(), recent_.end(),
                            [&dataset](const Known& one) { return one.first == dataset; });
  if (known != recent_.end()) {
    std::rotate(known, known + 1, recent_.end());
    return recent_.back().second;
  }
  if (recent_.size() == kMostDatasets) recent_.erase(recent_.begin());
  recent_.emplace_back(dataset, std::make_shared<FrameJobs>());
  return recent_.back().second;
}

}  // namespace annofs
