#include "formats/dataset.h"

#include <algorithm>
#include <utility>

#include "cache/base/text.h"

namespace annofs {

RankSet RankSet::Range(Rank begin, Rank end) {
  RankSet set;
  set.begin_ = begin;
  set.end_ = std::max(begin, end);
  return set;
}

RankSet RankSet::Of(std::vector<Rank> sorted) {
  RankSet set;
  set.ranks_ = std::make_shared<const std::vector<Rank>>(std::move(sorted));
  return set;
}

size_t RankSet::LowerBound(Rank rank) const {
  if (ranks_) {
    return size_t(std::lower_bound(ranks_->begin(), ranks_->end(), rank) - ranks_->begin());
  }
  return rank <= begin_ ? 0 : std::min(rank, end_) - begin_;
}

bool RankSet::Contains(Rank rank) const {
  size_t index = LowerBound(rank);
  return index < size() && (*this)[index] == rank;
}

absl::string_view FrameNames::extension() const { return Extension(path); }

absl::string_view FrameNames::sidecar() const {
  absl::string_view name = path;
  if (!shares_stem) name.remove_suffix(extension().size());
  return name;
}

RankSet Intersect(const RankSet& a, const RankSet& b) {
  std::vector<Rank> both;
  for (size_t i = 0, j = 0; i < a.size() && j < b.size();) {
    if (a[i] == b[j]) {
      both.push_back(a[i]);
      ++i;
      ++j;
    } else if (a[i] < b[j]) {
      i = a.LowerBound(b[j]);
    } else {
      j = b.LowerBound(a[i]);
    }
  }
  return RankSet::Of(std::move(both));
}

}  // namespace annofs
