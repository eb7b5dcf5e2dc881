// What the rules of one check find: all is counted, the first places of each rule are kept. Not
// thread safe.
#pragma once

#include <cstdint>
#include <deque>
#include <utility>
#include <vector>

#include "formats/quality/findings.h"

namespace annofs {

// Of one rule; made by Tallies, which outlives it.
class Tally {
 public:
  Tally(const QualityRule& rule, size_t places);

  // `place`: makes a QualityPlace; called only where there is room for it.
  template <typename MakePlace>
  void Add(MakePlace place) {
    Add(1, std::move(place));
  }
  // The same for what one place stands for several times.
  template <typename MakePlace>
  void Add(uint64_t count, MakePlace place) {
    finding_.count += count;
    if (finding_.places.size() < most_places_) finding_.places.push_back(place());
  }
  // As if nothing had been found.
  void Forget() {
    finding_.count = 0;
    finding_.places.clear();
  }
  QualityFinding Take() { return std::move(finding_); }

 private:
  size_t most_places_;
  QualityFinding finding_;
};

class Tallies {
 public:
  explicit Tallies(size_t places) : most_places_(places) {}

  // A reference stays valid.
  Tally& Of(const QualityRule& rule) { return tallies_.emplace_back(rule, most_places_); }
  // Those that have found something: errors first, else in the order in which they were made.
  std::vector<QualityFinding> Take();

 private:
  size_t most_places_;
  std::deque<Tally> tallies_;
};

}  // namespace annofs
