#include "formats/split_shares.h"

#include <algorithm>
#include <cmath>
#include <cstdint>

#include "absl/strings/str_cat.h"
#include "cache/base/digest.h"
#include "cache/base/text.h"

namespace annofs {
namespace {

// One in five is val where nothing else is said. Hashes are laid out by what is left of them by
// five, so that this is exact.
constexpr uint64_t kUsualParts = 5;

// From 0 to less than kUsualParts.
double PlaceOf(uint64_t hash) {
  const double inside = double(hash / kUsualParts) / double(UINT64_MAX / kUsualParts);
  return double(hash % kUsualParts) + std::min(inside, std::nextafter(1.0, 0.0));
}

uint64_t SeededHash(absl::string_view name, uint64_t seed) {
  return seed == 0 ? Hash64(name) : Hash64(absl::StrCat(seed, "/", name));
}

// So many of `count`. A sum of shares may be a hair less than it was meant to be.
size_t ShareOf(size_t count, double share) {
  if (!(share > 0)) return 0;
  return std::min(count, size_t(double(count) * std::min(share, 1.0) + 1e-9));
}

}  // namespace

absl::string_view PartByHash(absl::string_view name, const SplitOptions& options) {
  const double place = PlaceOf(SeededHash(name, options.seed));
  if (place < options.val * kUsualParts) return "val";
  const bool is_test = options.test > 0 && place >= kUsualParts - options.test * kUsualParts;
  return is_test ? "test" : "train";
}

TimeCuts CutInTime(size_t count, const SplitOptions& options) {
  const size_t test = ShareOf(count, options.test);
  const size_t held_out = ShareOf(count, options.val + options.test);
  TimeCuts cuts{.val = count - std::max(test, held_out), .test = count - test};
  if (count > 1 && cuts.val == cuts.test && cuts.val > 0) --cuts.val;
  return cuts;
}

bool HasUsualShares(const SplitOptions& options) {
  const SplitOptions usual;
  return options.train == usual.train && options.val == usual.val && options.test == usual.test;
}

std::string DescribeShares(const SplitOptions& options) {
  std::string text =
      absl::StrCat("train ", ShortFloat(options.train), ", val ", ShortFloat(options.val));
  if (options.test > 0) absl::StrAppend(&text, ", test ", ShortFloat(options.test));
  return text;
}

}  // namespace annofs
