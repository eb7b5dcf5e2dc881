// Any range of any object version: block cache, single flight, joined ranges, reading ahead, one
// memory budget. Thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"
#include "cache/base/counters.h"
#include "cache/base/pieces.h"
#include "cache/block_cache.h"
#include "cache/cached_object.h"
#include "cache/store/object_store.h"

namespace annofs {

struct FetchCost {
  uint64_t bytes = 0;
  uint64_t requests = 0;
};

class ObjectReader {
 public:
  virtual ~ObjectReader() = default;

  // What a version is to ReadCached().
  virtual CachedObject Identify(const ObjectVersion& version) const = 0;
  // The hit path: true once `fn` has seen the bytes of `range`, cut at the end of the object (may
  // be empty). False, and `fn` was not called, unless every byte is in the cache and resident, and
  // `range` is no longer than the kernel asks at once, 1 MiB.
  // Takes no memory, waits for nothing, asks nobody. The bytes lie in the cache files while `fn`
  // sees them: it obeys BlockCache::Read().
  virtual bool ReadCached(const CachedObject& object, ByteRange range, PiecesFn fn) = 0;

  // The same for whatever is not in the cache; `fn` is called once unless there is an error. On the
  // fast lane answers WouldBlock() where ReadCached() is false. On the slow lane a miss is fetched
  // once however many wait. The first to ask runs the fetch on its own thread, with
  // options.fetch_timeout and without its own deadline and cancellation: so a fetch whose reader
  // has gone is finished into the cache, and whoever joined is not failed by somebody else's
  // deadline. The others wait with their own deadline and cancellation. A fetch that fails is
  // forgotten, at once or after a second (recent_failures.h): the next read tries again. A
  // whole-object fetch is checked against the digest (retried once, then kDataLoss). Who reads a
  // large object forward has what comes next fetched ahead (read_ahead.h). Memory: options.memory
  // in all, but for what is taken in one read beyond the share of answers (memory_budget.h), which
  // is had alone.
  virtual absl::Status Read(const ObjectVersion& version, ByteRange range, PiecesFn fn,
                            const CallContext& context) = 0;

  // Brings what the cache has not of a version into it, by as few requests as reading from front to
  // back takes; kPinned: so that it stays. Answers what was missing, as CostToWarm() tells. An
  // object that the cache drops at once (a full disk) is fetched and no error.
  virtual absl::StatusOr<FetchCost> Warm(const ObjectVersion& version, Keep keep,
                                         const CallContext& context) = 0;
  // What Warm() would fetch. No request; nothing waits for the disk.
  virtual FetchCost CostToWarm(const ObjectVersion& version) const = 0;
};

struct ObjectReaderOptions {
  std::string source;                     // ObjectStore::identity(): part of every block's identity
  uint64_t memory = uint64_t{256} << 20;  // of the process: see ShareMemory()
  absl::Duration fetch_timeout = absl::Seconds(60);  // of one fetch, with its wait for memory
  enum class Network {
    kOnline,
    kOffline
  } network = Network::kOnline;  // offline: a miss is kUnavailable at once
};
// `store`, `blocks` and `counters` outlive the reader. Counts "cache.hits", "cache.misses",
// "cache.fetched_bytes".
std::unique_ptr<ObjectReader> NewObjectReader(ObjectStore& store, BlockCache& blocks,
                                              Counters& counters,
                                              const ObjectReaderOptions& options);

}  // namespace annofs
