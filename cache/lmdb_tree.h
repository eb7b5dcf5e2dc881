// The pages of an LMDB file of one table that a write will touch, looked at before LMDB writes:
// LMDB trusts its pages, and moves memory by what they say. And the room that is left. Reads a map
// of the file, which may end before its map does: under RunGuarded(). Not thread safe; nobody
// writes meanwhile.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"

namespace annofs {

// Whether LMDB may be given a file that begins with these two pages.
bool LmdbMetaIsSound(absl::string_view two_pages, size_t page_size);

class LmdbTree {
 public:
  // `map` is aligned as the pages are.
  LmdbTree(absl::string_view map, size_t page_size) : map_(map), page_size_(page_size) {}

  // To the newest transaction. The numbers below are of it. False: the header, or the list of free
  // pages, is damaged.
  bool Load();
  // Whether the way from the root to where `key` belongs is sound.
  bool PathIsSound(absl::string_view key);

  uint64_t tail_pages() const { return map_.size() / page_size_ - last_page_ - 1; }
  uint64_t free_pages() const { return free_pages_; }  // that the next transaction may use
  uint64_t tree_pages() const { return tree_pages_; }
  uint64_t depth() const { return depth_; }
  uint64_t needed_bytes() const { return (last_page_ + 1) * page_size_; }

 private:
  enum class Table { kFree = 0, kMain = 1 };
  absl::string_view Meta() const;
  // Empty if there is no such page, or it is none of a tree.
  absl::string_view Page(uint64_t number);
  bool NodesAreSound(absl::string_view page) const;
  bool NodeIsSound(absl::string_view page, size_t index, bool leaf) const;
  bool FreeListIsSound(uint64_t number, int depth);
  bool FreeRecordIsSound(absl::string_view node);
  uint64_t ChildFor(absl::string_view page, absl::string_view key) const;

  const absl::string_view map_;
  const size_t page_size_;
  uint64_t last_page_ = 0, transaction_ = 0;
  uint64_t root_ = 0, depth_ = 0, tree_pages_ = 0, free_pages_ = 0;
  absl::flat_hash_set<uint64_t> sound_;  // pages
};

}  // namespace annofs
