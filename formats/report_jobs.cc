#include "formats/report_jobs.h"

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

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
  ASSIGN_OR_RETURN(const RankTerms::Found found, terms_.Of(data, rank, jobs.size()));
  absl::MutexLock lock(&mutex_);
  if (numbers_.empty()) numbers_ = NumbersInTasks(jobs);
  std::string names, states;
  bool has_state = false;
  for (uint32_t number : found.numbers) {
    const Job& job = jobs[number];
    const std::string state = StateOf(job);
    const char* comma = names.empty() ? "" : ",";
    absl::StrAppend(&names, comma, job.id < 0 ? int64_t{numbers_[number]} : job.id);
    absl::StrAppend(&states, comma, state);
    has_state |= !state.empty();
  }
  if (found.not_told > 0) absl::StrAppend(&names, ",and ", found.not_told, " more");
  return absl::StrCat(names, "\t", has_state ? TsvEscape(states) : "");
}

}  // namespace annofs
