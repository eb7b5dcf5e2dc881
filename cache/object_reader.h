// Any range of any object version: block cache, single flight, joined ranges, one memory budget for
// what is in flight. Thread safe.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"
#include "cache/base/counters.h"
#include "cache/block_cache.h"
#include "cache/store/object_store.h"

namespace annofs {

// Up to this an object is one block and one GET.
inline constexpr uint64_t kWholeObjectBytes = 1 << 20;
// Block of a larger object: an aligned read of 64 KiB is one block (cache/README.md).
inline constexpr uint64_t kBlockBytes = 65536;

struct FetchCost {
  uint64_t bytes = 0;
  uint64_t requests = 0;
};

class ObjectReader {
 public:
  virtual ~ObjectReader() = default;
  // Calls `fn` once with the bytes of `range` cut at the end of the object (may be empty), unless
  // there is an error. On the fast lane answers WouldBlock() unless every byte is in the cache and
  // resident. On the slow lane a miss is fetched once however many wait. The first to ask runs the
  // fetch on its own thread, with options.fetch_timeout and without its own deadline and
  // cancellation: so a fetch whose reader has gone is finished into the cache, and whoever joined
  // is not failed by somebody else's deadline. The others wait with their own deadline and
  // cancellation. A fetch that fails is forgotten, at once or after a second
  // (recent_failures.h): the next read tries again. A whole-object fetch
  // is checked against the digest (retried once, then kDataLoss). Memory besides options.memory:
  // the bytes of `range`, where it is more than one block, and a whole object while `fn` sees what
  // this call has fetched.
  virtual absl::Status Read(const ObjectVersion& version, ByteRange range,
                            absl::FunctionRef<void(absl::string_view)> fn,
                            const CallContext& context) = 0;

  // Brings what the cache has not of a version into it, by as few requests as reading from front to
  // back takes; kPinned: so that it stays. Answers what was fetched. An object that the cache drops
  // at once (a full disk) is fetched and no error.
  virtual absl::StatusOr<FetchCost> Warm(const ObjectVersion& version, Keep keep,
                                         const CallContext& context) = 0;
  // What Warm() would fetch. No request; nothing waits for the disk.
  virtual FetchCost CostToWarm(const ObjectVersion& version, Keep keep) const = 0;
};

struct ObjectReaderOptions {
  std::string source;  // ObjectStore::name(): part of every block's identity
  uint64_t memory =
      uint64_t{128} << 20;  // bytes of fetches in flight; further fetches wait their turn
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
