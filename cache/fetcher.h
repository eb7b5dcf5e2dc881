// Brings blocks that the cache has not from the store into it: each once, however many want it, in
// as few requests as there are runs of missing blocks, within a memory budget. Thread safe.
#pragma once

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"
#include "cache/base/counters.h"
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
  // What is fetched: a version, and the same as the cache knows it.
  struct Target {
    const ObjectVersion& version;
    const CachedObject& object;
    BlockLayout layout;
    Keep keep = Keep::kEvictable;
  };

  Fetcher(ObjectStore& store, BlockCache& blocks, Counter& fetched_bytes,
          const FetcherOptions& options)
      : store_(store),
        blocks_(blocks),
        fetched_bytes_(fetched_bytes),
        options_(options),
        budget_(options.memory) {}
  ~Fetcher() { leaving_.Cancel(); }

  // OK unless a fetch that begins with this block failed a moment ago.
  absl::Status CheckMayFetch(const Target& target, uint32_t first, const CallContext& context);

  // Fetches the missing blocks (ascending, not empty), and waits for those that others fetch; fills
  // what of them is in `want`, whose `to` may be null.
  absl::Status Fetch(const Target& target, const std::vector<uint32_t>& missing, const Want& want,
                     const CallContext& context);
  // The bytes of an object of one block. REQUIRES: target.layout.is_whole().
  absl::StatusOr<SharedBytes> FetchWhole(const Target& target, const CallContext& context);

  // Begins to fetch the blocks of the range that nobody fetches and the cache has not, and does not
  // wait. False if there is no memory for any of them.
  bool FetchAhead(const Target& target, ByteRange range);
  bool MemoryIsTight() const { return budget_.IsTight(); }

 private:
  using FlightPtr = std::shared_ptr<Flight>;

  absl::StatusOr<SharedBytes> Fly(const Target& target, Flight& flight, Clock& clock);
  absl::StatusOr<SharedBytes> FlyWith(Charge charge, const Target& target, Flight& flight,
                                      const CallContext& context);
  absl::StatusOr<SharedBytes> End(const Target& target, Flight& flight,
                                  absl::StatusOr<SharedBytes> bytes, absl::Duration took,
                                  absl::Time now);
  void Write(const Target& target, const Flight& flight, const SharedBytes& bytes);
  bool AllInCache(const Target& target, const Flight& flight, char* buffer);
  bool FlyAhead(const Target& target, BlockRange run);

  ObjectStore& store_;
  BlockCache& blocks_;
  Counter& fetched_bytes_;
  const FetcherOptions options_;
  MemoryBudget budget_;
  FlightTable flights_;
  RecentFailures failures_;
  Cancellation leaving_;             // of what is fetched ahead
  WorkerPool ahead_{kAheadThreads};  // last: its jobs use the rest

  static constexpr size_t kAheadThreads = 16;
};

}  // namespace annofs
