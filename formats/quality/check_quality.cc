// CheckQuality(): the passes over the frames.
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "cache/base/status.h"
#include "formats/quality/findings.h"
#include "formats/quality/rules.h"
#include "formats/quality/tally.h"

namespace annofs {
namespace {

constexpr uint64_t kFramesOfReport = 1024;

using Progress = absl::FunctionRef<absl::Status(const QualityProgress&)>;

class Check {
 public:
  Check(const Dataset& data, const QualityOptions& options, Progress progress)
      : data_(data), progress_(progress), tallies_(options.places) {
    for (const RuleGroup& group : RuleGroups()) {
      rules_.push_back(group.make({data, options, tallies_}));
    }
    told_.all = data.frame_count();
  }

  absl::StatusOr<QualityReport> Run() {
    std::vector<Rule*> all;
    for (const auto& rule : rules_) all.push_back(rule.get());
    RETURN_IF_ERROR(Pass(all, &Rule::Look));
    std::vector<Rule*> again;
    for (Rule* rule : all) {
      if (rule->WantsSecondLook()) again.push_back(rule);
    }
    if (!again.empty()) {
      told_.all *= 2;
      RETURN_IF_ERROR(Pass(again, &Rule::LookAgain));
    }
    for (Rule* rule : all) RETURN_IF_ERROR(rule->Finish());
    QualityReport report{.dataset = data_.info().name, .frames = data_.frame_count()};
    for (uint64_t count : data_.info().shape_counts) report.annotations += count;
    report.findings = tallies_.Take();
    return report;
  }

 private:
  using LookFn = absl::Status (Rule::*)(const SeenFrame&);

  absl::Status Pass(const std::vector<Rule*>& rules, LookFn look) {
    absl::Status status;
    RETURN_IF_ERROR(data_.ForEachInOrder(0, [&](uint32_t position, Rank rank) {
      status = LookAt(rules, look, position, rank);
      return status.ok();
    }));
    return status;
  }

  absl::Status LookAt(const std::vector<Rule*>& rules, LookFn look, uint32_t position, Rank rank) {
    ASSIGN_OR_RETURN(frame_, data_.GetFrame(rank));
    ASSIGN_OR_RETURN(shapes_, data_.Shapes(rank));
    seen_ ? seen_->Become(position, rank)
          : void(seen_.emplace(data_, position, rank, frame_, shapes_));
    for (Rule* rule : rules) {
      RETURN_IF_ERROR((rule->*look)(*seen_));
      RETURN_IF_ERROR(seen_->status());
    }
    if (++told_.done % kFramesOfReport != 0) return absl::OkStatus();
    return progress_(told_);
  }

  const Dataset& data_;
  const Progress progress_;
  Tallies tallies_;
  std::vector<std::unique_ptr<Rule>> rules_;  // in the order of the table
  QualityProgress told_;
  Frame frame_;
  FrameShapes shapes_;
  std::optional<SeenFrame> seen_;
};

}  // namespace

absl::StatusOr<QualityReport> CheckQuality(const Dataset& data, const QualityOptions& options,
                                           Progress progress) {
  return Check(data, options, progress).Run();
}

}  // namespace annofs
