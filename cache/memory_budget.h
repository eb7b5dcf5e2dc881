// Memory that is charged before it is taken: who must wait for it is served in the order in which
// they came. Thread safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <utility>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "cache/base/call_context.h"
#include "cache/base/gauge.h"
#include "cache/shared_bytes.h"

namespace annofs {

// How the memory of a process (--memory) is shared out. Three shares and not one: an answer that
// waits for fetches holds memory of `answers` only, so that fetches, which wait for nobody, always
// go on.
struct MemoryShares {
  uint64_t fetches = 0;  // bytes on their way from the store, and from there to the disk
  uint64_t answers = 0;  // answers that are put together from several fetches
};
// The rest is what a busy process takes besides: 1,024 threads with 10 to 20 KiB each, curl's
// buffers, LMDB's dirty pages, the index of what is shown. REQUIRES: at least 128 MiB.
MemoryShares ShareMemory(uint64_t memory);

class MemoryBudget;

// Bytes of a budget, given back at the end of its life. Keeps the budget: a buffer may wait for the
// disk longer than who fetched it lives.
class Charge {
 public:
  Charge() = default;
  Charge(std::shared_ptr<MemoryBudget> budget, uint64_t bytes)
      : budget_(std::move(budget)), bytes_(bytes) {}
  Charge(Charge&& other) noexcept = default;  // takes the budget out of the other
  Charge& operator=(Charge&& other) noexcept;
  ~Charge();

 private:
  std::shared_ptr<MemoryBudget> budget_;
  uint64_t bytes_ = 0;
};

// Made by std::make_shared.
class MemoryBudget : public std::enable_shared_from_this<MemoryBudget> {
 public:
  // `relieve` is called where somebody has waited for a while, with the bytes that are wanted: it
  // may make others give back what they can do without. It is called without a lock.
  explicit MemoryBudget(
      uint64_t limit, std::function<void(uint64_t)> relieve = [](uint64_t) {})
      : limit_(limit), relieve_(std::move(relieve)) {}

  // Waits for its turn; else why it waits no longer. More than the limit is had alone.
  absl::StatusOr<Charge> Acquire(uint64_t bytes, const CallContext& context);
  // At once, and only while nobody waits and a quarter of the limit stays free: for what can be
  // left.
  std::optional<Charge> TryAcquire(uint64_t bytes);
  // That TryAcquire would answer nothing, whatever is asked for. Takes no lock.
  bool IsTight() const { return tight_.load(std::memory_order_relaxed); }

  // From now on `used` has the bytes that are charged, and `waiting` who waits; until
  // StopTelling(), which the counters behind them must outlive. What is charged may live longer.
  void TellTo(const Gauge& used, const Gauge& waiting);
  void StopTelling() { TellTo(Gauge(), Gauge()); }

 private:
  friend class Charge;
  struct Waiter {
    absl::CondVar turn;
  };

  bool Fits(uint64_t bytes) const ABSL_SHARED_LOCKS_REQUIRED(mutex_) {
    return used_ == 0 || used_ + bytes <= limit_;
  }
  absl::Status AwaitTurn(Waiter& self, uint64_t bytes, const CallContext& context)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Tell() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  // After each change: wakes who is next.
  void Changed() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  void Release(uint64_t bytes);

  const uint64_t limit_;
  const std::function<void(uint64_t)> relieve_;
  mutable absl::Mutex mutex_;
  uint64_t used_ ABSL_GUARDED_BY(mutex_) = 0;
  std::deque<Waiter*> waiting_ ABSL_GUARDED_BY(mutex_);
  Gauge used_gauge_ ABSL_GUARDED_BY(mutex_);
  Gauge waiting_gauge_ ABSL_GUARDED_BY(mutex_);
  std::atomic<bool> tight_{false};
};

// A buffer that keeps its charge as long as anybody holds its bytes.
class ChargedBuffer {
 public:
  ChargedBuffer(size_t size, Charge charge);
  char* data() { return held_->bytes.get(); }
  size_t size() const { return size_; }
  // What is in the buffer, which is not written any more.
  SharedBytes Share() const {
    return SharedBytes(std::shared_ptr<const char[]>(held_, held_->bytes.get()), size_);
  }

 private:
  struct Held {
    Charge charge;
    std::unique_ptr<char[]> bytes;  // goes before its charge
  };
  std::shared_ptr<Held> held_;
  size_t size_;
};

}  // namespace annofs
