// All of a set of counters at one moment, by what they are: counts, gauges (gauge.h), histograms
// (histogram.h). Pure.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "absl/strings/string_view.h"
#include "cache/base/counters.h"
#include "cache/base/histogram.h"

namespace annofs {

// By name; gauges without their prefix. Counters are read one after the other: a histogram that is
// added to meanwhile may have a sum that is one ahead of its buckets.
struct Readings {
  std::map<std::string, uint64_t, std::less<>> counts;
  std::map<std::string, int64_t, std::less<>> gauges;
  std::map<std::string, HistogramNumbers, std::less<>> histograms;

  // 0 where there is none of that name.
  uint64_t Count(absl::string_view name) const;
  int64_t Of(absl::string_view gauge) const;
};

Readings ReadAll(const Counters& counters);

}  // namespace annofs
