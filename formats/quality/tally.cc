#include "formats/quality/tally.h"

#include <algorithm>
#include <string>

namespace annofs {

Tally::Tally(const QualityRule& rule, size_t places)
    : most_places_(places),
      finding_{.rule = std::string(rule.id),
               .severity = rule.severity,
               .what = std::string(rule.what),
               .remedy = std::string(rule.remedy)} {}

std::vector<QualityFinding> Tallies::Take() {
  std::vector<QualityFinding> found;
  for (Tally& tally : tallies_) {
    QualityFinding finding = tally.Take();
    if (finding.count > 0) found.push_back(std::move(finding));
  }
  tallies_.clear();
  std::stable_sort(
      found.begin(), found.end(),
      [](const QualityFinding& a, const QualityFinding& b) { return a.severity > b.severity; });
  return found;
}

}  // namespace annofs
