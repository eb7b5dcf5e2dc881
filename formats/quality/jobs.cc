// Jobs that say something about what their frames' annotations are worth (reference/cvat.md §1.1,
// §1.6). CVAT's server compares ground truth itself; here it is only named.
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/quality/rules.h"

namespace annofs {
namespace {

constexpr QualityRule kNotCompleted = {
    "job-not-completed", QualitySeverity::kInfo, "jobs that are not completed",
    "wait for them, or show completed ones alone (job_state of annofs.json)"};
constexpr QualityRule kGroundTruth = {"ground-truth-job", QualitySeverity::kInfo,
                                      "jobs of ground truth (or honeypots)",
                                      "CVAT's quality report compares the others with them"};
constexpr QualityRule kReplica = {"replica-job", QualitySeverity::kInfo,
                                  "jobs that are replicas, for a consensus", "merge them in CVAT"};

std::string Describe(const Job& job, size_t frames) {
  std::string text;
  for (const std::string& part : {job.stage, job.state, job.assignee}) {
    if (!part.empty()) absl::StrAppend(&text, part, ", ");
  }
  return absl::StrCat(text, frames, frames == 1 ? " frame" : " frames");
}

class Jobs : public Rule {
 public:
  explicit Jobs(const RuleGround& ground)
      : data_(ground.data),
        not_completed_(ground.tallies.Of(kNotCompleted)),
        ground_truth_(ground.tallies.Of(kGroundTruth)),
        replica_(ground.tallies.Of(kReplica)) {}

  absl::Status Finish() override {
    const std::vector<Job>& jobs = data_.info().jobs;
    for (uint32_t number = 0; number < jobs.size(); ++number) {
      Tally* tally = TallyOf(jobs[number]);
      if (tally == nullptr) continue;
      ASSIGN_OR_RETURN(const RankSet frames, data_.With(FrameTerm::OfJob(number)));
      tally->Add([&] { return Place(number, frames.size()); });
    }
    return absl::OkStatus();
  }

 private:
  Tally* TallyOf(const Job& job) const {
    switch (job.kind) {
      case Job::Kind::kGroundTruth:
        return &ground_truth_;
      case Job::Kind::kReplica:
        return &replica_;
      case Job::Kind::kAnnotation:
        break;
    }
    return job.state.empty() || job.state == "completed" ? nullptr : &not_completed_;
  }

  QualityPlace Place(uint32_t number, size_t frames) const {
    const DatasetInfo& info = data_.info();
    const Job& job = info.jobs[number];
    std::string object = absl::StrCat("job ", job.id >= 0 ? job.id : int64_t{number});
    if (job.task < info.tasks.size() && !info.tasks[job.task].name.empty()) {
      absl::StrAppend(&object, " of task ", Quoted(info.tasks[job.task].name));
    }
    return {.object = std::move(object), .detail = Describe(job, frames)};
  }

  const Dataset& data_;
  Tally &not_completed_, &ground_truth_, &replica_;
};

}  // namespace

RuleGroup JobRules() { return {{kNotCompleted, kGroundTruth, kReplica}, MakeRule<Jobs>}; }

}  // namespace annofs
