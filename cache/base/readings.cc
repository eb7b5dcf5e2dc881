#include "cache/base/readings.h"

#include "absl/strings/numbers.h"
#include "absl/strings/strip.h"
#include "cache/base/gauge.h"

namespace annofs {
namespace {

void AddPart(absl::string_view part, uint64_t value, HistogramNumbers& numbers) {
  size_t bucket = 0;
  if (part == "ns") {
    numbers.nanoseconds = value;
  } else if (absl::SimpleAtoi(part, &bucket) && bucket < numbers.buckets.size()) {
    numbers.buckets[bucket] = value;
  }
}

}  // namespace

uint64_t Readings::Count(absl::string_view name) const {
  const auto found = counts.find(name);
  return found == counts.end() ? 0 : found->second;
}

int64_t Readings::Of(absl::string_view gauge) const {
  const auto found = gauges.find(gauge);
  return found == gauges.end() ? 0 : found->second;
}

Readings ReadAll(const Counters& counters) {
  Readings all;
  for (const auto& [name, value] : counters.Snapshot()) {
    absl::string_view rest = name;
    const size_t slash = name.rfind('/');
    if (absl::ConsumePrefix(&rest, kGaugePrefix)) {
      all.gauges.emplace(rest, static_cast<int64_t>(value));
    } else if (slash != name.npos) {
      AddPart(rest.substr(slash + 1), value, all.histograms[name.substr(0, slash)]);
    } else {
      all.counts.emplace(name, value);
    }
  }
  return all;
}

}  // namespace annofs
