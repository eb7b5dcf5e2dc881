// Brings blocks that the cache has not from the store into it: each once, however many want it, in
// as few requests as there are runs of missing blocks, within a memory budget. Thread safe.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"
#include "cache/base/counters.h"
#include "cache/base/gauge.h"
#include "cache/base/worker_pool.h"
#include "cache/block_cache.h"
#include "cache/block_layout.h"
#include "cache/cached_object.h"
#include "cache/flight.h"
#include "cache/memory_budget.h"
#include "cache/recent_failures.h"
#include "cache/shared_bytes.h"
#include "cache/store/object_store.h"

namespace annofs {

struct FetcherOptions {
  uint64_t memory = 0;           // bytes of fetches at once, till they are on the disk
  absl::Duration fetch_timeout;  // of one fetch, with its wait for memory
};

class Fetcher {
 public:
  // Requests that fetch ahead at once: each has a thread, so that whoever boards one waits for the
  // store only.
  static constexpr size_t kAheadThreads = 16;

  // What is fetched: a version, and the same as the cache knows it.
  struct Target {
    const ObjectVersion& version;
    const CachedObject& object;
    BlockLayout layout;
    Keep keep = Keep::kEvictable;
  };

  // Of `counters`: "cache.fetched_bytes", the gauges "cache.fetches" and "cache.fetching_bytes" of
  // the requests under way, "memory.fetches" and "memory.fetches_waiting" of its budget.
  Fetcher(ObjectStore& store, BlockCache& blocks, Counters& counters, const FetcherOptions& options)
      : store_(store),
        blocks_(blocks),
        fetched_bytes_(counters.Get("cache.fetched_bytes")),
        fetches_(counters, "cache.fetches"),
        fetching_bytes_(counters, "cache.fetching_bytes"),
        options_(options),
        budget_(std::make_shared<MemoryBudget>(
            options.memory, [&blocks](uint64_t bytes) { blocks.DropQueued(bytes); })) {
    budget_->TellTo(Gauge(counters, "memory.fetches"), Gauge(counters, "memory.fetches_waiting"));
  }
  ~Fetcher() {
    leaving_.Cancel();
    budget_->StopTelling();  // blocks may wait for the disk longer than the counters live
  }

  // OK unless a fetch that begins with this block failed a moment ago.
  absl::Status CheckMayFetch(const Target& target, uint32_t first, const CallContext& context);

  // Fetches the missing blocks (ascending, not empty), and waits for those that others fetch; fills
  // what of them is in `want`, whose `to` may be null.
  absl::Status Fetch(const Target& target, const std::vector<uint32_t>& missing, const Want& want,
                     const CallContext& context);
  // The bytes of an object of one block. REQUIRES: target.layout.is_whole().
  absl::StatusOr<SharedBytes> FetchWhole(const Target& target, const CallContext& context);

  // Bytes of one request where so much is fetched ahead of a reader: several together hide the
  // latency of a store, and the reader waits for the first of them only.
  static uint64_t RequestAhead(ByteRange range);
  // Begins to fetch the blocks of the range that nobody fetches and the cache has not, and does not
  // wait; at most `request` bytes each. False if there is no memory, or no thread, for any of them.
  bool FetchAhead(const Target& target, ByteRange range, uint64_t request);
  // The same on another thread, which `dropped` is called on where FetchAhead() is false: for the
  // fast lane, as it looks for each block in the cache.
  void FetchAheadSoon(std::shared_ptr<const ObjectVersion> version, const CachedObject& object,
                      ByteRange range, std::function<void()> dropped);
  bool MemoryIsTight() const { return budget_->IsTight(); }

 private:
  using FlightPtr = std::shared_ptr<Flight>;

  absl::StatusOr<SharedBytes> Fly(const Target& target, Flight& flight, Clock& clock);
  absl::StatusOr<SharedBytes> FlyWith(Charge charge, const Target& target, Flight& flight,
                                      const CallContext& context);
  absl::StatusOr<SharedBytes> End(const Target& target, Flight& flight,
                                  absl::StatusOr<SharedBytes> bytes, absl::Duration took,
                                  absl::Time now);
  void Write(const Target& target, const Flight& flight, BlockRange blocks,
             const SharedBytes& bytes);
  // Copies what the cache has of a flight; answers the blocks from the first to the last that it
  // has not.
  BlockRange FillFromCache(const Target& target, const Flight& flight, char* buffer);
  bool FlyAhead(const Target& target, BlockRange run);

  ObjectStore& store_;
  BlockCache& blocks_;
  Counter& fetched_bytes_;
  const Gauge fetches_;
  const Gauge fetching_bytes_;
  const FetcherOptions options_;
  const std::shared_ptr<MemoryBudget> budget_;
  FlightTable flights_;
  RecentFailures failures_;
  Cancellation leaving_;  // of what is fetched ahead
  std::atomic<size_t> flying_ahead_{0};
  WorkerPool ahead_{kAheadThreads + 1};  // last: its jobs use the rest
};

}  // namespace annofs
