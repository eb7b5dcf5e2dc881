#include "cache/pending_blocks.h"

#include <algorithm>
#include <utility>

#include "cache/base/clock.h"

namespace annofs {
namespace {

// A block that was read reaches the disk within about this, so that little is lost with a killed
// process.
constexpr absl::Duration kLongestWait = absl::Milliseconds(50);

}  // namespace

size_t PendingBlocks::Add(const BlockKey& key, SharedBytes data, Keep keep) {
  auto block = std::make_shared<PendingBlock>(PendingBlock{key, data});
  absl::MutexLock lock(&mutex_);
  if (closed_) return 1;
  Kind& kind = Of(keep);
  if (kind.found.contains(key)) return 0;
  const size_t dropped = DropDownTo(capacity_ - std::min<uint64_t>(capacity_, data.size()));
  if (all_bytes_ + data.size() > capacity_) return dropped + 1;
  if (IsEmpty()) first_arrival_ = RealClock().Now();
  block->sequence = ++last_sequence_;
  kind.queued_bytes += data.size();
  all_bytes_ += data.size();
  kind.found.emplace(key, block);
  count_.fetch_add(1, std::memory_order_release);
  kind.queue.push_back(std::move(block));
  return dropped;
}

// Whoever asked for a block to be pinned has been told that it will be.
size_t PendingBlocks::DropDownTo(uint64_t bytes) {
  Kind& kind = Of(Keep::kEvictable);
  size_t dropped = 0;
  for (; all_bytes_ > bytes && !kind.queue.empty(); ++dropped) {
    std::shared_ptr<const PendingBlock> oldest = std::move(kind.queue.front());
    kind.queue.pop_front();
    kind.queued_bytes -= oldest->data.size();
    Forget(kind, *oldest);
  }
  return dropped;
}

void PendingBlocks::SetCapacity(uint64_t bytes) {
  absl::MutexLock lock(&mutex_);
  capacity_ = bytes;
  DropDownTo(bytes);
}

size_t PendingBlocks::Drop(uint64_t bytes) {
  absl::MutexLock lock(&mutex_);
  return DropDownTo(all_bytes_ - std::min(all_bytes_, bytes));
}

std::shared_ptr<const PendingBlock> PendingBlocks::Find(const BlockKey& key) const {
  if (count_.load(std::memory_order_acquire) == 0) return nullptr;
  absl::ReaderMutexLock lock(&mutex_);
  for (const Kind& kind : kinds_) {
    if (auto found = kind.found.find(key); found != kind.found.end()) return found->second;
  }
  return nullptr;
}

bool PendingBlocks::HasPinned(const BlockKey& key) const {
  if (count_.load(std::memory_order_acquire) == 0) return false;
  absl::ReaderMutexLock lock(&mutex_);
  return Of(Keep::kPinned).found.contains(key);
}

PendingBlocks::Taken PendingBlocks::Take(uint64_t bytes, absl::Time not_before,
                                         absl::Duration idle) {
  absl::MutexLock lock(&mutex_);
  auto any = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return closed_ || !IsEmpty(); };
  if (!mutex_.AwaitWithTimeout(absl::Condition(&any), idle)) return {};
  // After that: a flush that ended before anything came hurries nothing.
  auto hurried = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return Hurried(); };
  mutex_.AwaitWithDeadline(absl::Condition(&hurried), not_before);
  auto enough = [this, bytes]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return Hurried() || QueuedBytes() >= bytes;
  };
  mutex_.AwaitWithDeadline(absl::Condition(&enough), first_arrival_ + kLongestWait);
  Taken taken;
  const bool pinned = !Of(Keep::kPinned).queue.empty();
  taken.keep = pinned ? Keep::kPinned : Keep::kEvictable;
  TakeFrom(Of(taken.keep), bytes, taken.batch);
  taken_sequence_ = taken.batch.empty() ? 0 : taken.batch.front()->sequence;
  first_arrival_ = IsEmpty() ? absl::InfiniteFuture() : RealClock().Now();
  taken.closed = closed_ && taken.batch.empty();
  return taken;
}

void PendingBlocks::TakeFrom(Kind& kind, uint64_t bytes, PendingBatch& batch) {
  for (uint64_t taken = 0; !kind.queue.empty() && taken < bytes; kind.queue.pop_front()) {
    taken += kind.queue.front()->data.size();
    batch.push_back(std::move(kind.queue.front()));
  }
  for (const auto& block : batch) kind.queued_bytes -= block->data.size();
}

void PendingBlocks::Done(const Taken& taken) {
  absl::MutexLock lock(&mutex_);
  // Before they cannot be found here any more.
  done_.fetch_add(1, std::memory_order_release);
  for (const auto& block : taken.batch) Forget(Of(taken.keep), *block);
  taken_sequence_ = 0;
}

void PendingBlocks::Flush() {
  absl::MutexLock lock(&mutex_);
  const uint64_t target = last_sequence_;
  ++flushing_;
  auto passed = [this, target]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return Passed(target); };
  mutex_.Await(absl::Condition(&passed));
  --flushing_;
}

void PendingBlocks::Close() {
  absl::MutexLock lock(&mutex_);
  closed_ = true;
}

uint64_t PendingBlocks::QueuedBytes() const {
  return kinds_[0].queued_bytes + kinds_[1].queued_bytes;
}

bool PendingBlocks::IsEmpty() const { return kinds_[0].queue.empty() && kinds_[1].queue.empty(); }

bool PendingBlocks::Passed(uint64_t sequence) const {
  if (taken_sequence_ != 0 && taken_sequence_ <= sequence) return false;
  return std::none_of(kinds_.begin(), kinds_.end(), [&](const Kind& kind) {
    return !kind.queue.empty() && kind.queue.front()->sequence <= sequence;
  });
}

void PendingBlocks::Forget(Kind& kind, const PendingBlock& block) {
  all_bytes_ -= block.data.size();
  kind.found.erase(block.key);
  count_.fetch_sub(1, std::memory_order_release);
}

}  // namespace annofs
