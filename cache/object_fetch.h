// One fetch from the store into a buffer, checked. Thread safe as the store is.
#pragma once

#include "absl/status/status.h"
#include "cache/base/call_context.h"
#include "cache/base/counters.h"
#include "cache/store/object_store.h"

namespace annofs {

// Fills `buffer` (range.length bytes) with the range. kDataLoss, with the key, if the store gives
// another number of bytes, or if the range is the whole object and its digest does not match twice.
// `fetched` counts the bytes that came.
absl::Status FetchRange(ObjectStore& store, const ObjectVersion& version, ByteRange range,
                        char* buffer, Counter& fetched, const CallContext& context);

}  // namespace annofs
