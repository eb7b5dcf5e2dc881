// `annofs index`: lists a whole source into one snapshot. Not thread safe: one call at a time.
//
// The bucket is cut by prefixes into ranges, which are listed recursively at once; each page of
// names costs one request; IndexRequests() says what cutting adds. What is done is committed as
// it goes: after kill -9 the next call goes on with the ranges that are not finished.
#pragma once

#include <cstdint>

#include "absl/functional/function_ref.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cache/base/call_context.h"
#include "cache/catalog.h"
#include "cache/lmdb.h"
#include "cache/store/object_store.h"

namespace annofs {

struct IndexProgress {
  uint64_t objects = 0;  // listed so far, those of an interrupted call included
  uint64_t directories = 0;
  uint64_t requests = 0;     // of this call
  uint64_t expected = 0;     // objects, as the newest index before had; 0: not known
  uint64_t ranges_done = 0;  // of `ranges`, which grows while the bucket is cut
  uint64_t ranges = 0;
  absl::Duration elapsed;  // of this call
  bool resumed = false;    // goes on with an interrupted one
};

// A bucket of so few pages is listed without a cut.
inline constexpr uint64_t kUncutPages = 8;
// A task is cut into two; each cut costs one page that is not full.
inline constexpr int kMostCuts = 512;
// The directories that a task is in become tasks: their own listings, pages listed again, and a
// page that is not full for each task that comes of it.
inline constexpr int kMostDeepCuts = 32;
inline constexpr uint64_t kDeepCutRequests = 64;

struct IndexOptions {
  int requests_at_once = 16;
  uint32_t page_names = 10000;
  absl::Duration report_period = absl::Milliseconds(500);
  int most_cuts = kMostCuts;
};

// List requests that an index of `objects` names takes at least and at most.
struct RequestRange {
  uint64_t least = 0;
  uint64_t most = 0;
};
RequestRange IndexRequests(uint64_t objects, uint32_t page_names);

// Builds the index and answers its snapshot, which OpenCatalog() shows from now on. `report` is
// called on the calling thread. A failure keeps what was listed for the next call.
absl::StatusOr<SnapshotInfo> BuildIndex(Lmdb& lmdb, ObjectStore& store, const IndexOptions& options,
                                        absl::FunctionRef<void(const IndexProgress&)> report,
                                        const CallContext& context);

}  // namespace annofs
