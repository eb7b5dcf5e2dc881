// The kernel's requests as they end, for those who listen at the moment. While nobody does it costs
// one relaxed load for each request. Thread safe; no request ever waits for a listener.
#pragma once

#include <atomic>
#include <cstdint>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "fs/op_observer.h"

namespace annofs {

class OpStream : public OpObserver {
 public:
  bool Wants() const override { return listening_.load(std::memory_order_relaxed) > 0; }
  void Ended(const EndedOp& op) override;

  struct Batch {
    std::vector<EndedOp> ops;  // in the order in which they ended
    uint64_t lost = 0;         // ended too, after these, and were not kept
  };

  // Who listens, from its making to its end. Not thread safe itself.
  class Listener {
   public:
    // Keeps at most so many requests that were not taken (some 5 MiB). `stream` outlives it.
    explicit Listener(OpStream& stream, size_t most = 65536);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    // What has ended since the last call.
    Batch Take();

   private:
    friend class OpStream;
    OpStream& stream_;
    const size_t most_;
    Batch kept_;  // under the stream's mutex
  };

 private:
  std::atomic<int> listening_{0};
  absl::Mutex mutex_;  // held for moments
  std::vector<Listener*> listeners_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace annofs
