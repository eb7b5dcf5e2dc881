// A number that goes up and down, as one of the counters of a set: so it goes wherever counters go.
// Its name in the set begins with "gauge."; what it holds is modulo 2^64. A value; thread safe but
// where said. The counters outlive it.
#pragma once

#include <cstdint>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "cache/base/counters.h"

namespace annofs {

inline constexpr absl::string_view kGaugePrefix = "gauge.";

class Gauge {
 public:
  Gauge() = default;  // shows nothing to anybody
  Gauge(Counters& counters, absl::string_view name)
      : counter_(&counters.Get(absl::StrCat(kGaugePrefix, name))) {}

  void Add(int64_t amount) const {
    if (counter_ != nullptr) counter_->Add(static_cast<uint64_t>(amount));
  }
  // One at a time, and with no Add() beside it.
  void Set(int64_t value) const {
    if (counter_ != nullptr) Add(value - static_cast<int64_t>(counter_->value()));
  }

 private:
  Counter* counter_ = nullptr;
};

// One more for the life of this object, or so many.
class InGauge {
 public:
  explicit InGauge(const Gauge& gauge, int64_t amount = 1) : gauge_(gauge), amount_(amount) {
    gauge_.Add(amount_);
  }
  ~InGauge() { gauge_.Add(-amount_); }
  InGauge(const InGauge&) = delete;
  InGauge& operator=(const InGauge&) = delete;

 private:
  const Gauge gauge_;
  const int64_t amount_;
};

}  // namespace annofs
