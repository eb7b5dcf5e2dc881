#include "formats/rank_terms.h"

#include <algorithm>
#include <utility>

#include "cache/base/status.h"

namespace annofs {
namespace {

constexpr uint32_t kBlock = 1 << 16;
constexpr size_t kBlocks = 4;

}  // namespace

absl::StatusOr<RankTerms::Found> RankTerms::Of(const Dataset& data, Rank rank, size_t end) {
  absl::MutexLock lock(&mutex_);
  ASSIGN_OR_RETURN(const BlockPtr block, BlockOf(data, rank / kBlock, end));
  const uint64_t offset = rank % kBlock;
  Found found;
  auto it = std::lower_bound(block->terms.begin(), block->terms.end(), offset << 32);
  for (; it != block->terms.end() && *it >> 32 == offset; ++it) {
    found.numbers.push_back(uint32_t(*it));
  }
  if (!block->not_told.empty()) found.not_told = block->not_told[offset];
  return found;
}

absl::StatusOr<std::vector<uint32_t>> RankTerms::NumbersThatOccur(const Dataset& data,
                                                                  size_t end) const {
  std::vector<uint32_t> numbers;
  RETURN_IF_ERROR(data.Terms(FrameTerm::FirstOf(kind_), [&numbers, end](const FrameTerm& term) {
    if (term.number < end) numbers.push_back(term.number);
    return true;
  }));
  return numbers;
}

absl::StatusOr<RankTerms::BlockPtr> RankTerms::BlockOf(const Dataset& data, uint32_t number,
                                                       size_t end) {
  auto known = std::find_if(recent_.begin(), recent_.end(),
                            [number](const BlockPtr& block) { return block->number == number; });
  if (known != recent_.end()) {
    std::rotate(known, known + 1, recent_.end());
    return recent_.back();
  }
  auto block = std::make_shared<Block>();
  block->number = number;
  const Rank begin = number * kBlock;
  std::vector<uint32_t> counts(kBlock);
  ASSIGN_OR_RETURN(const std::vector<uint32_t> numbers, NumbersThatOccur(data, end));
  for (uint32_t term : numbers) {
    ASSIGN_OR_RETURN(const RankSet ranks, data.With({.kind = kind_, .number = term}));
    ranks.ForEach(begin, [&](Rank rank) {
      const uint32_t offset = rank - begin;
      if (offset >= kBlock) return false;
      if (counts[offset]++ < most_) block->terms.push_back(uint64_t{offset} << 32 | term);
      return true;
    });
  }
  std::sort(block->terms.begin(), block->terms.end());
  block->terms.shrink_to_fit();
  if (*std::max_element(counts.begin(), counts.end()) > most_) {
    for (uint32_t& count : counts) count -= std::min(count, most_);
    block->not_told = std::move(counts);
  }
  if (recent_.size() == kBlocks) recent_.erase(recent_.begin());
  recent_.push_back(std::move(block));
  return recent_.back();
}

}  // namespace annofs
