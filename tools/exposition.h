// Writes Prometheus's text exposition format 0.0.4: families of samples. Not thread safe.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "cache/base/histogram.h"

namespace annofs {

class Exposition {
 public:
  enum class Type { kCounter, kGauge, kHistogram };
  using Labels = std::vector<std::pair<absl::string_view, absl::string_view>>;

  // What follows are its samples; a family without any is not written.
  void Family(absl::string_view name, Type type, absl::string_view help);
  void Value(const Labels& labels, uint64_t value);
  void Value(const Labels& labels, double value);
  // Buckets in seconds, their sum and count. REQUIRES: the family is of histograms.
  void Times(const Labels& labels, const HistogramNumbers& times);

  std::string Take() { return std::move(text_); }

 private:
  void Sample(absl::string_view suffix, const Labels& labels, absl::string_view value);

  std::string text_;
  std::string name_;    // of the family
  std::string header_;  // of the family, until it has a sample
};

}  // namespace annofs
