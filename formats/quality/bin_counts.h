// Counts in bins between fixed edges. Plain values; pure.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"

namespace annofs {

// One bin more than there are edges: the first holds what is below the first edge, each other one
// what is at its edge or above, up to the next.
class BinCounts {
 public:
  // `edges`: ascending; outlive the histogram.
  explicit BinCounts(absl::Span<const double> edges) : edges_(edges), counts_(edges.size() + 1) {}

  // A value that is no number is not counted.
  void Add(double value);
  // REQUIRES: the same edges.
  void AddAll(const BinCounts& other);

  absl::Span<const double> edges() const { return edges_; }
  const std::vector<uint64_t>& counts() const { return counts_; }
  uint64_t total() const;

 private:
  absl::Span<const double> edges_;
  std::vector<uint64_t> counts_;
};

// Edges, each about twice the one before.
absl::Span<const double> SideEdges();    // pixels: 1, 2, 4, … 16384
absl::Span<const double> AreaEdges();    // square pixels: their squares
absl::Span<const double> ShareEdges();   // of a whole: 0.0001, 0.0002, 0.0005, 0.001, … 1
absl::Span<const double> AspectEdges();  // width / height: 1/8 … 8, the middle bin is a square

}  // namespace annofs
