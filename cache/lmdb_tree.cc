#include "cache/lmdb_tree.h"

#include "cache/lmdb_layout.h"

namespace annofs {
namespace {

using namespace lmdb_layout;

constexpr uint16_t kIntegerKeys = 0x08;
constexpr uint16_t kKindsOfKeys = 0x7f;
constexpr uint16_t kDirtyPage = 0x10;  // left on pages as they were written
constexpr uint64_t kFirstPage = 2;     // behind the two of the header

size_t Nodes(absl::string_view page) {
  return (NumberAt<uint16_t>(page, kLowerAt) - kPageHeader) / 2;
}
bool IsLeaf(absl::string_view page) {
  return (NumberAt<uint16_t>(page, kFlagsAt) & kLeafPage) != 0;
}
absl::string_view Node(absl::string_view page, size_t index) {
  return page.substr(NumberAt<uint16_t>(page, kPageHeader + 2 * index));
}
absl::string_view KeyOf(absl::string_view node) {
  return node.substr(kNodeHeader, NumberAt<uint16_t>(node, 6));
}
uint16_t FlagsOf(absl::string_view node) { return NumberAt<uint16_t>(node, 4); }
size_t SizeOf(absl::string_view node) {
  return NumberAt<uint16_t>(node, 0) | size_t{NumberAt<uint16_t>(node, 2)} << 16;
}
uint64_t ChildOf(absl::string_view node) { return SizeOf(node) | uint64_t{FlagsOf(node)} << 32; }

absl::string_view DbOf(absl::string_view meta, int table) {
  return meta.substr(kMetaDbs + table * kDbBytes, kDbBytes);
}

bool RootIsSound(absl::string_view db, uint64_t last_page) {
  const uint64_t root = NumberAt<uint64_t>(db, kDbRoot);
  return root == kNoPage || (root >= kFirstPage && root <= last_page);
}

bool IsSoundMeta(absl::string_view meta, size_t page_size) {
  const absl::string_view free = DbOf(meta, 0);
  const absl::string_view main = DbOf(meta, 1);
  const uint64_t last_page = NumberAt<uint64_t>(meta, kMetaLastPage);
  const uint64_t map_size = NumberAt<uint64_t>(meta, kMetaMapSize);
  return NumberAt<uint32_t>(meta, kPageHeader) == kMagic &&
         NumberAt<uint32_t>(meta, kMetaVersion) == kVersion &&
         NumberAt<uint32_t>(free, 0) == page_size &&
         (NumberAt<uint16_t>(free, kDbFlags) & kKindsOfKeys) == kIntegerKeys &&
         NumberAt<uint16_t>(main, kDbFlags) == 0 && last_page < map_size / page_size &&
         RootIsSound(free, last_page) && RootIsSound(main, last_page);
}

}  // namespace

bool LmdbMetaIsSound(absl::string_view two_pages, size_t page_size) {
  return two_pages.size() >= 2 * page_size && IsSoundMeta(two_pages, page_size) &&
         IsSoundMeta(two_pages.substr(page_size), page_size);
}

absl::string_view LmdbTree::Meta() const {
  const absl::string_view second = map_.substr(page_size_);
  return NumberAt<uint64_t>(second, kMetaTxn) > NumberAt<uint64_t>(map_, kMetaTxn) ? second : map_;
}

bool LmdbTree::Load() {
  sound_.clear();
  free_pages_ = 0;
  if (!LmdbMetaIsSound(map_, page_size_)) return false;
  const absl::string_view meta = Meta();
  const absl::string_view main = DbOf(meta, 1);
  last_page_ = NumberAt<uint64_t>(meta, kMetaLastPage);
  transaction_ = NumberAt<uint64_t>(meta, kMetaTxn);
  root_ = NumberAt<uint64_t>(main, kDbRoot);
  depth_ = NumberAt<uint16_t>(main, kDbDepth);
  tree_pages_ = NumberAt<uint64_t>(main, kDbBranches) + NumberAt<uint64_t>(main, kDbLeaves);
  if (last_page_ >= map_.size() / page_size_ || depth_ > kMaxDepth || tree_pages_ > last_page_) {
    return false;
  }
  const uint64_t free_root = NumberAt<uint64_t>(DbOf(meta, 0), kDbRoot);
  return free_root == kNoPage || FreeListIsSound(free_root, 0);
}

absl::string_view LmdbTree::Page(uint64_t number) {
  if (number < kFirstPage || number > last_page_) return {};
  const absl::string_view page = map_.substr(number * page_size_, page_size_);
  if (sound_.contains(number)) return page;
  if (NumberAt<uint64_t>(page, 0) != number || !NodesAreSound(page)) return {};
  sound_.insert(number);
  return page;
}

bool LmdbTree::NodesAreSound(absl::string_view page) const {
  const uint16_t flags = NumberAt<uint16_t>(page, kFlagsAt) & ~kDirtyPage;
  const size_t lower = NumberAt<uint16_t>(page, kLowerAt);
  const size_t upper = NumberAt<uint16_t>(page, kUpperAt);
  if ((flags != kBranchPage && flags != kLeafPage) || lower < kPageHeader || lower > upper ||
      upper > page_size_ || lower % 2 != 0) {
    return false;
  }
  const bool leaf = flags == kLeafPage;
  const size_t count = Nodes(page);
  if (count < (leaf ? 1u : 2u)) return false;
  size_t total = 0;
  for (size_t i = 0; i < count; ++i) {
    const size_t at = NumberAt<uint16_t>(page, kPageHeader + 2 * i);
    if (at < upper || at + kNodeHeader > page_size_ || !NodeIsSound(page, i, leaf)) return false;
    const absl::string_view node = Node(page, i);
    const size_t data = !leaf ? 0 : (FlagsOf(node) & kBigData) != 0 ? 8 : SizeOf(node);
    total += (kNodeHeader + KeyOf(node).size() + data + 1) / 2 * 2;
  }
  // LMDB leaves no holes: nodes that lie in each other, or leave some out, are damage.
  return total == page_size_ - upper;
}

bool LmdbTree::NodeIsSound(absl::string_view page, size_t index, bool leaf) const {
  const absl::string_view node = Node(page, index);
  const size_t data_at = kNodeHeader + NumberAt<uint16_t>(node, 6);
  if (data_at > node.size()) return false;
  if (!leaf) {
    const uint64_t child = ChildOf(node);
    return child >= kFirstPage && child <= last_page_;
  }
  const uint16_t flags = FlagsOf(node);
  if (flags == 0) return SizeOf(node) <= node.size() - data_at;
  if (flags != kBigData || node.size() - data_at < 8) return false;
  const uint64_t first = NumberAt<uint64_t>(node, data_at);
  const uint64_t count = (kPageHeader + SizeOf(node) + page_size_ - 1) / page_size_;
  return first >= kFirstPage && first <= last_page_ && count <= last_page_ - first + 1;
}

bool LmdbTree::FreeListIsSound(uint64_t number, int depth) {
  const absl::string_view page = Page(number);
  if (page.empty() || depth > kMaxDepth || sound_.size() > last_page_) return false;
  for (size_t i = 0; i < Nodes(page); ++i) {
    const absl::string_view node = Node(page, i);
    if (!(IsLeaf(page) ? FreeRecordIsSound(node) : FreeListIsSound(ChildOf(node), depth + 1))) {
      return false;
    }
  }
  return true;
}

// Key: the transaction that gave the pages back. Value: their count, and the pages, descending.
bool LmdbTree::FreeRecordIsSound(absl::string_view node) {
  const absl::string_view key = KeyOf(node);
  if (key.size() != 8) return false;
  const size_t data_at = kNodeHeader + key.size();
  absl::string_view list = node.substr(data_at);
  if ((FlagsOf(node) & kBigData) != 0) {
    const uint64_t at = NumberAt<uint64_t>(node, data_at) * page_size_ + kPageHeader;
    list = map_.substr(at);
  }
  list = list.substr(0, SizeOf(node));
  if (list.size() < 8) return false;
  const uint64_t count = NumberAt<uint64_t>(list, 0);
  if (count > list.size() / 8 - 1) return false;
  for (uint64_t i = 1, before = last_page_ + 1; i <= count; ++i) {
    const uint64_t number = NumberAt<uint64_t>(list, 8 * i);
    if (number < kFirstPage || number >= before) return false;
    before = number;
  }
  // Without readers that hold it back, a page is used again by the second transaction after.
  if (NumberAt<uint64_t>(key, 0) < transaction_) free_pages_ += count;
  return true;
}

bool LmdbTree::PathIsSound(absl::string_view key) {
  uint64_t number = root_;
  if (number == kNoPage) return true;
  for (int depth = 0; depth <= kMaxDepth; ++depth) {
    const absl::string_view page = Page(number);
    if (page.empty()) return false;
    if (IsLeaf(page)) return true;
    number = ChildFor(page, key);
  }
  return false;
}

// As LMDB searches, step by step: where the order of the keys is damaged, too, it is the way that
// LMDB goes. The first key of a branch page is not looked at.
uint64_t LmdbTree::ChildFor(absl::string_view page, absl::string_view key) const {
  int low = 1;
  int high = static_cast<int>(Nodes(page)) - 1;
  int at = 0;
  int order = 0;
  while (low <= high) {
    at = (low + high) / 2;
    order = key.compare(KeyOf(Node(page, at)));
    if (order == 0) break;
    (order > 0 ? low : high) = order > 0 ? at + 1 : at - 1;
  }
  if (order > 0) ++at;
  if (order != 0) --at;
  return ChildOf(Node(page, at));
}

}  // namespace annofs
