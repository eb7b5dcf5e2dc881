#include "formats/rank_set.h"

#include <roaring/roaring.h>

#include <algorithm>
#include <utility>

#include "cache/base/number_code.h"

namespace annofs {

struct RankSet::Bits {
  explicit Bits(roaring_bitmap_t* bitmap) : roaring(bitmap) {}
  Bits(const Bits&) = delete;
  Bits& operator=(const Bits&) = delete;
  ~Bits() { roaring_bitmap_free(roaring); }
  roaring_bitmap_t* const roaring;
};

namespace {

// How a set is written: a range, a few differences, or libroaring's portable format.
enum Form : char { kRange = 'r', kFew = 'f', kBitmap = 'b' };
constexpr size_t kMostFew = 64;

absl::Status Damaged() {
  return absl::InternalError("a set of frames in the dataset index is damaged");
}

std::string EncodeFew(const RankSet& ranks) {
  std::string bytes(1, kFew);
  Rank next = 0;
  ranks.ForEach(0, [&](Rank rank) {
    AppendNumber(bytes, rank - next);
    next = rank + 1;
    return true;
  });
  return bytes;
}

absl::StatusOr<RankSet> DecodeFew(CodeReader in) {
  std::vector<Rank> ranks;
  uint64_t next = 0;
  while (!in.empty() && in.ok()) {
    const uint64_t rank = next + in.Number();
    if (rank < next || rank > UINT32_MAX) return Damaged();
    ranks.push_back(Rank(rank));
    next = rank + 1;
  }
  if (!in.ok()) return Damaged();
  return RankSet::Of(ranks);
}

absl::StatusOr<RankSet> DecodeRange(CodeReader in) {
  const uint64_t begin = in.Number(), size = in.Number();
  if (!in.ok() || !in.empty() || begin > UINT32_MAX || size > UINT32_MAX - begin) return Damaged();
  return RankSet::Range(Rank(begin), Rank(begin + size));
}

}  // namespace

RankSet RankSet::Range(Rank begin, Rank end) {
  RankSet set;
  set.begin_ = begin;
  set.end_ = std::max(begin, end);
  return set;
}

RankSet RankSet::Of(const std::vector<Rank>& sorted) {
  return Of(std::make_shared<const Bits>(roaring_bitmap_of_ptr(sorted.size(), sorted.data())));
}

RankSet RankSet::Of(std::shared_ptr<const Bits> bits) {
  RankSet set;
  set.size_ = roaring_bitmap_get_cardinality(bits->roaring);
  if (set.size_ == 0) return set;
  const Rank least = roaring_bitmap_minimum(bits->roaring);
  const Rank greatest = roaring_bitmap_maximum(bits->roaring);
  if (greatest - least == set.size_ - 1 && greatest != UINT32_MAX)
    return Range(least, greatest + 1);
  set.bits_ = std::move(bits);
  return set;
}

std::shared_ptr<const RankSet::Bits> RankSet::AsBits() const {
  if (bits_) return bits_;
  // An empty range is refused.
  return std::make_shared<const Bits>(begin_ == end_ ? roaring_bitmap_create()
                                                     : roaring_bitmap_from_range(begin_, end_, 1));
}

Rank RankSet::operator[](size_t index) const {
  if (!bits_) return begin_ + Rank(index);
  Rank rank = 0;
  roaring_bitmap_select(bits_->roaring, Rank(index), &rank);
  return rank;
}

size_t RankSet::LowerBound(Rank rank) const {
  if (bits_) return rank == 0 ? 0 : roaring_bitmap_rank(bits_->roaring, rank - 1);
  return rank <= begin_ ? 0 : std::min(rank, end_) - begin_;
}

bool RankSet::Contains(Rank rank) const {
  if (bits_) return roaring_bitmap_contains(bits_->roaring, rank);
  return begin_ <= rank && rank < end_;
}

void RankSet::ForEach(Rank from, absl::FunctionRef<bool(Rank)> fn) const {
  if (!bits_) {
    for (Rank rank = std::max(from, begin_); rank < end_; ++rank) {
      if (!fn(rank)) return;
    }
    return;
  }
  roaring_uint32_iterator_t it;
  roaring_init_iterator(bits_->roaring, &it);
  if (!roaring_move_uint32_iterator_equalorlarger(&it, from)) return;
  while (it.has_value && fn(it.current_value)) roaring_advance_uint32_iterator(&it);
}

std::string RankSet::Encode() const {
  if (!bits_) {
    std::string bytes(1, kRange);
    AppendNumber(bytes, begin_);
    AppendNumber(bytes, size());
    return bytes;
  }
  if (size() <= kMostFew) return EncodeFew(*this);
  const size_t size = roaring_bitmap_portable_size_in_bytes(bits_->roaring);
  std::string bytes(1 + size, kBitmap);
  roaring_bitmap_portable_serialize(bits_->roaring, bytes.data() + 1);
  return bytes;
}

absl::StatusOr<RankSet> RankSet::Decode(absl::string_view bytes) {
  if (bytes.empty()) return Damaged();
  const char form = bytes[0];
  bytes.remove_prefix(1);
  if (form == kRange) return DecodeRange(CodeReader(bytes));
  if (form == kFew) return DecodeFew(CodeReader(bytes));
  const bool is_whole = form == kBitmap && roaring_bitmap_portable_deserialize_size(
                                               bytes.data(), bytes.size()) == bytes.size();
  roaring_bitmap_t* bitmap =
      is_whole ? roaring_bitmap_portable_deserialize_safe(bytes.data(), bytes.size()) : nullptr;
  if (bitmap == nullptr) return Damaged();
  return Of(std::make_shared<const Bits>(bitmap));
}

RankSet Intersect(const RankSet& a, const RankSet& b) {
  if (!a.bits_ && !b.bits_) {
    return RankSet::Range(std::max(a.begin_, b.begin_), std::min(a.end_, b.end_));
  }
  return RankSet::Of(std::make_shared<const RankSet::Bits>(
      roaring_bitmap_and(a.AsBits()->roaring, b.AsBits()->roaring)));
}

RankSet Without(const RankSet& a, const RankSet& b) {
  if (a.empty() || b.empty()) return a;
  return RankSet::Of(std::make_shared<const RankSet::Bits>(
      roaring_bitmap_andnot(a.AsBits()->roaring, b.AsBits()->roaring)));
}

RankSet UnionOf(const RankSet& a, const RankSet& b) {
  if (a.empty()) return b;
  if (b.empty()) return a;
  return RankSet::Of(std::make_shared<const RankSet::Bits>(
      roaring_bitmap_or(a.AsBits()->roaring, b.AsBits()->roaring)));
}

RankCollector::RankCollector() = default;
RankCollector::~RankCollector() = default;
RankCollector::RankCollector(RankCollector&&) noexcept = default;
RankCollector& RankCollector::operator=(RankCollector&&) noexcept = default;

void RankCollector::AddOther(Rank rank) {
  if (!bits_) bits_ = std::make_unique<RankSet::Bits>(roaring_bitmap_create());
  roaring_bitmap_add(bits_->roaring, rank);
  last_ = rank;
  is_empty_ = false;
}

void RankCollector::AddAll(const RankSet& ranks) {
  if (ranks.empty()) return;
  if (!bits_) bits_ = std::make_unique<RankSet::Bits>(roaring_bitmap_create());
  roaring_bitmap_or_inplace(bits_->roaring, ranks.AsBits()->roaring);
  last_ = ranks[0];
  is_empty_ = false;
}

size_t RankCollector::bytes() const {
  return bits_ ? roaring_bitmap_portable_size_in_bytes(bits_->roaring) : 0;
}

RankSet RankCollector::Take() {
  std::unique_ptr<RankSet::Bits> bits = std::move(bits_);
  is_empty_ = true;
  if (!bits) return RankSet();
  roaring_bitmap_run_optimize(bits->roaring);
  roaring_bitmap_shrink_to_fit(bits->roaring);
  return RankSet::Of(std::shared_ptr<const RankSet::Bits>(std::move(bits)));
}

}  // namespace annofs
