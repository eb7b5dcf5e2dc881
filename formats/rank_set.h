// Sets of frames. Thread safe, as values are.
//
// A rank is a frame's place in byte order of safe paths (architecture, idea 2), so every directory
// is one range of ranks and every posting list is sorted.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace annofs {

using Rank = uint32_t;

// A sorted set of ranks; immutable, cheap to copy. A compressed bitmap (libroaring): at most 2
// bytes per member, and at most an eighth of a byte per rank.
class RankSet {
 public:
  RankSet() = default;
  static RankSet Range(Rank begin, Rank end);
  static RankSet Of(const std::vector<Rank>& sorted);  // REQUIRES: ascending, no duplicates

  size_t size() const { return bits_ ? size_ : end_ - begin_; }
  bool empty() const { return size() == 0; }
  // The members in ascending order, by index. Costs some steps per 65,536 ranks before it: whoever
  // wants many takes ForEach.
  Rank operator[](size_t index) const;
  // Index of the first member >= rank; size() if none.
  size_t LowerBound(Rank rank) const;
  bool Contains(Rank rank) const;
  // The members >= `from` in ascending order until `fn` answers false.
  void ForEach(Rank from, absl::FunctionRef<bool(Rank)> fn) const;

  // As bytes, and back. kInternal on anything else than Encode() makes, as far as it can be told:
  // the bytes are only safe to decode where they are known to be whole (a checksum).
  std::string Encode() const;
  static absl::StatusOr<RankSet> Decode(absl::string_view bytes);

 private:
  friend class RankCollector;
  friend RankSet Intersect(const RankSet& a, const RankSet& b);
  friend RankSet Without(const RankSet& a, const RankSet& b);
  friend RankSet UnionOf(const RankSet& a, const RankSet& b);
  struct Bits;  // of libroaring
  static RankSet Of(std::shared_ptr<const Bits> bits);
  std::shared_ptr<const Bits> AsBits() const;

  Rank begin_ = 0, end_ = 0;  // of a range, where there are no bits
  size_t size_ = 0;           // of bits
  std::shared_ptr<const Bits> bits_;
};

// Members of both, ascending.
RankSet Intersect(const RankSet& a, const RankSet& b);
// Members of `a` that are not in `b`.
RankSet Without(const RankSet& a, const RankSet& b);
// Members of either.
RankSet UnionOf(const RankSet& a, const RankSet& b);

// Makes a set from ranks in any order. Not thread safe.
class RankCollector {
 public:
  RankCollector();
  ~RankCollector();
  RankCollector(RankCollector&&) noexcept;
  RankCollector& operator=(RankCollector&&) noexcept;

  // False: it is the one that was added last.
  bool Add(Rank rank) {
    if (rank == last_ && !is_empty_) return false;  // a frame's shapes come together
    AddOther(rank);
    return true;
  }
  void AddAll(const RankSet& ranks);
  bool empty() const { return is_empty_; }
  size_t bytes() const;  // about, in memory
  RankSet Take();        // empty afterwards

 private:
  void AddOther(Rank rank);

  bool is_empty_ = true;
  Rank last_ = 0;
  std::unique_ptr<RankSet::Bits> bits_;
};

}  // namespace annofs
