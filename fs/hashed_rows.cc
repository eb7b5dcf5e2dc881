#include "fs/hashed_rows.h"

#include <algorithm>
#include <limits>
#include <tuple>

namespace annofs {

static_assert(sizeof(HashedRows::Entry) == 12);

bool HashedRows::Add(uint64_t hash, RowId row) {
  if (entries_.size() >= kMostRows || row > std::numeric_limits<uint32_t>::max()) return false;
  // Not twice as much: near the bound both the old and the new array are there for a moment.
  if (entries_.size() == entries_.capacity()) {
    entries_.reserve(std::min(kMostRows, entries_.size() + entries_.size() / 4 + 1024));
  }
  entries_.push_back({uint32_t(hash >> 32), uint32_t(hash), uint32_t(row)});
  return true;
}

void HashedRows::Sort() {
  std::sort(entries_.begin(), entries_.end(), [](const Entry& a, const Entry& b) {
    return std::tuple(a.hash(), a.row) < std::tuple(b.hash(), b.row);
  });
}

absl::Span<const HashedRows::Entry> HashedRows::Find(uint64_t hash) const {
  auto begin = std::lower_bound(entries_.begin(), entries_.end(), hash,
                                [](const Entry& entry, uint64_t h) { return entry.hash() < h; });
  auto end = begin;
  while (end != entries_.end() && end->hash() == hash) ++end;
  return {entries_.data() + (begin - entries_.begin()), size_t(end - begin)};
}

}  // namespace annofs
