// The retrying decorator of stores.h with all that it can be told.
#pragma once

#include <memory>

#include "absl/time/time.h"
#include "cache/base/counters.h"
#include "cache/store/object_store.h"
#include "cache/store/stores.h"

namespace annofs {

struct RetryingOptions {
  absl::Duration timeout = absl::Seconds(60);
  double request_rate = 0;   // per second at most; 0: no limit
  Counter* again = nullptr;  // of tries that are not the first of their call; outlives the store
};
std::unique_ptr<ObjectStore> NewRetryingStore(std::unique_ptr<ObjectStore> store,
                                              const RetryingOptions& options);

}  // namespace annofs
