#include "formats/quality/bin_counts.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace annofs {
namespace {

constexpr double kSides[] = {1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384};
constexpr double kShares[] = {0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01,
                              0.02,   0.05,   0.1,    0.2,   0.5,   1};
constexpr double kAspects[] = {1. / 8, 1. / 5, 1. / 3, 1. / 2, 2. / 3, 4. / 5,
                               5. / 4, 3. / 2, 2,      3,      5,      8};

}  // namespace

void BinCounts::Add(double value) {
  if (std::isnan(value)) return;
  ++counts_[size_t(std::upper_bound(edges_.begin(), edges_.end(), value) - edges_.begin())];
}

void BinCounts::AddAll(const BinCounts& other) {
  for (size_t i = 0; i < counts_.size(); ++i) counts_[i] += other.counts_[i];
}

uint64_t BinCounts::total() const {
  return std::accumulate(counts_.begin(), counts_.end(), uint64_t{0});
}

absl::Span<const double> SideEdges() { return kSides; }

absl::Span<const double> AreaEdges() {
  static const auto& edges = *new std::vector<double>([] {
    std::vector<double> squares;
    for (double side : kSides) squares.push_back(side * side);
    return squares;
  }());
  return edges;
}

absl::Span<const double> ShareEdges() { return kShares; }
absl::Span<const double> AspectEdges() { return kAspects; }

}  // namespace annofs
