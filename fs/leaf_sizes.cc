#include "fs/leaf_sizes.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "cache/base/status.h"
#include "fs/size_store.h"

namespace annofs {
namespace {

constexpr size_t kEntryBytes = 64;  // of the table, besides the sizes

}  // namespace

absl::StatusOr<std::string> SizeMembers(const View& view, const Family& family, size_t first,
                                        const CallContext& context) {
  std::vector<uint32_t> sizes;
  sizes.reserve(std::min<size_t>(kBatch, family.frames.size() - first));
  absl::Status status;
  family.frames.ForEach(family.frames[first], [&](Rank rank) {
    status = context.Check();
    if (!status.ok()) return false;
    absl::StatusOr<std::string> text = family.render(*view.dataset, rank);
    status = text.status();
    if (text.ok()) sizes.push_back(uint32_t(text->size()));
    return text.ok() && sizes.size() < kBatch;
  });
  RETURN_IF_ERROR(status);
  return EncodeSizes(sizes);
}

bool IsSmallLeaf(const View& view, uint32_t family) {
  return view.leaf && view.layout.families()[family].frames.size() <= kBatch;
}

absl::StatusOr<uint64_t> LeafSizes::Size(const View& view, uint32_t family, Rank rank,
                                         const CallContext& context) {
  const SizePlace place = view.SizePlaceOf(family, rank);
  const uint64_t key = uint64_t{place.slot} << 32 | place.batch;
  {
    absl::MutexLock lock(&mutex_);
    auto known = known_.find(key);
    if (known != known_.end()) return SizeAt(known->second, place.index);
  }
  if (context.lane == Lane::kFast) return WouldBlock();
  ASSIGN_OR_RETURN(std::string sizes,
                   SizeMembers(view, view.layout.families()[family], 0, context));
  absl::MutexLock lock(&mutex_);
  if (bytes_ > kMostBytes) {
    known_.clear();
    bytes_ = 0;
  }
  auto [added, is_new] = known_.emplace(key, std::move(sizes));
  if (is_new) bytes_ += added->second.size() + kEntryBytes;
  return SizeAt(added->second, place.index);
}

}  // namespace annofs
