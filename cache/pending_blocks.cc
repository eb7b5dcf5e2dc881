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

size_t PendingBlocks::Add(const BlockKey& key, SharedBytes data) {
  auto block = std::make_shared<PendingBlock>(PendingBlock{key, data});
  absl::MutexLock lock(&mutex_);
  if (closed_) return 1;
  if (found_.contains(key)) return 0;
  size_t dropped = 0;
  while (all_bytes_ + data.size() > capacity_ && !queue_.empty()) {
    std::shared_ptr<const PendingBlock> oldest = std::move(queue_.front());
    queue_.pop_front();
    queued_bytes_ -= oldest->data.size();
    Forget(*oldest);
    ++dropped;
  }
  if (all_bytes_ + data.size() > capacity_) return dropped + 1;
  if (queue_.empty()) first_arrival_ = RealClock().Now();
  block->sequence = ++last_sequence_;
  queued_bytes_ += data.size();
  all_bytes_ += data.size();
  found_.emplace(key, block);
  count_.store(found_.size(), std::memory_order_release);
  queue_.push_back(std::move(block));
  return dropped;
}

std::shared_ptr<const PendingBlock> PendingBlocks::Find(const BlockKey& key) const {
  if (count_.load(std::memory_order_acquire) == 0) return nullptr;
  absl::ReaderMutexLock lock(&mutex_);
  auto found = found_.find(key);
  return found == found_.end() ? nullptr : found->second;
}

PendingBatch PendingBlocks::Take(uint64_t bytes, absl::Time not_before) {
  absl::MutexLock lock(&mutex_);
  auto hurried = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return Hurried(); };
  mutex_.AwaitWithDeadline(absl::Condition(&hurried), not_before);
  auto any = [this]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) { return closed_ || !queue_.empty(); };
  mutex_.Await(absl::Condition(&any));
  auto enough = [this, bytes]() ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return Hurried() || queued_bytes_ >= bytes;
  };
  mutex_.AwaitWithDeadline(absl::Condition(&enough), first_arrival_ + kLongestWait);
  PendingBatch batch;
  for (uint64_t taken = 0; !queue_.empty() && taken < bytes; queue_.pop_front()) {
    taken += queue_.front()->data.size();
    batch.push_back(std::move(queue_.front()));
  }
  for (const auto& block : batch) queued_bytes_ -= block->data.size();
  taken_sequence_ = batch.empty() ? 0 : batch.front()->sequence;
  first_arrival_ = queue_.empty() ? absl::InfiniteFuture() : RealClock().Now();
  return batch;
}

void PendingBlocks::Done(const PendingBatch& batch) {
  absl::MutexLock lock(&mutex_);
  for (const auto& block : batch) Forget(*block);
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

bool PendingBlocks::Passed(uint64_t sequence) const {
  bool taken = taken_sequence_ != 0 && taken_sequence_ <= sequence;
  bool queued = !queue_.empty() && queue_.front()->sequence <= sequence;
  return !taken && !queued;
}

void PendingBlocks::Forget(const PendingBlock& block) {
  all_bytes_ -= block.data.size();
  found_.erase(block.key);
  count_.store(found_.size(), std::memory_order_release);
}

}  // namespace annofs
