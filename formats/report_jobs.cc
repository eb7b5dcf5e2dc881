#include "formats/report_jobs.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

constexpr uint32_t kBlock = 1 << 16;
constexpr size_t kBlocks = 4;

absl::string_view KindName(Job::Kind kind) {
  switch (kind) {
    case Job::Kind::kGroundTruth:
      return "ground_truth";
    case Job::Kind::kReplica:
      return "consensus_replica";
    case Job::Kind::kAnnotation:
      break;
  }
  return "annotation";
}

std::string StateOf(const Job& job) {
  const bool has_both = !job.stage.empty() && !job.state.empty();
  return absl::StrCat(job.stage, has_both ? " " : "", job.state);
}

absl::StatusOr<std::vector<uint32_t>> JobsThatOccur(const Dataset& data) {
  std::vector<uint32_t> jobs;
  RETURN_IF_ERROR(
      data.Terms(FrameTerm::FirstOf(FrameTerm::Kind::kJob), [&jobs](const FrameTerm& term) {
        jobs.push_back(term.number);
        return true;
      }));
  return jobs;
}

}  // namespace

std::vector<uint32_t> NumbersInTasks(const std::vector<Job>& jobs) {
  std::vector<uint32_t> numbers, next;
  numbers.reserve(jobs.size());
  for (const Job& job : jobs) {
    if (job.task >= next.size()) next.resize(size_t{job.task} + 1);
    numbers.push_back(next[job.task]++);
  }
  return numbers;
}

void WriteJobs(JsonWriter& json, const DatasetInfo& info) {
  const std::vector<uint32_t> numbers = NumbersInTasks(info.jobs);
  json.Key("jobs").BeginArray();
  for (size_t i = 0; i < info.jobs.size(); ++i) {
    const Job& job = info.jobs[i];
    json.BeginObject().Key("id");
    job.id < 0 ? json.Null() : json.Int(job.id);
    json.Key("number").Int(numbers[i]);
    json.Key("task").String(job.task < info.tasks.size() ? info.tasks[job.task].name : "");
    json.Key("kind").String(KindName(job.kind)).Key("stage").String(job.stage);
    json.Key("state").String(job.state).Key("assignee").String(job.assignee).EndObject();
  }
  json.EndArray();
}

absl::StatusOr<std::string> FrameJobs::Columns(const Dataset& data, Rank rank) {
  const std::vector<Job>& jobs = data.info().jobs;
  if (jobs.empty()) return "\t";
  absl::MutexLock lock(&mutex_);
  if (numbers_.empty()) numbers_ = NumbersInTasks(jobs);
  ASSIGN_OR_RETURN(BlockPtr block, BlockOf(data, rank / kBlock));
  const uint64_t offset = rank % kBlock;
  std::string names, states;
  bool has_state = false;
  auto it = std::lower_bound(block->jobs.begin(), block->jobs.end(), offset << 32);
  for (; it != block->jobs.end() && *it >> 32 == offset; ++it) {
    const Job& job = jobs[uint32_t(*it)];
    const std::string state = StateOf(job);
    const char* comma = names.empty() ? "" : ",";
    absl::StrAppend(&names, comma, job.id < 0 ? int64_t{numbers_[uint32_t(*it)]} : job.id);
    absl::StrAppend(&states, comma, state);
    has_state |= !state.empty();
  }
  if (!block->not_shown.empty() && block->not_shown[offset] > 0) {
    absl::StrAppend(&names, ",and ", block->not_shown[offset], " more");
  }
  return absl::StrCat(names, "\t", has_state ? TsvEscape(states) : "");
}

absl::StatusOr<FrameJobs::BlockPtr> FrameJobs::BlockOf(const Dataset& data, uint32_t number) {
  auto known = std::find_if(recent_.begin(), recent_.end(),
                            [number](const BlockPtr& block) { return block->number == number; });
  if (known != recent_.end()) {
    std::rotate(known, known + 1, recent_.end());
    return recent_.back();
  }
  auto block = std::make_shared<Block>();
  block->number = number;
  const Rank begin = number * kBlock;
  std::vector<uint32_t> counts(kBlock);
  ASSIGN_OR_RETURN(std::vector<uint32_t> jobs, JobsThatOccur(data));
  for (uint32_t job : jobs) {
    if (job >= data.info().jobs.size()) continue;
    ASSIGN_OR_RETURN(RankSet ranks, data.With(FrameTerm::OfJob(job)));
    ranks.ForEach(begin, [&](Rank rank) {
      const uint32_t offset = rank - begin;
      if (offset >= kBlock) return false;
      if (counts[offset]++ < kMostShown) block->jobs.push_back(uint64_t{offset} << 32 | job);
      return true;
    });
  }
  std::sort(block->jobs.begin(), block->jobs.end());
  block->jobs.shrink_to_fit();
  if (*std::max_element(counts.begin(), counts.end()) > kMostShown) {
    for (uint32_t& count : counts) count -= std::min(count, kMostShown);
    block->not_shown = std::move(counts);
  }
  if (recent_.size() == kBlocks) recent_.erase(recent_.begin());
  recent_.push_back(std::move(block));
  return recent_.back();
}

}  // namespace annofs
