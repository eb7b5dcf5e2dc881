// What `annofs check` says. Pure.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "formats/quality/findings.h"

namespace annofs {

// Places of each rule that are named; of what is only told (info) fewer.
inline constexpr size_t kPlacesInText = 20, kPlacesOfInfoInText = 3, kPlacesInJson = 1000;

// What all datasets have.
struct CheckTotals {
  uint64_t datasets = 0, frames = 0, annotations = 0;
  uint64_t found[kQualitySeverityCount] = {};  // by severity

  void Add(const QualityReport& report);
};

// "checking street: 12,288 of 1,000,000 frames, 210,000/s, 4 s left".
std::string CheckProgressText(absl::string_view dataset, const QualityProgress& progress,
                              absl::Duration elapsed);

// Lines about one dataset: a headline, then its findings by severity, each with what to do and the
// first places.
std::string CheckText(const QualityReport& report);
std::string TotalsText(const CheckTotals& totals);

// One element of "datasets", and the value of "totals".
std::string CheckJson(const QualityReport& report);
std::string TotalsJson(const CheckTotals& totals);

}  // namespace annofs
