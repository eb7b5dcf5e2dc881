// What reading the sources has found: the lines of reports/problems.tsv, but for those about frames
// without an image, which missing-media tells of.
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cache/base/status.h"
#include "formats/missing_image.h"
#include "formats/problem_tally.h"
#include "formats/quality/rules.h"

namespace annofs {
namespace {

constexpr QualityRule kError = {"source-error", QualitySeverity::kError,
                                "errors in the sources: something of them is not shown",
                                "correct the source, or export it again"};
constexpr QualityRule kWarning = {"source-warning", QualitySeverity::kWarning,
                                  "doubts about the sources",
                                  "look at reports/problems.tsv, which has them all"};

class Sources : public Rule {
 public:
  explicit Sources(const RuleGround& ground)
      : data_(ground.data),
        errors_(ground.tallies.Of(kError)),
        warnings_(ground.tallies.Of(kWarning)) {}

  absl::Status Finish() override {
    ASSIGN_OR_RETURN(const std::vector<Problem> problems, data_.Problems());
    for (const Problem& problem : problems) {
      if (absl::StartsWith(problem.reason, kNoImageOfThatName)) continue;
      Tally& tally = problem.severity == Problem::Severity::kError ? errors_ : warnings_;
      tally.Add(CountOf(problem), [&] {
        return QualityPlace{
            .frame = problem.frame,
            .object = absl::StrCat(problem.source,
                                   problem.source.empty() || problem.position.empty() ? "" : ", ",
                                   problem.position),
            .detail = problem.reason};
      });
    }
    return absl::OkStatus();
  }

 private:
  const Dataset& data_;
  Tally &errors_, &warnings_;
};

}  // namespace

RuleGroup SourceRules() { return {{kError, kWarning}, MakeRule<Sources>}; }

}  // namespace annofs
