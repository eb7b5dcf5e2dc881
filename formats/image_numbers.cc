#include "formats/image_numbers.h"

#include <algorithm>
#include <tuple>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "cache/base/digest.h"
#include "cache/base/status.h"
#include "cache/base/text.h"
#include "formats/frame_names.h"

namespace annofs {
namespace {

// A frame whose name may be another's, too.
struct Candidate {
  uint64_t id_hash;
  uint32_t nth;  // of its subset's frames of that id
  uint32_t subset;
  uint32_t position;
  Rank rank;
};

bool IsOfId(const Candidate& a, const Candidate& b) {
  return a.id_hash == b.id_hash && a.nth == b.nth;
}

// Another frame has its name, or its name but for the extension.
bool MayRepeat(const FrameNames& names) {
  return names.shares_stem || NameOfEqual(names.path).has_value();
}

absl::Status AddCandidates(const Dataset& data, uint32_t subset, const RankSet& frames,
                           std::vector<Candidate>& candidates) {
  const size_t first = candidates.size();
  RankCollector collected;
  absl::Status status;
  frames.ForEach(0, [&](Rank rank) {
    const auto add = [&]() -> absl::Status {
      ASSIGN_OR_RETURN(const FrameNames names, data.Names(rank));
      if (!MayRepeat(names)) return absl::OkStatus();
      ASSIGN_OR_RETURN(const Frame frame, data.GetFrame(rank));
      candidates.push_back({.id_hash = Hash64(WithoutExtension(frame.name)),
                            .nth = 0,
                            .subset = subset,
                            .position = 0,
                            .rank = rank});
      collected.Add(rank);
      return absl::OkStatus();
    };
    status = add();
    return status.ok();
  });
  RETURN_IF_ERROR(status);
  std::vector<uint32_t> positions;
  RETURN_IF_ERROR(data.PositionsOf(collected.Take(), positions));
  for (size_t i = 0; i < positions.size(); ++i) candidates[first + i].position = positions[i];
  return absl::OkStatus();
}

// Those of one id together, those of earlier subsets first.
void SortByNth(std::vector<Candidate>& candidates) {
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.id_hash, a.subset, a.position) < std::tie(b.id_hash, b.subset, b.position);
  });
  for (size_t i = 1; i < candidates.size(); ++i) {
    const Candidate& last = candidates[i - 1];
    Candidate& next = candidates[i];
    if (next.id_hash == last.id_hash && next.subset == last.subset) next.nth = last.nth + 1;
  }
  std::sort(candidates.begin(), candidates.end(), [](const Candidate& a, const Candidate& b) {
    return std::tie(a.id_hash, a.nth, a.subset) < std::tie(b.id_hash, b.nth, b.subset);
  });
}

// A frame that has the number of another, which is in an earlier subset at that position.
struct Repeat {
  Rank rank;
  uint32_t subset, position;
  uint32_t number;
};

std::vector<Repeat> RepeatsAmong(const std::vector<Candidate>& candidates) {
  std::vector<Repeat> repeats;
  size_t first = 0;
  for (size_t i = 1; i < candidates.size(); ++i) {
    if (!IsOfId(candidates[first], candidates[i])) {
      first = i;
      continue;
    }
    const Candidate& same = candidates[first];
    repeats.push_back({candidates[i].rank, same.subset, same.position, 0});
  }
  return repeats;
}

// The images before a position among those that have numbers of their own.
absl::Status CountBefore(const Dataset& data, const RankSet& own, uint64_t before,
                         absl::Span<Repeat> repeats) {
  if (repeats.empty()) return absl::OkStatus();
  std::vector<uint32_t> positions;
  RETURN_IF_ERROR(data.PositionsOf(own, positions));
  std::sort(positions.begin(), positions.end());
  for (Repeat& repeat : repeats) {
    const auto same = std::lower_bound(positions.begin(), positions.end(), repeat.position);
    repeat.number = uint32_t(before + uint64_t(same - positions.begin()) + 1);
  }
  return absl::OkStatus();
}

RankSet RanksOf(const std::vector<Repeat>& repeats) {
  RankCollector ranks;
  for (const Repeat& repeat : repeats) ranks.Add(repeat.rank);
  return ranks.Take();
}

}  // namespace

ImageNumbers::ImageNumbers(std::vector<RankSet> subsets) : subsets_(std::move(subsets)) {}

absl::StatusOr<uint64_t> ImageNumbers::Next(const Dataset& data, uint32_t subset, Rank rank,
                                            uint64_t& own) {
  absl::MutexLock lock(&mutex_);
  if (!is_made_) RETURN_IF_ERROR(Make(data));
  if (!repeated_.Contains(rank)) return before_[subset] + ++own;
  return numbers_[repeated_.LowerBound(rank)];
}

absl::Status ImageNumbers::Make(const Dataset& data) {
  std::vector<Candidate> candidates;
  for (uint32_t subset = 0; subsets_.size() > 1 && subset < subsets_.size(); ++subset) {
    RETURN_IF_ERROR(AddCandidates(data, subset, subsets_[subset], candidates));
  }
  SortByNth(candidates);
  std::vector<Repeat> repeats = RepeatsAmong(candidates);
  candidates = {};
  std::sort(repeats.begin(), repeats.end(),
            [](const Repeat& a, const Repeat& b) { return a.subset < b.subset; });
  repeated_ = RanksOf(repeats);
  before_.clear();
  uint64_t before = 0;
  size_t begin = 0;
  for (uint32_t subset = 0; subset < subsets_.size(); ++subset) {
    size_t end = begin;
    while (end < repeats.size() && repeats[end].subset == subset) ++end;
    const RankSet own = Without(subsets_[subset], repeated_);
    RETURN_IF_ERROR(
        CountBefore(data, own, before, absl::MakeSpan(repeats).subspan(begin, end - begin)));
    before_.push_back(before);
    before += own.size();
    begin = end;
  }
  std::sort(repeats.begin(), repeats.end(),
            [](const Repeat& a, const Repeat& b) { return a.rank < b.rank; });
  numbers_.clear();
  for (const Repeat& repeat : repeats) numbers_.push_back(repeat.number);
  is_made_ = true;
  return absl::OkStatus();
}

}  // namespace annofs
