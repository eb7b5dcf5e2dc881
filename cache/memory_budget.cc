#include "cache/memory_budget.h"

#include <algorithm>

namespace annofs {
namespace {

// Cancellation is a flag that nobody is woken by, and the clock may belong to a test. Also how long
// a disk that is slower than the store may make a fetch wait, so that what was paid for is kept.
constexpr absl::Duration kLookInterval = absl::Milliseconds(100);

constexpr uint64_t kRest = 64 << 20;

}  // namespace

MemoryShares ShareMemory(uint64_t memory) {
  const uint64_t shared = memory - std::min(memory / 2, kRest);
  const uint64_t fetches = shared / 3 * 2;
  return {.fetches = fetches, .answers = shared - fetches};
}

Charge& Charge::operator=(Charge&& other) noexcept {
  std::swap(budget_, other.budget_);
  std::swap(bytes_, other.bytes_);
  return *this;
}

Charge::~Charge() {
  if (budget_ != nullptr) budget_->Release(bytes_);
}

absl::StatusOr<Charge> MemoryBudget::Acquire(uint64_t bytes, const CallContext& context) {
  absl::MutexLock lock(&mutex_);
  if (!waiting_.empty() || !Fits(bytes)) {
    Waiter self;
    waiting_.push_back(&self);
    tight_.store(true, std::memory_order_relaxed);
    Tell();
    const absl::Status status = AwaitTurn(self, bytes, context);
    waiting_.erase(std::find(waiting_.begin(), waiting_.end(), &self));
    if (!status.ok()) {
      Changed();
      return status;
    }
  }
  used_ += bytes;
  Changed();
  return Charge(shared_from_this(), bytes);
}

absl::Status MemoryBudget::AwaitTurn(Waiter& self, uint64_t bytes, const CallContext& context) {
  while (waiting_.front() != &self || !Fits(bytes)) {
    if (absl::Status status = context.Check(); !status.ok()) return status;
    const absl::Duration wait = std::min(kLookInterval, context.Remaining());
    if (!self.turn.WaitWithTimeout(&mutex_, wait) || waiting_.front() != &self) continue;
    mutex_.Unlock();
    // More than this one wants: those behind it have waited as long.
    relieve_(std::max(bytes, limit_ / 8));
    mutex_.Lock();
  }
  return absl::OkStatus();
}

void MemoryBudget::TellTo(const Gauge& used, const Gauge& waiting) {
  absl::MutexLock lock(&mutex_);
  used_gauge_.Set(0);
  waiting_gauge_.Set(0);
  used_gauge_ = used;
  waiting_gauge_ = waiting;
  Tell();
}

void MemoryBudget::Tell() {
  used_gauge_.Set(static_cast<int64_t>(used_));
  waiting_gauge_.Set(static_cast<int64_t>(waiting_.size()));
}

void MemoryBudget::Changed() {
  Tell();
  tight_.store(!waiting_.empty() || used_ >= limit_ / 4 * 3, std::memory_order_relaxed);
  if (!waiting_.empty()) waiting_.front()->turn.Signal();
}

std::optional<Charge> MemoryBudget::TryAcquire(uint64_t bytes) {
  absl::MutexLock lock(&mutex_);
  if (!waiting_.empty() || used_ + bytes > limit_ / 4 * 3) return std::nullopt;
  used_ += bytes;
  Changed();
  return Charge(shared_from_this(), bytes);
}

void MemoryBudget::Release(uint64_t bytes) {
  absl::MutexLock lock(&mutex_);
  used_ -= bytes;
  Changed();
}

ChargedBuffer::ChargedBuffer(size_t size, Charge charge)
    : held_(std::make_shared<Held>(
          Held{std::move(charge), std::make_unique_for_overwrite<char[]>(size)})),
      size_(size) {}

}  // namespace annofs
